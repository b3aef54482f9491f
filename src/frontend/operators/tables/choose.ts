import { printRange, printShape } from "../../../data/index.ts"
import { broadcastShapes } from "../../../ir/index.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, isConstant, operandsOf, type TensorLike } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { argument, tensor, tensors } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { named, optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mod, mul } from "../elementwise/arithmetic.ts"
import { isThere } from "../indexing/take-along.ts"
import { clip, where } from "../order/choice.ts"
import { sum } from "../reductions/sum-and-matmul.ts"
import { stack } from "../shape/join.ts"
import { broadcastTo } from "../shape/reshape.ts"
import { lookup } from "./lookup.ts"

type Mode = "raise" | "wrap" | "clip"
const mode = argument<Mode>("the mode", '"raise", "wrap" or "clip"', (value) =>
  ["raise", "wrap", "clip"].includes(value as string),
)

/**
 * Elementwise the choice whose number x is; x and the choices broadcast. Numbers outside are refused, or taken round the end
 * ("wrap") or to the nearest ("clip"). One table where all choices are constant numbers, else one table and one product.
 */
export const choose = operator(
  "choose",
  [x, required("choices", tensors), named("mode", mode)],
  (x, choices, { mode = "raise" }): Tensor => {
    const count = choices.length
    if (count === 0) fail("wrong-argument", "choose of no choices")
    const [given, ...options] = integersOf("choose", x, ...choices)
    const index = within(given, count, mode)
    if (options.every((option) => isConstant(option) && option.ndim === 0)) {
      return lookup(
        index,
        options.map((option) => (isConstant(option) ? option.node.attrs.value.values[0]! : 0)),
      )
    }
    const shape = [index, ...options].map((each) => each.shape).reduce(broadcastShapes)
    const all = stack(
      options.map((option) => broadcastTo(option, shape)),
      { axis: -1 },
    )
    const { lo, hi } = (all as IntTensor).node.type
    return proved("choose", sum(mul(isThere(index, count, 0), all), { axis: -1 }), lo, hi)
  },
)

const within = (given: IntTensor, count: number, mode: Mode): IntTensor => {
  if (mode === "wrap") return integersOf("choose", mod(given, count))[0]
  if (mode === "clip") return integersOf("choose", clip(given, 0, count - 1))[0]
  const { lo, hi } = given.node.type
  if (lo < 0n)
    fail(
      "out-of-range",
      `choose by a number in ${printRange(lo, hi)}, which may be negative\ngive { mode: "wrap" } or "clip"`,
      given,
    )
  return given
}

/** Elementwise the choice of the first condition that is 1, and the default where none is. */
export const select = operator(
  "select",
  [required("conditions", tensors), required("choices", tensors), optional("default", tensor)],
  (conditions, choices, options): Tensor => {
    const otherwise: TensorLike = options.default ?? 0
    if (conditions.length !== choices.length)
      fail("wrong-argument", `select of ${conditions.length} conditions and ${choices.length} choices`)
    if (conditions.length === 0) fail("wrong-argument", "select of no conditions")
    const all = operandsOf(...conditions, ...choices, otherwise)
    const count = conditions.length
    const shape = all.map((each) => each.shape).reduce((p, q) => [...broadcastShapes(p, q)])
    let result: Tensor = all.at(-1)!
    for (let i = count - 1; i >= 0; i--) result = where(all[i]!, all[count + i]!, result)
    return printShape(result.shape) === printShape(shape) ? result : broadcastTo(result, shape)
  },
)
