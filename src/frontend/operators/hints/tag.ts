import { forms } from "../../../data/index.ts"
import { operandsOf, type TensorLike } from "../../core/operands.ts"
import { javascript } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"

const name = javascript<string>("a tag", "a name", (value) => typeof value === "string" && value !== "")
const inside = javascript<(x: Tensor) => TensorLike>("what a tag names", "a function", forms.function.accepts)

/**
 * What `fn` makes of x, under a name that listings and messages show. Names of nested tags are joined by dots.
 * The name travels with the tensors made from the one that `fn` is given.
 */
export const tag = operator(
  "tag",
  [x, required("name", name), required("fn", inside)],
  (x, name, fn): Tensor => {
    const [a] = operandsOf(x)
    const given = a.derive(a.node, a.label === undefined ? name : `${a.label}.${name}`)
    const inside = (): TensorLike => fn(given)
    const { watch } = a.builder
    const [result] = operandsOf(watch === undefined ? inside() : watch.outside(inside), a)
    return result.derive(result.node, a.label)
  },
)
