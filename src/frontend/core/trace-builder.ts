import {
  Builder,
  type Expression,
  Forms,
  type IntType,
  type Node,
  type NodeOf,
  parseExpression,
  relatedRange,
} from "../../ir/index.ts"
import type { Chain } from "../operators/order/chains.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { type Range, rangeOnSamples, type Sample } from "./measure-ranges.ts"
import { Watch } from "./watch.ts"

/** What a node that a function asks for is better written as, a tensor under the label of another; undefined for itself. */
export type Rewrite = (node: Node, host: Tensor) => Tensor | undefined

/** The builder that the tensors of one trace share. Only the tensors of a constant builder may enter other traces. */
export class TraceBuilder extends Builder {
  readonly isConstant: boolean
  /** What becomes of comparisons; constants outside traces are watched by nobody. */
  readonly watch: Watch | undefined
  /** What values are the extremes of that `maximum` and `minimum` made. */
  readonly chains = new WeakMap<Node, Chain>()
  readonly #expressions = new Map<string, Expression>()
  readonly #samples: readonly Sample[]
  readonly #forms = new Forms()
  readonly #rewrite: Rewrite | undefined
  #isWriting = false
  #inputs: readonly NodeOf<"input">[] = []

  constructor(isConstant: boolean, samples: readonly Sample[] = [], rewrite?: Rewrite) {
    super()
    this.isConstant = isConstant
    this.#rewrite = rewrite
    this.watch = isConstant ? undefined : new Watch(this)
    this.#samples = samples
  }

  /** Says which inputs the samples have values for. */
  declareInputs(inputs: readonly NodeOf<"input">[]): void {
    this.#inputs = inputs
  }

  /** The range that a value of this trace has on the samples; undefined when there are none. */
  rangeOnSamples(node: Node): Range | undefined {
    return rangeOnSamples(this.#inputs, node, this.#samples)
  }

  /** A value of another form in place of a node that was just made. */
  inPlaceOf(node: Node, host: Tensor): Tensor | undefined {
    return this.#isWriting ? undefined : this.#rewrite?.(node, host)
  }

  /** Runs what writes one operator in others, none of which is put into another form. */
  writing<T>(run: () => T): T {
    const before = this.#isWriting
    this.#isWriting = true
    try {
      return run()
    } finally {
      this.#isWriting = before
    }
  }

  /** The range that a node has because its operands are related; undefined where its type says as much. */
  relatedRange(node: Node): Pick<IntType, "lo" | "hi"> | undefined {
    return relatedRange(node, this.#forms)
  }

  /** `parseExpression`, once per text: ten thousand `relu` are parsed once. */
  expression(text: string): Expression {
    const known = this.#expressions.get(text)
    if (known !== undefined) return known
    const parsed = parseExpression(text)
    this.#expressions.set(text, parsed)
    return parsed
  }
}
