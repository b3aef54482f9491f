import { printShape } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, type TensorLike } from "../../core/operands.ts"
import { gather, indices, OUTSIDE } from "../../core/static-positions.ts"
import { argument } from "../../operator/argument.ts"
import { binary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { matmul } from "../reductions/sum-and-matmul.ts"
import { flip } from "../shape/rearrange.ts"

type Mode = "full" | "same" | "valid"
const mode = optional(
  "mode",
  argument<Mode>("the mode", '"full", "same" or "valid"', (value) =>
    ["full", "same", "valid"].includes(value as string),
  ),
)

/** Sums of the products of two vectors, the second turned round and moved along the first: all of them, as many as the longer one has, or those without overhang. */
export const convolve = operator("convolve", [...binary, mode], (a, b, { mode = "full" }): Tensor => {
  const [x, y] = vectorsOf("convolve", a, b)
  const [long, short] = x.size < y.size ? [y, x] : [x, y]
  return slid(long, flip(short), mode)
})

/** Sums of the products of two vectors, the second moved along the first: those without overhang, as many as the longer one has, or all of them. */
export const correlate = operator("correlate", [...binary, mode], (a, b, { mode = "valid" }): Tensor => {
  const [x, y] = vectorsOf("correlate", a, b)
  return x.size < y.size ? flip(slid(y, x, mode)) : slid(x, y, mode)
})

const vectorsOf = (name: string, a: TensorLike, b: TensorLike): [IntTensor, IntTensor] => {
  const [x, y] = integersOf(name, a, b)
  for (const each of [x, y]) {
    if (each.ndim > 1)
      fail("wrong-shape", `${name} of shape ${printShape(each.shape)}; a vector was needed`, each)
    if (each.size === 0) fail("wrong-shape", `${name} of a vector without elements`, each)
  }
  return [x, y]
}

/** The shorter vector at the places of the longer one that a mode has, as one product of a matrix of windows. */
const slid = (long: Tensor, short: Tensor, mode: Mode): Tensor => {
  const [n, m] = [long.size, short.size]
  const overhang = mode === "full" ? m - 1 : mode === "same" ? Math.floor(m / 2) : 0
  const count = mode === "full" ? n + m - 1 : mode === "same" ? n : n - m + 1
  const places = indices(count * m).map((i) => {
    const place = Math.floor(i / m) + (i % m) - overhang
    return place >= 0 && place < n ? place : OUTSIDE
  })
  return matmul(gather(long.reshape([n]), places, [count, m]), short.reshape([m]))
}
