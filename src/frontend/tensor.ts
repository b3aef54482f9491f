import type { Integer } from "../data/index.ts"
import type { Node } from "../ir/index.ts"
import { concat, type JoinOptions, split, stack } from "./join.ts"
import { type ClassWith, withMethods } from "./methods.ts"
import { multivariate } from "./multivariate.ts"
import type { TensorLike } from "./operands.ts"
import { operators } from "./operators.ts"

const WithOperators: ClassWith<typeof operators> = withMethods(operators)

/**
 * An integer tensor, or a real one on its way to a rounding, in a program being traced: numpy's operators in camelCase,
 * as methods here and as functions of the same names whose first argument is the tensor.
 */
export class Tensor extends WithOperators {
  override derive(node: Node, label: string | undefined): Tensor {
    return new Tensor(this.builder, node, label)
  }

  /** The axes in reverse order. */
  get T(): Tensor {
    return operators.transpose(this)
  }

  /** This tensor and others one after the other along an axis. */
  concat(others: readonly TensorLike[], options?: JoinOptions): Tensor {
    return concat([this, ...others], options)
  }

  /** The same as `concat`. */
  concatenate(others: readonly TensorLike[], options?: JoinOptions): Tensor {
    return concat([this, ...others], options)
  }

  /** This tensor and others of the same shape along a new axis. */
  stack(others: readonly TensorLike[], options?: JoinOptions): Tensor {
    return stack([this, ...others], options)
  }

  /** Parts along an axis: so many of equal extent, or those that begin at these places besides the first. */
  split(parts: number | readonly number[], options?: JoinOptions): Tensor[] {
    return split(this, parts, options)
  }

  /** A function of one element of each of this tensor and others: one table of all combinations of their values. */
  multivariate(others: readonly TensorLike[], fn: (...values: number[]) => Integer | boolean): Tensor {
    return multivariate([this, ...others], fn)
  }
}
