import { field, inverseMod } from "./field.ts"
import { PolynomialProducts } from "./polynomial-product.ts"
import type { Slots } from "./slots.ts"

/** Up to this many terms Newton's form is expanded by Horner's rule, which is faster there. */
const LEAF = 32

/**
 * The coefficients, lowest first and without trailing zeros, of the polynomial mod the prime t that takes
 * `values[j]` at `lo + j`; at most t values. Newton's form over equally spaced points is one convolution, and becomes
 * powers of x by halves: n log(n)^2 (von zur Gathen and Gerhard, Modern Computer Algebra, 10).
 */
export const interpolate = (lo: bigint, values: readonly (number | bigint)[], t: bigint): bigint[] => {
  const { zeros, residue, mul } = field(t)
  const size = values.length
  if (size === 0) return []
  const products = new PolynomialProducts(t, 2 * size)
  const inverses = inverseFactorials(size, t)
  const y = zeros(size)
  const signs = zeros(size)
  const points = zeros(size)
  for (let i = 0; i < size; i++) {
    y[i] = residue(values[i]!)
    signs[i] = residue(i % 2 === 0 ? 1 : -1)
    points[i] = residue(-lo - BigInt(i))
  }
  // delta^j / j! = sum_i f(lo + i) / i! * (-1)^(j-i) / (j-i)!
  const divided = products.multiply(mul(y, inverses), mul(signs, inverses)).slice(0, size)
  const { sum } = expand(products, t, divided, points, 0, size)
  const coefficients = Array.from(sum as ArrayLike<number | bigint>, BigInt)
  while (coefficients.at(-1) === 0n) coefficients.pop()
  return coefficients
}

const inverseFactorials = (size: number, t: bigint): Slots => {
  const result = field(t).zeros(size)
  let factorial = 1n
  for (let i = 2; i < size; i++) factorial = (factorial * BigInt(i)) % t
  let inverse = inverseMod(factorial, t)
  for (let i = size - 1; i >= 0; i--) {
    result[i] = field(t).residue(inverse)
    inverse = (inverse * BigInt(i)) % t
  }
  return result
}

/**
 * From Newton's form, `sum` of c_j (x - x_from) .. (x - x_(j-1)) over from <= j < to, and the `product` of x - x_j over
 * all of them; `negated` holds the -x_j.
 */
const expand = (
  products: PolynomialProducts,
  t: bigint,
  c: Slots,
  negated: Slots,
  from: number,
  to: number,
): { sum: Slots; product: Slots } => {
  const { zeros } = field(t)
  if (to - from <= LEAF) {
    const sum = zeros(to - from)
    const product = zeros(to - from + 1)
    if (sum instanceof Float64Array) {
      const p = product as Float64Array
      expandLeaf(sum, p, c as Float64Array, negated as Float64Array, from, 0, 1, Number(t))
    } else
      expandLeaf(
        sum as never,
        product as never,
        c as never,
        negated as never,
        from,
        0n as never,
        1n as never,
        t as never,
      )
    return { sum, product }
  }
  const middle = Math.floor((from + to) / 2)
  const low = expand(products, t, c, negated, from, middle)
  const high = expand(products, t, c, negated, middle, to)
  // The product over all points is not needed.
  const isLast = to === negated.length
  const [shifted, product] = products.multiplyEach(
    low.product,
    isLast ? [high.sum] : [high.sum, high.product],
  )
  const sum = field(t).add(shifted!, padded(low.sum, shifted!.length, t))
  return { sum, product: product ?? zeros(0) }
}

const padded = (a: Slots, length: number, t: bigint): Slots => {
  const result = field(t).zeros(length)
  result.set(a as never)
  return result
}

/** Written for numbers; bigints take the same path where t is too large for them. */
const expandLeaf = (
  sum: Float64Array,
  product: Float64Array,
  c: Float64Array,
  negated: Float64Array,
  from: number,
  zero: number,
  one: number,
  t: number,
): void => {
  product[0] = one
  for (let j = 0; j < sum.length; j++) {
    // sum + c_j * product, then product * (x - x_j).
    for (let i = j; i >= 0; i--) sum[i] = (sum[i]! + c[from + j]! * product[i]!) % t
    for (let i = j + 1; i >= 0; i--) {
      const before = i > 0 ? product[i - 1]! : zero
      product[i] = (before + product[i]! * negated[from + j]!) % t
    }
  }
}
