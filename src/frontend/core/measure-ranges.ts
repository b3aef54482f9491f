import { checkNames, checkValues, ProgramError, type Values } from "../../data/index.ts"
import {
  evaluateNodes,
  type Node,
  type NodeOf,
  nodesOf,
  type Program,
  rewrite,
  specificationOf,
} from "../../ir/index.ts"

/** Values of all inputs by name. */
export type Sample = Readonly<Record<string, unknown>>

/** The least and the greatest of some values. */
export interface Range {
  readonly lo: bigint
  readonly hi: bigint
}

/**
 * The program with the ranges that its secret values have on sample inputs, as `assume {by="samples"}` nodes. They stand
 * where a range has a price: at what tables and products take, and at outputs.
 * Throws RuntimeError for a sample outside the declared inputs, ProgramError when there is none.
 */
export const measureRanges = (program: Program, samples: readonly Sample[]): Program => {
  if (samples.length === 0)
    throw new ProgramError("samples is an empty list\ngive at least one, or leave it out", {
      code: "wrong-argument",
    })
  const priced = pricedNodes(program)
  const ranges = new Map<Node, Range>()
  for (const sample of samples) {
    const values = valuesOf(program, sample)
    for (const node of priced) {
      const measured = rangeOf(values.get(node)!, ranges.get(node))
      if (measured !== undefined) ranges.set(node, measured)
    }
  }
  return rewrite(program, (node, operands, builder) => {
    const range = ranges.get(node)
    if (range === undefined) return undefined
    const same = builder.remake(node, operands)
    const { lo, hi } = specificationOf(same)
    return range.lo > lo || range.hi < hi ? builder.make("assume", [same], { ...range, by: "samples" }) : same
  })
}

/** The range of one value on sample inputs, those of the trace it belongs to; undefined without samples. */
export const rangeOnSamples = (
  inputs: readonly NodeOf<"input">[],
  node: Node,
  samples: readonly Sample[],
): Range | undefined => {
  const program: Program = {
    name: "samples",
    inputs,
    outputs: new Map([["y", node]]),
    origins: new WeakMap(),
  }
  let range: Range | undefined
  for (const sample of samples) range = rangeOf(valuesOf(program, sample).get(node)!, range)
  return range
}

const valuesOf = (program: Program, sample: Sample): Map<Node, Values> => {
  const names = program.inputs.map(({ attrs }) => attrs.name)
  const given = checkNames(sample, names)
  const values = new Map<Node, Values>(
    program.inputs.map((input) => [
      input,
      checkValues(input.attrs.name, given[input.attrs.name], specificationOf(input)),
    ]),
  )
  evaluateNodes(program, values)
  return values
}

const rangeOf = (values: Values, known: Range | undefined): Range | undefined => {
  let lo: number | bigint | undefined = known?.lo
  let hi: number | bigint | undefined = known?.hi
  for (const value of values) {
    if (lo === undefined || value < lo) lo = value
    if (hi === undefined || value > hi) hi = value
  }
  return lo === undefined || hi === undefined ? undefined : { lo: BigInt(lo), hi: BigInt(hi) }
}

/** Secret integers whose range decides the size of a table, the growth of a product or the modulus. */
const pricedNodes = (program: Program): Set<Node> => {
  const priced = new Set<Node>(program.outputs.values())
  for (const { op, operands } of nodesOf(program)) {
    if (op === "apply" || op === "table" || op === "mul") for (const operand of operands) priced.add(operand)
  }
  for (const node of priced) {
    // An input keeps its declaration: the client checks it.
    if (node.op === "input" || node.type.kind === "real" || !node.type.secret) priced.delete(node)
  }
  return priced
}
