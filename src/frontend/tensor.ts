import type { Node } from "../ir/index.ts"
import * as arithmetic from "./arithmetic.ts"
import * as assumption from "./assume.ts"
import * as choice from "./choice.ts"
import * as comparison from "./comparison.ts"
import * as contraction from "./contraction.ts"
import * as indexing from "./indexing.ts"
import { concat, type JoinOptions, stack } from "./join.ts"
import { type ClassWith, withMethods } from "./methods.ts"
import * as movement from "./movement.ts"
import type { TensorLike } from "./operands.ts"
import * as reals from "./reals.ts"
import * as rounding from "./rounding.ts"
import * as tables from "./tables.ts"
import * as tagging from "./tag.ts"

/** Modules that export operators and nothing else. */
type Operators = typeof arithmetic &
  typeof assumption &
  typeof choice &
  typeof comparison &
  typeof contraction &
  typeof indexing &
  typeof movement &
  typeof reals &
  typeof rounding &
  typeof tables &
  typeof tagging

const WithOperators: ClassWith<Operators> = withMethods({
  ...arithmetic,
  ...assumption,
  ...choice,
  ...comparison,
  ...contraction,
  ...indexing,
  ...movement,
  ...reals,
  ...rounding,
  ...tables,
  ...tagging,
})

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
    return movement.transpose(this)
  }

  /** This tensor and others one after the other along an axis. */
  concat(others: readonly TensorLike[], options?: JoinOptions): Tensor {
    return concat([this, ...others], options)
  }

  /** This tensor and others of the same shape along a new axis. */
  stack(others: readonly TensorLike[], options?: JoinOptions): Tensor {
    return stack([this, ...others], options)
  }
}
