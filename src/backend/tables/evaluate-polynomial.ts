import type { Plain } from "../circuit/plain.ts"
import type { KernelOps } from "../circuit/relinearizing.ts"
import { countKernel, type KernelCost } from "./kernel-cost.ts"

/** Coefficients of a polynomial, lowest first; null for 0. A `ring` coefficient differs by element. */
export type Coefficients = readonly (Plain | null)[]

/** A part of the polynomial: a ciphertext, a constant, or 0. */
export type Part<T> = { readonly value: T } | { readonly constant: Plain } | null

/**
 * p(x) by the tree form of baby-step giant-step: leaves of `baby` coefficients over the powers x .. x^(baby-1), joined
 * by T = low + x^h * high with h = baby * 2^j. Depth ceil(log2(degree + 1)) when `baby` is a power of two. With
 * relinearization only of what is multiplied again, this is the base schedule of the design.
 */
export const evaluatePolynomial = <T>(ops: KernelOps<T>, x: T, p: Coefficients, baby: number): Part<T> => {
  const powers = new Map<number, T>([[1, x]])
  const power = (i: number): T => {
    const known = powers.get(i)
    if (known !== undefined) return known
    // Beyond the baby step come its doublings only.
    const large = i > baby ? i / 2 : 2 ** (Math.ceil(Math.log2(i)) - 1)
    const made = ops.multiply(power(large), power(i - large))
    powers.set(i, made)
    return made
  }
  const add = (a: Part<T>, b: Part<T>): Part<T> => addParts(ops, a, b)
  const times = (part: Part<T>, exponent: number): Part<T> => {
    if (part === null) return null
    if ("value" in part) return { value: ops.multiply(power(exponent), part.value) }
    return { value: multiplyConstant(ops, power(exponent), part.constant) }
  }
  const leaf = (from: number): Part<T> => {
    let sum: Part<T> = null
    for (let i = Math.min(baby, p.length - from) - 1; i >= 1; i--) {
      const coefficient = p[from + i]
      if (coefficient) sum = add(sum, { value: multiplyConstant(ops, power(i), coefficient) })
    }
    const constant = p[from]
    return constant ? add(sum, { constant }) : sum
  }
  const tree = (from: number, leaves: number): Part<T> => {
    if (leaves === 1) return leaf(from)
    const low = 2 ** (Math.ceil(Math.log2(leaves)) - 1)
    const high = times(tree(from + low * baby, leaves - low), low * baby)
    return add(high, tree(from, low))
  }
  return tree(0, Math.max(1, Math.ceil(p.length / baby)))
}

/** The sum of two parts, of which one at most is a constant. */
export const addParts = <T>(ops: KernelOps<T>, a: Part<T>, b: Part<T>): Part<T> => {
  if (a === null) return b
  if (b === null) return a
  if ("value" in a && "value" in b) return { value: ops.add(a.value, b.value) }
  if ("value" in a && "constant" in b) return { value: ops.addPlain(a.value, b.constant) }
  if ("constant" in a && "value" in b) return { value: ops.addPlain(b.value, a.constant) }
  throw new Error("unreachable: two constants are never added")
}

export const multiplyConstant = <T>(ops: KernelOps<T>, value: T, plain: Plain): T => {
  if (plain.kind === "scalar" && plain.value === 1n) return value
  if (plain.kind === "scalar" && plain.value === -1n) return ops.negate(value)
  return ops.multiplyPlain(value, plain)
}

/** Counts a schedule by running it on a machine that only counts. */
export const countPolynomial = (p: Coefficients, baby: number): KernelCost =>
  countKernel((ops, x) => {
    const result = evaluatePolynomial(ops, x, p, baby)
    return result !== null && "value" in result ? result.value : null
  })

/** The power of two that makes the schedule cheapest for the given relative costs. */
export const chooseBaby = (p: Coefficients, weigh: (cost: KernelCost) => number): number => {
  let best = { baby: 1, cost: Infinity }
  const steps = p.length > MANY_TERMS ? babySteps(p.length) : powersOfTwo(p.length)
  for (const baby of steps) {
    const cost = weigh(countPolynomial(p, baby))
    if (cost < best.cost) best = { baby, cost }
  }
  return best.baby
}

/** Baby steps that make no schedule deeper than it must be. */
const powersOfTwo = (terms: number): number[] => {
  const steps: number[] = []
  for (let baby = 1; baby <= Math.max(1, terms); baby *= 2) steps.push(baby)
  return steps
}

/** Beyond it only the powers of two around the square root are worth the time to count them. */
const MANY_TERMS = 2048

/**
 * The baby steps worth a try for so many coefficients: the powers of two, then what lies around the square root, where
 * a full polynomial has its cheapest; a few of those when there are many.
 */
export const babySteps = (terms: number): number[] => {
  const steps = new Set(powersOfTwo(terms))
  const middle = Math.sqrt(terms)
  const least = Math.max(3, Math.floor(middle / 3))
  for (let baby = least; baby <= 2 * middle; baby += Math.max(1, Math.floor(baby / 16))) steps.add(baby)
  if (terms > MANY_TERMS) return powersOfTwo(terms).filter((baby) => baby >= middle / 4 && baby <= 4 * middle)
  return [...steps]
}
