import { fail } from "../../../fail.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import type { Op } from "../onnx-op.ts"

/** The features of one sample as a vector; several inputs of a pipeline come joined. */
export const features = (op: Op, i = 0): FloatNode => {
  const x = op.node(i)
  if (x.shape.length !== 1)
    return fail(
      "unsupported-model",
      `a vector of features is needed, not a value with ${x.shape.length} axes for each sample`,
    )
  return x
}
