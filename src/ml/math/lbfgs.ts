/** The value of a function at a point; writes its gradient there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number

export interface LbfgsOptions {
  readonly maxIterations: number
  /** It ends when no entry of the gradient is larger. */
  readonly tolerance: number
  readonly onStep?: (step: number, value: number) => void
}

const MEMORY = 10

/**
 * Minimises a smooth convex function from the origin by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4
 * and 7.5), with steps halved until the value falls enough (Armijo).
 */
export const lbfgs = (objective: Objective, size: number, options: LbfgsOptions): Float64Array => {
  let point = new Float64Array(size)
  let gradient = new Float64Array(size)
  let value = objective(point, gradient)
  let [nextPoint, nextGradient] = [new Float64Array(size), new Float64Array(size)]
  const direction = new Float64Array(size)
  const pairs: { moved: Float64Array; turned: Float64Array; scale: number; weight: number }[] = []
  for (let step = 0; step < options.maxIterations && largest(gradient) > options.tolerance; step++) {
    direction.set(gradient)
    for (const pair of pairs.toReversed()) {
      pair.weight = pair.scale * dot(pair.moved, direction)
      add(direction, -pair.weight, pair.turned)
    }
    const last = pairs.at(-1)
    const start =
      last === undefined ? 1 / Math.max(1, norm(gradient)) : 1 / (last.scale * dot(last.turned, last.turned))
    for (let i = 0; i < size; i++) direction[i] = direction[i]! * start
    for (const pair of pairs) {
      add(direction, pair.weight - pair.scale * dot(pair.turned, direction), pair.moved)
    }
    const slope = dot(direction, gradient)
    let rate = 1
    let nextValue = value
    for (; rate > 1e-12; rate /= 2) {
      for (let i = 0; i < size; i++) nextPoint[i] = point[i]! - rate * direction[i]!
      nextValue = objective(nextPoint, nextGradient)
      if (nextValue <= value - 1e-4 * rate * slope) break
    }
    if (!(nextValue < value)) break
    const pair = pairs.length === MEMORY ? pairs.shift()! : undefined
    const moved = pair?.moved ?? new Float64Array(size)
    const turned = pair?.turned ?? new Float64Array(size)
    for (let i = 0; i < size; i++) {
      moved[i] = nextPoint[i]! - point[i]!
      turned[i] = nextGradient[i]! - gradient[i]!
    }
    const curvature = dot(moved, turned)
    if (curvature > 0) pairs.push({ moved, turned, scale: 1 / curvature, weight: 0 })
    ;[point, nextPoint, gradient, nextGradient] = [nextPoint, point, nextGradient, gradient]
    value = nextValue
    options.onStep?.(step + 1, value)
  }
  return point
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

const add = (to: Float64Array, factor: number, from: Float64Array): void => {
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + factor * from[i]!
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a))

const largest = (a: Float64Array): number => {
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]!))
  return most
}
