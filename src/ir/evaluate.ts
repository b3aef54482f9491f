import {
  checkNames,
  checkValues,
  fitsNumber,
  type NestedResult,
  ProgramError,
  unflatten,
  type Values,
} from "../data/index.ts"
import { type Literal, literal, realLiteral } from "./literal/literal.ts"
import type { Evaluated } from "./op.ts"
import { opDef } from "./ops/index.ts"
import type { Node, Program } from "./program.ts"
import { nodesOf } from "./traverse.ts"
import { type IntType, infinite, printType } from "./type.ts"

/**
 * The meaning of a program on cleartext integers, exact: numbers where the proved bounds allow, bigint elsewhere.
 * Inputs and results are nested arrays by name. Throws RuntimeError for inputs outside their declarations.
 */
export const evaluate = (program: Program, inputs: Record<string, unknown>): Record<string, NestedResult> => {
  const given = checkNames(
    inputs,
    program.inputs.map((input) => input.attrs.name),
  )
  const values = new Map<Node, Values>()
  for (const input of program.inputs) {
    values.set(input, checkValues(input.attrs.name, given[input.attrs.name], specificationOf(input)))
  }
  evaluateNodes(program, values)
  return Object.fromEntries(
    [...program.outputs].map(([name, node]) => [name, toNested(values.get(node)!, node)]),
  )
}

/** Fills in the flat value of every node of the program whose value is not there yet. */
export const evaluateNodes = (program: Program, values: Map<Node, Values>): void => {
  for (const node of nodesOf(program)) {
    if (values.has(node)) continue
    const operands = node.operands.map(
      (operand): Evaluated => ({ type: operand.type, values: values.get(operand)! }),
    )
    values.set(node, opDef(node.op).evaluate(operands, node.attrs as never, node.type))
  }
}

/** The declaration of an input as the client sees it. */
export const specificationOf = (node: Node): IntType => {
  if (node.type.kind === "real") {
    throw new ProgramError(
      `a real value of type ${infinite(printType(node.type))} crosses the border of the program\nround it`,
      { code: "not-integer" },
    )
  }
  return node.type
}

/** Flat values of an integer node as nested arrays: numbers where all of its range is exact, bigint elsewhere. */
const toNested = (values: Values, node: Node): NestedResult => {
  const { lo, hi, shape } = specificationOf(node)
  const leaves = fitsNumber(lo, hi)
    ? Array.from(values, Number)
    : Array.from(values as ArrayLike<bigint>, BigInt)
  return unflatten<number | bigint>(leaves, shape) as NestedResult
}

/** The value of an operation on constants, as a literal; undefined when it passes 64 bits. */
export const foldNode = (node: Node, operands: readonly Evaluated[]): Literal | undefined => {
  const values = opDef(node.op).evaluate(operands, node.attrs as never, node.type)
  if (node.type.kind === "real") return realLiteral(values as Float64Array)
  const fits = Array.from(values as ArrayLike<number | bigint>).every(
    (v) => v >= -(2n ** 63n) && v < 2n ** 63n,
  )
  return fits ? literal(values) : undefined
}
