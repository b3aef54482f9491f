import { ProgramError } from "../../data/index.ts"
import { failAt, type Line, parseMath } from "../../ir/index.ts"

/** What is read of mathjs' tree. Every other type of node is refused. */
export type Tree =
  | { readonly type: "ConstantNode"; readonly value: unknown }
  | { readonly type: "SymbolNode"; readonly name: string }
  | { readonly type: "ParenthesisNode"; readonly content: Tree }
  | {
      readonly type: "OperatorNode"
      readonly op: string
      readonly fn: string
      readonly args: readonly Tree[]
      readonly implicit: boolean
      readonly isPercentage: boolean
    }
  | {
      readonly type: "RelationalNode"
      readonly conditionals: readonly string[]
      readonly params: readonly Tree[]
    }
  | {
      readonly type: "ConditionalNode"
      readonly condition: Tree
      readonly trueExpr: Tree
      readonly falseExpr: Tree
    }
  | { readonly type: "FunctionNode"; readonly fn: Tree; readonly args: readonly Tree[] }
  | { readonly type: "ArrayNode"; readonly items: readonly Tree[] }
  | { readonly type: "ObjectNode"; readonly properties: Readonly<Record<string, Tree>> }
  | { readonly type: "RangeNode"; readonly start: Tree; readonly step: Tree | null; readonly end: Tree }
  | { readonly type: "AccessorNode"; readonly object: Tree; readonly index: IndexTree }
  | { readonly type: "AssignmentNode"; readonly object: Tree; readonly index: unknown; readonly value: Tree }
  | { readonly type: "BlockNode"; readonly blocks: readonly { readonly node: Tree }[] }

interface IndexTree {
  readonly dimensions: readonly Tree[]
  readonly dotNotation: boolean
}

const LONGEST = 10_000

/** mathjs' tree of a formula. Throws ProgramError with the line and a caret for text that is no formula. */
export const parseFormula = (line: Line): Tree => {
  if (line.text.length > LONGEST) {
    throw new ProgramError(`a formula of ${line.text.length} characters; at most ${LONGEST} are read`, {
      code: "too-large",
    })
  }
  if (line.text.replaceAll(/#.*/g, "").trim() === "")
    throw new ProgramError("the formula is empty", { code: "syntax" })
  try {
    return parseMath(line.text) as unknown as Tree
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new ProgramError("the formula is nested too deeply", { code: "too-large", cause })
    const { message, char } = cause as SyntaxError & { readonly char?: number }
    return failAt(line, message.replace(/ \(char \d+\)$/, ""), (char ?? 1) - 1)
  }
}
