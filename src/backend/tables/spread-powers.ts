import { powerOfTwoFrom } from "../arithmetic/slots.ts"
import { type Layout, strideOf } from "../circuit/layout.ts"
import { type Plain, ringPlain } from "../circuit/plain.ts"
import type { KernelOps } from "../circuit/relinearizing.ts"
import { type KernelCost, weighKernel } from "./kernel-cost.ts"

/** Whether a ring has a copy of a vector of the given period for each of so many powers of it. */
export const hasRoomForPowers = ({ ring }: Layout, period: number, terms: number): boolean =>
  period * powerOfTwoFrom(terms) <= ring

/**
 * A polynomial of so many terms on a vector that repeats with a period: each copy of it is raised to a power of its own,
 * by squaring and multiplying where the power has a bit, then multiplied by its coefficient, and all copies are added up.
 * About 2 log2(terms) products in place of 2 sqrt(terms), at the depth of the polynomial. `coefficient(k, e)` is that of
 * x^k for element e of the vector; the result repeats with the same period.
 */
export const spreadPolynomial = <T>(
  ops: KernelOps<T>,
  layout: Layout,
  period: number,
  x: T,
  terms: number,
  coefficient: (power: number, element: number) => bigint,
): T => {
  const powers = powerOfTwoFrom(terms)
  const ring = (numberAt: (power: number, element: number) => bigint): Plain =>
    ringPlain(
      Array.from({ length: layout.ring }, (_, e) => numberAt(Math.floor(e / period) % powers, e % period)),
    )
  /** x^bit where the power has the bit, 1 elsewhere. */
  const selected = (value: T, bit: number): T => {
    const one = (isWanted: boolean) => ring((power) => (((power & bit) !== 0) === isWanted ? 1n : 0n))
    return ops.addPlain(ops.multiplyPlain(value, one(true)), one(false))
  }
  let square = x
  let product = selected(square, 1)
  for (let bit = 2; bit < powers; bit *= 2) {
    square = ops.multiply(square, square)
    product = ops.multiply(product, selected(square, bit))
  }
  let sum = ops.multiplyPlain(product, ring(coefficient))
  for (let span = powers * period; span > period; span /= 2) {
    sum = ops.add(sum, ops.rotate(sum, (span / 2) * strideOf(layout)))
  }
  return sum
}

/** What `spreadPolynomial` takes for one piece. */
export const countSpread = (terms: number): KernelCost & { readonly rotations: number } => {
  const bits = Math.log2(powerOfTwoFrom(terms))
  const products = 2 * (bits - 1)
  return { products, relinearizations: products, plainProducts: bits + 1, depth: bits, rotations: bits }
}

/** A rotation costs as much as a relinearization. */
export const weighSpread = (terms: number): number => {
  const cost = countSpread(terms)
  return weighKernel({ ...cost, relinearizations: cost.relinearizations + cost.rotations })
}
