import { printRange, printShape } from "../../../data/index.ts"
import { structural } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, operandsOf, type TensorLike } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { indices } from "../../core/static-positions.ts"
import { argument, integer, tensorOrNull } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { named, optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { eq } from "../elementwise/comparison.ts"
import { matmul, sum } from "../reductions/sum-and-matmul.ts"
import { reshape } from "../shape/reshape.ts"
import { evenlySpaced } from "./evenly-spaced.ts"
import { map } from "./lookup.ts"

/** The most bins that counting makes unasked. */
const MOST_BINS = 2 ** 16

/**
 * How often each of the values 0, 1, … occurs in a vector, or the sum of the weights there. numpy's result ends at the
 * largest value that occurs; here, where nobody sees the values, it ends at the largest that the range allows, and at
 * `minlength` if that is more. Throws ProgramError for values that may be negative.
 */
export const bincount = operator(
  "bincount",
  [x, optional("weights", tensorOrNull), optional("minlength", integer("a least length"))],
  (x, { weights, minlength = 0 }): Tensor => {
    const [a] = integersOf("bincount", x)
    const { lo, hi } = a.node.type
    if (a.ndim !== 1) fail("wrong-shape", `bincount of shape ${printShape(a.shape)}; a vector was needed`, a)
    if (lo < 0n)
      fail(
        "out-of-range",
        `bincount of values in ${printRange(lo, hi)}, which may be negative\nshift them, or clip`,
        a,
      )
    if (minlength < 0) fail("wrong-argument", `bincount with a least length of ${minlength}`, a)
    const bins = Math.max(minlength, a.size === 0 ? 0 : Number(hi) + 1)
    if (bins > MOST_BINS)
      fail("too-large", `bincount of values up to ${hi} has ${bins} bins; at most ${MOST_BINS} are made`, a)
    return counted(a, bins, weights)
  },
)

/** How many bins of equal width there are, or their edges. */
type Bins = number | readonly number[]
const bins = argument<Bins>(
  "bins",
  "a number of bins or a list of edges",
  (value) => typeof value === "number" || Array.isArray(value) || ArrayBuffer.isView(value),
)
const limits = argument<readonly [number, number]>(
  "the range",
  "a list of two numbers",
  (value) => Array.isArray(value) && value.length === 2,
)

/**
 * How many elements lie between edges, the last edge included, and the edges. The range of the bins must be given, because
 * the least and the largest element, which numpy takes, are not seen here; elements outside count nowhere.
 */
export const histogram = operator(
  "histogram",
  [x, optional("bins", bins), optional("range", limits), named("weights", tensorOrNull)],
  (x, { bins = 10, range, weights }): Tensor[] => {
    const [a] = integersOf("histogram", x)
    const edges = edgesOf(bins, range, a)
    const count = edges.length - 1
    const bin = map(a, (value) => {
      if (value < edges[0]! || value > edges[count]!) return count
      const above = edges.findIndex((edge) => edge > value)
      return above < 0 ? count - 1 : above - 1
    })
    const flat = integersOf("histogram", reshape(bin, [a.size]))[0]
    return [counted(flat, count, weights), operandsOf(edges, a)[0]]
  },
)

const edgesOf = (bins: Bins, range: readonly [number, number] | undefined, a: Tensor): number[] => {
  if (typeof bins !== "number") {
    const edges = Array.from(bins)
    if (edges.length < 2 || edges.some((edge, i) => !(edge >= (edges[i - 1] ?? -Infinity))))
      fail("wrong-argument", "the edges of bins are at least two numbers that do not fall")
    return edges
  }
  if (structural("a number of bins", bins) < 1) fail("wrong-argument", `a histogram of ${bins} bins`)
  if (range === undefined) {
    return fail(
      "data-dependent",
      "a histogram whose range depends on the values\ngive { range: [lo, hi] } or the edges as bins: nobody sees the least and the largest element",
      a,
    )
  }
  const [lo, hi] = range
  if (!(Number.isFinite(lo) && Number.isFinite(hi) && lo <= hi))
    fail("wrong-argument", `a histogram of the range ${lo}..${hi}`)
  return lo === hi ? evenlySpaced(lo - 0.5, hi + 0.5, bins + 1, true) : evenlySpaced(lo, hi, bins + 1, true)
}

const counted = (a: IntTensor, bins: number, weights: TensorLike | null | undefined): Tensor => {
  const is = eq(reshape(a, [a.size, 1]), operandsOf(indices(bins), a)[0])
  if (weights === undefined || weights === null)
    return proved("bincount", sum(is, { axis: 0 }), 0n, BigInt(a.size))
  const [w] = integersOf("weights", weights, a)
  if (w.size !== a.size) fail("wrong-shape", `${w.size} weights for ${a.size} elements`, w)
  return matmul(reshape(w, [a.size]), is)
}
