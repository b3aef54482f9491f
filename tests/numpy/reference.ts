/** Arrays and numbers as users write them. */
export type Nested = number | Nested[]

/** The extents of a nested array. */
export const shapeOf = (value: Nested): number[] =>
  typeof value === "number" ? [] : [value.length, ...(value.length === 0 ? [] : shapeOf(value[0]!))]

/** The element at some indices. */
export const get = (value: Nested, indices: readonly number[]): number => {
  let at = value
  for (const i of indices) at = (at as Nested[])[i]!
  if (typeof at !== "number") throw new Error(`no element at [${indices}]`)
  return at
}

/** The nested array of a shape whose elements a function gives. */
export const build = (
  shape: readonly number[],
  fn: (indices: number[]) => number,
  outer: number[] = [],
): Nested => {
  if (shape.length === 0) return fn(outer) + 0
  const result: Nested[] = []
  for (let i = 0; i < shape[0]!; i++) result.push(build(shape.slice(1), fn, [...outer, i]))
  return result
}

/** Elements in row-major order. */
export const flat = (value: Nested): number[] => {
  if (typeof value === "number") return [value]
  const result: number[] = []
  for (const part of value) for (const each of flat(part)) result.push(each)
  return result
}

/** The nested array of a shape with these elements in row-major order. */
export const fold = (values: readonly number[], shape: readonly number[]): Nested => {
  let next = 0
  return build(shape, () => values[next++]!)
}

/** Extents of the result where shapes broadcast; undefined where they do not. */
export const broadcast = (...shapes: readonly (readonly number[])[]): number[] | undefined => {
  let rank = 0
  for (const shape of shapes) rank = Math.max(rank, shape.length)
  const result: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    let extent = 1
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1
      if (own === 1) continue
      if (extent !== 1 && extent !== own) return undefined
      extent = own
    }
    result.push(extent)
  }
  return result
}

/** An element of an array that is broadcast to more axes or longer ones. */
export const spread = (value: Nested, indices: readonly number[]): number => {
  const shape = shapeOf(value)
  const own: number[] = []
  for (let i = 0; i < shape.length; i++)
    own.push(shape[i] === 1 ? 0 : indices[indices.length - shape.length + i]!)
  return get(value, own)
}

/** A function of elements at all places of arrays that broadcast. */
export const elementwise = (fn: (...values: number[]) => number, ...arrays: readonly Nested[]): Nested => {
  const shape = broadcast(...arrays.map(shapeOf))
  if (shape === undefined) throw new Error("the shapes do not broadcast")
  return build(shape, (indices) => fn(...arrays.map((array) => spread(array, indices))))
}

/** A function of the elements along some axes, at all places of the others, which come in row-major order. */
export const reduce = (
  value: Nested,
  axes: readonly number[],
  keepDims: boolean,
  fn: (values: number[]) => number,
): Nested => {
  const shape = shapeOf(value)
  const kept = shape.flatMap((extent, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [extent]))
  return build(kept, (outer) => {
    const values: number[] = []
    build(
      axes.map((axis) => shape[axis]!),
      (inner) => {
        let next = 0
        const at = shape.map((_, axis) => {
          const place = axes.indexOf(axis)
          if (place < 0) return outer[keepDims ? axis : next++]!
          return inner[place]!
        })
        values.push(get(value, at))
        return 0
      },
    )
    return fn(values)
  })
}

/** Halves to the even number, as numpy rounds. */
export const rint = (x: number): number => {
  const below = Math.floor(x)
  if (x - below !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}

/** Python's remainder. */
export const pymod = (x: number, y: number): number => x - y * Math.floor(x / y)
