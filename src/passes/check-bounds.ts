import type { ProgramErrorCode } from "../data/index.ts"
import { infinite, type Node, nodesOf, type Program, printType, tableSize } from "../ir/index.ts"
import type { Pass, Target } from "./pass.ts"
import { type Problem, refuse } from "./refusals/refusal.ts"
import { largeTable, wideValue } from "./refusals/remedies.ts"

/**
 * Everything that the plaintext modulus must tell apart: inputs, outputs, and what goes into and comes out of tables.
 * What lies between, in linear maps and products, may wrap around the modulus and come back.
 */
export const checkBounds: Pass = {
  name: "check-bounds",
  doc: "Refuses inputs, outputs and tables on secrets whose values are too many to tell apart, and real outputs.",
  run: (program, target) => {
    const nodes = nodesOf(program)
    const isWide = !nodes.some(needsOneModulus)
    const limits = isWide ? { ...target, maxValueBits: target.maxWideBits } : target
    const problems = [
      ...nodes.flatMap((node) => problemsOf(node, limits)),
      ...[...program.outputs].flatMap(([name, node]) => outputProblems(name, node, limits)),
    ]
    if (problems.length > 0) throw refuse(boundsCode(program), program, problems)
    return program
  },
}

/** Tables take all of a value modulo one prime, and refreshed values are masked modulo one. */
const needsOneModulus = ({ op, type }: Node): boolean => type.secret && (op === "table" || op === "refresh")

const problemsOf = (node: Node, target: Target): Problem[] => {
  if (!node.type.secret) return []
  if (node.op === "input") {
    const message = wideValue(`input ${node.attrs.name} lies in`, node, target)
    return message === undefined ? [] : [{ node, message, input: node.attrs.name }]
  }
  if (node.op !== "table") return []
  if (tableSize(node.attrs) > target.maxTableSize) {
    return [{ node, message: largeTable([node.operands[0]!], target) }]
  }
  const message = wideValue("this table gives values in", node, target)
  return message === undefined ? [] : [{ node, message }]
}

const outputProblems = (name: string, node: Node, target: Target): Problem[] => {
  if (node.type.kind === "real") return [realOutput(name, node)]
  const isNamedAlready = !node.type.secret || node.op === "input" || node.op === "table"
  const message = isNamedAlready ? undefined : wideValue(`output ${name} lies in`, node, target)
  return message === undefined ? [] : [{ node, message, output: name }]
}

/** What is wrong first with a program whose values cannot be encrypted: real outputs, or else too many values. */
export const boundsCode = ({ outputs }: Program): ProgramErrorCode =>
  [...outputs.values()].some(({ type }) => type.kind === "real") ? "not-integer" : "too-wide"

/** That an output is a real value. */
export const realOutput = (name: string, node: Node): Problem => ({
  node,
  message:
    `output ${name} is a real value, ${infinite(printType(node.type))}, but only integers can be encrypted\n` +
    "close it with round, floor, ceil, trunc or toInt",
  output: name,
})
