import type { Plain } from "../circuit/plain.ts"
import type { KernelOps } from "../circuit/relinearizing.ts"
import {
  addParts,
  type Coefficients,
  evaluatePolynomial,
  multiplyConstant,
  type Part,
} from "./evaluate-polynomial.ts"

/**
 * How a table p of u = x + shift is computed: as a polynomial in u; as a constant plus u h(u^2), for odd p; or, equal
 * everywhere but at u = 0, as c_0 + c_1 u^(t - 1) by Fermat's little theorem.
 */
export type TableForm = "polynomial" | "factored" | "equality"

/** A table for one piece of a vector. */
export interface TableKernel {
  readonly form: TableForm
  readonly shift: Plain | null
  /** Of p, lowest first; of `equality` c_0 and c_1. */
  readonly coefficients: Coefficients
  /** The baby step of the polynomial in u or in u^2. */
  readonly baby: number
}

/** The value of a table at x, in the field of the prime t. */
export const evaluateTable = <T>(
  ops: KernelOps<T>,
  x: T,
  { form, shift, coefficients, baby }: TableKernel,
  t: bigint,
): Part<T> => {
  const u = shift === null ? x : ops.addPlain(x, shift)
  const [constant, factor] = coefficients
  if (form === "polynomial") return evaluatePolynomial(ops, u, coefficients, baby)
  const rest = constant ? { constant } : null
  if (form === "factored") {
    const odd = evaluatePolynomial(
      ops,
      ops.multiply(u, u),
      coefficients.filter((_, i) => i % 2 === 1),
      baby,
    )
    if (odd === null) return rest
    const value = "value" in odd ? ops.multiply(u, odd.value) : multiplyConstant(ops, u, odd.constant)
    return addParts(ops, { value }, rest)
  }
  if (!factor) return rest
  return addParts(ops, { value: multiplyConstant(ops, power(ops, u, t - 1n), factor) }, rest)
}

/** Square and multiply, from the lowest bit. */
const power = <T>(ops: KernelOps<T>, base: T, exponent: bigint): T => {
  let square = base
  let result: T | undefined
  for (let rest = exponent; ; rest >>= 1n) {
    if (rest & 1n) result = result === undefined ? square : ops.multiply(result, square)
    if (rest === 1n) return result as T
    square = ops.multiply(square, square)
  }
}
