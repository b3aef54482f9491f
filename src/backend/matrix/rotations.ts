/** How a set of rotations is split: rotation i is rotation i mod `baby` of the operand, then a multiple of `baby`. */
export interface BabySteps {
  /** A power of two. */
  readonly baby: number
  /** Rotations that the split costs in all. */
  readonly rotations: number
}

/**
 * The baby step that needs the fewest rotations for the given offsets, one list per operand. Babies are shared by all
 * results of an operand, giants are paid for each of `outputs` results.
 */
export const chooseSteps = (
  offsets: readonly (readonly number[])[],
  outputs: number,
  limit: number,
): BabySteps => {
  let best: BabySteps = { baby: 1, rotations: Infinity }
  for (let baby = 1; baby <= limit; baby *= 2) {
    let rotations = 0
    const giants = new Set<number>()
    for (const list of offsets) {
      const babies = new Set<number>()
      for (const offset of list) {
        babies.add(offset % baby)
        giants.add(Math.floor(offset / baby))
      }
      rotations += rotationCount(babies)
    }
    rotations += outputs * giantCount([...giants])
    if (rotations < best.rotations) best = { baby, rotations }
  }
  return best
}

/** SEAL has no hoisting: a rotation costs the same chained or not, and a chain of steps by 1 needs a single key. */
const chainLength = (amounts: readonly number[]): number => amounts.reduce((a, b) => Math.max(a, b), 0)

/** All amounts that arise when the lowest bit of each is removed again and again, 0 left out. */
const binaryClosure = (amounts: readonly number[]): Set<number> => {
  const closure = new Set<number>()
  for (const amount of amounts) for (let rest = amount; rest > 0; rest &= rest - 1) closure.add(rest)
  return closure
}

const rotationCount = (amounts: ReadonlySet<number>): number => {
  const chain = chainLength([...amounts])
  // Where every amount is wanted the chain is as short as can be.
  return amounts.size > chain ? chain : Math.min(chain, binaryClosure([...amounts]).size)
}

const bits = (value: number): number => value.toString(2).replaceAll("0", "").length

const giantCount = (giants: readonly number[]): number =>
  Math.min(
    chainLength(giants),
    giants.reduce((sum, giant) => sum + bits(giant), 0),
  )

/** The operand rotated by each amount, with as few rotations as `chooseSteps` counted, all by powers of two. */
export const rotateEach = <T>(
  rotate: (value: T, by: number) => T,
  value: T,
  amounts: readonly number[],
): Map<number, T> => {
  const rotated = new Map<number, T>([[0, value]])
  const isChain = chainLength(amounts) <= binaryClosure(amounts).size
  const make = (amount: number): T => {
    const known = rotated.get(amount)
    if (known !== undefined) return known
    const before = isChain ? amount - 1 : amount & (amount - 1)
    const made = rotate(make(before), amount - before)
    rotated.set(amount, made)
    return made
  }
  for (const amount of [...amounts].sort((a, b) => a - b)) make(amount)
  return rotated
}

/** The sum over giants g of `value_g` rotated by `g * baby`: Horner's rule, or one by one where that is less. */
export const giantSum = <T>(
  add: (a: T, b: T) => T,
  rotate: (value: T, by: number) => T,
  giants: ReadonlyMap<number, T>,
  { baby }: BabySteps,
): T | null => {
  const order = [...giants.keys()].sort((a, b) => b - a)
  const isHorner = chainLength(order) === giantCount(order)
  let sum: T | null = null
  let at = order[0] ?? 0
  for (const giant of order) {
    let value = giants.get(giant) as T
    if (isHorner) {
      for (; at > giant; at--) sum = rotate(sum as T, baby)
    } else {
      for (let bit = 1; bit <= giant; bit *= 2) if (giant & bit) value = rotate(value, bit * baby)
    }
    sum = sum === null ? value : add(sum, value)
  }
  if (isHorner) for (; at > 0; at--) sum = rotate(sum as T, baby)
  return sum
}
