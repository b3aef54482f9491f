import { Builder, type Expression, parseExpression } from "../ir/index.ts"

/** The builder that the tensors of one trace share. Only the tensors of a constant builder may enter other traces. */
export class TraceBuilder extends Builder {
  readonly isConstant: boolean
  readonly #expressions = new Map<string, Expression>()

  constructor(isConstant: boolean) {
    super()
    this.isConstant = isConstant
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
