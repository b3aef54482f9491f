import type { KernelOps } from "./kernel-ops.ts"
import type { Plain } from "./plain.ts"

/** Coefficients of a polynomial, lowest first; null for 0. A `ring` coefficient differs by element. */
export type Coefficients = readonly (Plain | null)[]

/** A part of the polynomial: a ciphertext, a constant, or 0. */
type Part<T> = { readonly value: T } | { readonly constant: Plain } | null

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
    const large = 2 ** (Math.ceil(Math.log2(i)) - 1)
    const made = ops.multiply(power(large), power(i - large))
    powers.set(i, made)
    return made
  }
  const addConstant = (value: T, constant: Plain): T => ops.addPlain(value, constant)
  const add = (a: Part<T>, b: Part<T>): Part<T> => {
    if (a === null) return b
    if (b === null) return a
    if ("value" in a && "value" in b) return { value: ops.add(a.value, b.value) }
    if ("value" in a && "constant" in b) return { value: addConstant(a.value, b.constant) }
    if ("constant" in a && "value" in b) return { value: addConstant(b.value, a.constant) }
    throw new Error("unreachable: two constants are never added")
  }
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

const multiplyConstant = <T>(ops: KernelOps<T>, value: T, plain: Plain): T => {
  if (plain.kind === "scalar" && plain.value === 1n) return value
  if (plain.kind === "scalar" && plain.value === -1n) return ops.negate(value)
  return ops.multiplyPlain(value, plain)
}

/** Products, relinearizations and plain products that a schedule takes. */
export interface PolynomialCost {
  readonly products: number
  readonly relinearizations: number
  readonly plainProducts: number
}

/** Counts a schedule by running it on a machine that only counts. */
export const countPolynomial = (p: Coefficients, baby: number): PolynomialCost => {
  let products = 0
  let relinearizations = 0
  let plainProducts = 0
  type Counted = { product: boolean }
  const settle = (a: Counted): Counted => {
    if (a.product) relinearizations++
    a.product = false
    return a
  }
  const ops: KernelOps<Counted> = {
    add: (a, b) => ({ product: a.product || b.product }),
    sub: (a, b) => ({ product: a.product || b.product }),
    negate: (a) => ({ ...a }),
    addPlain: (a) => ({ ...a }),
    rotate: (a) => ({ ...settle(a) }),
    multiply: (a, b) => {
      settle(a)
      settle(b)
      products++
      return { product: true }
    },
    multiplyPlain: (a) => {
      settle(a)
      plainProducts++
      return { product: false }
    },
  }
  const result = evaluatePolynomial(ops, { product: false }, p, baby)
  if (result !== null && "value" in result) settle(result.value)
  return { products, relinearizations, plainProducts }
}

/** The power of two that makes the schedule cheapest for the given relative costs. */
export const chooseBaby = (p: Coefficients, weigh: (cost: PolynomialCost) => number): number => {
  let best = { baby: 1, cost: Infinity }
  for (let baby = 1; baby <= Math.max(1, p.length); baby *= 2) {
    const cost = weigh(countPolynomial(p, baby))
    if (cost < best.cost) best = { baby, cost }
  }
  return best.baby
}
