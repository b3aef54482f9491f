/** Vectors one after the other: where each begins in the whole, and which one holds an element of it. */
export interface Parts {
  readonly starts: readonly number[]
  /** The number of the part that holds element `index` of the whole; quick for neighbours, else logarithmic. */
  partAt(index: number): number
}

export const partsOf = (sizes: readonly number[]): Parts => {
  const starts = [0]
  for (const size of sizes) starts.push(starts.at(-1)! + size)
  let last = 0
  const partAt = (index: number): number => {
    if (starts[last]! <= index && index < starts[last + 1]!) return last
    last = 0
    for (let end = sizes.length; end - last > 1; ) {
      const middle = (last + end) >> 1
      if (starts[middle]! <= index) last = middle
      else end = middle
    }
    return last
  }
  return { starts, partAt }
}
