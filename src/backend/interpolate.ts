import { inverseMod, positive } from "./field.ts"
import { isNarrowField } from "./layout.ts"

/**
 * The coefficients, lowest first and without trailing zeros, of the polynomial mod the prime t that takes
 * `values[j]` at `lo + j`: Newton's forward differences, then Horner's rule into powers of x. Quadratic in the number
 * of values, which must not exceed t.
 */
export const interpolate = (lo: bigint, values: readonly (number | bigint)[], t: bigint): bigint[] => {
  const isNarrow = isNarrowField(t)
  const coefficients = isNarrow
    ? newton(
        Number(positive(lo, t)),
        values.map((v) => Number(positive(BigInt(v), t))),
        Number(t),
        0,
        1,
        (v) => Number(inverseMod(BigInt(v), t)),
      ).map(BigInt)
    : newton(
        positive(lo, t) as never,
        values.map((v) => positive(BigInt(v), t) as never),
        t as never,
        0n as never,
        1n as never,
        (v) => inverseMod(v as never, t) as never,
      ).map(BigInt)
  while (coefficients.length > 0 && coefficients.at(-1) === 0n) coefficients.pop()
  return coefficients
}

/** Written for numbers; bigints take the same path where t is too large for them. */
const newton = (
  lo: number,
  values: readonly number[],
  t: number,
  zero: number,
  one: number,
  inverse: (value: number) => number,
): number[] => {
  // Divided differences over equally spaced points: c_j = delta^j / j!.
  const differences = [...values]
  const size = values.length
  let divisor = zero
  const divided: number[] = []
  let factorial = one
  for (let j = 0; j < size; j++) {
    if (j > 0) {
      divisor += one
      factorial = (factorial * (divisor % t)) % t
      for (let i = size - 1; i >= j; i--) differences[i] = (differences[i]! - differences[i - 1]! + t) % t
    }
    divided.push(j === 0 ? differences[0]! : (differences[j]! * inverse(factorial)) % t)
  }
  // p = c_0 + (x - x_0)(c_1 + (x - x_1)(c_2 + ...)).
  const result: number[] = []
  let point = lo
  const points: number[] = []
  for (let j = 0; j < size; j++) {
    points.push(point)
    point = (point + one) % t
  }
  for (let j = size - 1; j >= 0; j--) {
    result.push(zero)
    for (let i = result.length - 1; i > 0; i--) {
      result[i] = (((result[i - 1]! - result[i]! * points[j]!) % t) + t) % t
    }
    result[0] = (((zero - result[0]! * points[j]! + divided[j]!) % t) + t) % t
  }
  return result
}
