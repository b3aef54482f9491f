import { type Circuit, parseCircuit, printCircuit } from "./backend/index.ts"
import { checkArguments, checkOptions, form, forms, type NestedResult, optional } from "./data/index.ts"
import {
  Builder,
  evaluate as evaluateProgram,
  type Program,
  parse as parseProgram,
  print as printProgram,
  programForm,
} from "./ir/index.ts"
import { simulate, toNested } from "./runtime/index.ts"

export type { Circuit, CircuitInput, CircuitOutput, GivenPlain, Instruction } from "./backend/index.ts"
export { parseCircuit } from "./backend/index.ts"
export { type NestedResult, ProgramError, RuntimeError } from "./data/index.ts"
export {
  Builder,
  type IntType,
  intType,
  type Literal,
  literal,
  type Matrix,
  matrixFromRows,
  type Node,
  type NodeOf,
  nodesOf,
  type OpDef,
  type OpName,
  type Origin,
  type Origins,
  opDef,
  opNames,
  type Program,
  parseExpression,
  parseType,
  printType,
  type RealType,
  realType,
  type Type,
} from "./ir/index.ts"
export { toSvg } from "./svg/index.ts"

export interface PrintOptions {
  /** Cuts long literals short for people; such a text can no longer be parsed. */
  readonly elide?: boolean
}

/** The text of a program or a circuit, which `parse` reads back to the same. */
export const print = (x: Program | Circuit, options: PrintOptions = {}, ...surplus: []): string => {
  checkArguments("print", [x, options, ...surplus], { x: textForm, options: forms.anything })
  checkOptions<PrintOptions>("print", options, { elide: forms.flag })
  const { elide = false } = options
  if (!isCircuit(x)) return printProgram(x, { elide })
  return elide ? printCircuit(x).replace(LONG_LITERAL, "$1 …]") : printCircuit(x)
}

/** A literal at the end of a text with more than the three items that are kept of it. */
const LONG_LITERAL = /^(@\d+ = [^[]*\[(?:[^,;\]]*[,;]){3})[^,;\]]*[,;][^\]]*\]/gm

/**
 * Reads the text of a program, and when it begins with `circuit` (after blank lines and comments) that of a circuit;
 * whoever knows that it is one says `parse<Circuit>(text)` or `parseCircuit(text)`. Nodes are made by `builder`.
 * Throws ProgramError with the line, a caret below the place, and what would mend it.
 */
export const parse = <T extends Program | Circuit = Program>(
  text: string,
  builder?: Builder,
  ...surplus: []
): T => {
  checkArguments("parse", [text, builder, ...surplus], { text: forms.text, builder: optional(builderForm) })
  return (isCircuitText(text) ? parseCircuit(text) : parseProgram(text, builder)) as T
}

/** Inputs to outputs on cleartext integers, exact: what a program means, what a circuit computes for one sample mod t. */
export const evaluate = (
  x: Program | Circuit,
  inputs: Record<string, unknown>,
  ...surplus: []
): Record<string, NestedResult> => {
  checkArguments("evaluate", [x, inputs, ...surplus], { x: textForm, inputs: forms.anything })
  if (!isCircuit(x)) return evaluateProgram(x, inputs)
  const [values] = simulate(x, [inputs])
  return Object.fromEntries(x.outputs.map((output) => [output.name, toNested(values![output.name]!, output)]))
}

/** Tells the two things that have a text apart. */
export const isCircuit = (x: Program | Circuit): x is Circuit => "instructions" in x

/** What has a text. */
const textForm = form<Program | Circuit>(
  "a program or a circuit",
  (value) =>
    programForm.accepts(value) || (typeof value === "object" && value !== null && "instructions" in value),
)
const builderForm = form<Builder>("a Builder", (value) => value instanceof Builder)

const isCircuitText = (text: string): boolean => {
  const first = text.split("\n").find((line) => !/^\s*(\/\/|$)/.test(line))
  return first !== undefined && /^\s*circuit\b/.test(first)
}
