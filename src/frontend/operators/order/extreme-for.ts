import type { Node } from "../../../ir/index.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { maximum, minimum } from "./choice.ts"
import { writtenExtreme } from "./written-extremes.ts"

/** The larger or the smaller of two values in place of a node that was written as a sum, where it is that. */
export const extremeFor = (node: Node, host: Tensor): Tensor | undefined => {
  const written = writtenExtreme(node)
  if (written === undefined) return undefined
  for (const comparison of written.comparisons) host.builder.watch?.absorb(comparison)
  const [x, y] = written.values.map((value) => host.derive(value, host.label)) as [Tensor, Tensor]
  return written.by === "maximum" ? maximum(x, y) : minimum(x, y)
}
