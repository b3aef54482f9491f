import { width } from "../../../ir/index.ts"
import { express } from "../../core/elementwise.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, isConstant } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { indices } from "../../core/static-positions.ts"
import { tensor } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, mul } from "../elementwise/arithmetic.ts"
import { eq } from "../elementwise/comparison.ts"
import { map } from "../tables/lookup.ts"

/** Two secrets of no more pairs are looked up together; otherwise every distance is tried. */
const MOST_PAIRS = 64n

/** The farthest shift. */
const MOST_PLACES = 52n

const shifted = [x, required("places", tensor)] as const

/** Elementwise x * 2^places: a product with a table of the places, or a scaling where these are constant. */
export const shl = operator("shl", shifted, (x, places): Tensor => {
  const [a, n] = integersOf("shl", x, places)
  checkPlaces("shl", n)
  return mul(
    a,
    map(n, (count) => 2 ** count),
  )
})

/**
 * Elementwise x / 2^places rounded down, which keeps the sign. One table where one of the two is constant or both are
 * small; otherwise x shifted by each distance, times whether that is the one.
 */
export const shr = operator("shr", shifted, (x, places): Tensor => {
  const [a, n] = integersOf("shr", x, places)
  checkPlaces("shr", n)
  const [p, q] = [a.node.type, n.node.type]
  if (isConstant(a) || isConstant(n) || width(p) * width(q) <= MOST_PAIRS) {
    return express((v, k) => `floor(${v} / 2 ^ ${k})`, a, n)
  }
  const all = indices(Number(width(q))).map((i) => {
    const count = Number(q.lo) + i
    return mul(
      eq(n, count),
      express((v) => `floor(${v} / ${2 ** count})`, a),
    )
  })
  const shortest = 2n ** q.lo
  const down = (bound: bigint): bigint =>
    bound < 0n ? -((-bound + shortest - 1n) / shortest) : bound / shortest
  const least = down(p.lo)
  const most = down(p.hi)
  // Farther shifts bring a value nearer to 0 or -1.
  const farthest = p.hi < 0n ? -1n : 0n
  return proved(
    "shr",
    all.reduce((total, part) => add(total, part)),
    least < 0n ? least : 0n,
    p.hi < 0n ? farthest : most,
  )
})

const checkPlaces = (name: string, n: IntTensor): void => {
  const { lo, hi } = n.node.type
  if (lo < 0n || hi > MOST_PLACES)
    fail(
      "out-of-range",
      `${name} by ${lo}..${hi} places; shifts are from 0 to ${MOST_PLACES}\nnarrow it with clip, or shift the other way`,
      n,
    )
}
