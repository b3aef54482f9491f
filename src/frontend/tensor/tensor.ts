import type { Node } from "../../ir/index.ts"
import type { TensorLike } from "../core/operands.ts"
import { einsum } from "../operators/products/einsum.ts"
import { type ClassWith, withMethods } from "./methods.ts"
import { operators } from "./operators.ts"

const WithOperators: ClassWith<typeof operators> = withMethods(operators)

/**
 * An integer tensor, or a real one on its way to a rounding, in a program being traced: numpy's operators in camelCase,
 * as methods here and as functions of the same names whose first argument is the tensor.
 */
export class Tensor extends WithOperators {
  override derive(node: Node, label: string | undefined, isMask?: boolean): Tensor {
    return new Tensor(this.builder, node, label, isMask)
  }

  /** Einstein's sums of this tensor and others: `x.einsum("ij,jk->ik", y)`. */
  einsum(subscripts: string, ...others: readonly TensorLike[]): Tensor {
    return einsum(subscripts, this, ...others)
  }

  /** The axes in reverse order. */
  get T(): Tensor {
    return operators.transpose(this)
  }
}
