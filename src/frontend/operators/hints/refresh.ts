import { make } from "../../core/make.ts"
import { integersOf } from "../../core/operands.ts"
import { unary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"

/**
 * The same value, encrypted anew by the client on the way: the server masks it, so that the client learns nothing, and
 * goes on with a fresh noise budget. A run then takes a round more. A value in the clear stays as it is.
 */
export const refresh = operator("refresh", unary, (x): Tensor => {
  const [a] = integersOf("refresh", x)
  // refresh(refresh(x)) = refresh(x)
  return a.node.type.secret && a.node.op !== "refresh" ? make("refresh", [a], {}) : a
})
