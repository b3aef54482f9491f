import { type IntType, type Node, nodesOf, printType, type Remark, tableSize } from "../ir/index.ts"
import type { Pass, Target } from "./pass.ts"
import { refuse } from "./remarks.ts"
import { largeTable } from "./too-large.ts"

/**
 * Everything that the plaintext modulus must tell apart: inputs, outputs, and what goes into and comes out of tables.
 * What lies between, in linear maps and products, may wrap around the modulus and come back.
 */
export const checkBounds: Pass = {
  name: "check-bounds",
  doc: "Refuses inputs, outputs and tables on secrets whose values are too many to tell apart, and real outputs.",
  run: (program, target) => {
    const remarks = [
      ...nodesOf(program).flatMap((node) => remarksOn(node, target)),
      ...[...program.outputs].flatMap(([name, node]) => outputRemarks(name, node, target)),
    ]
    if (remarks.length > 0) throw refuse(program, remarks)
    return program
  },
}

const remarksOn = (node: Node, target: Target): Remark[] => {
  if (!node.type.secret) return []
  if (node.op === "input") return tooWide(node, `input ${node.attrs.name} lies in`, target)
  if (node.op !== "table") return []
  const size = tableSize(node.attrs)
  const large = { node, message: largeTable(node.operands[0]!.type as IntType, size, target) }
  return [
    ...(size > target.maxTableSize ? [large] : []),
    ...tooWide(node, "this table gives values in", target),
  ]
}

const outputRemarks = (name: string, node: Node, target: Target): Remark[] => {
  const { type } = node
  if (type.kind === "real") {
    const message = `output ${name} is a real value, ${printType(type)}, but only integers can be encrypted\nclose it with round, floor, ceil, trunc or toInt`
    return [{ node, message }]
  }
  const isNamedAlready = !type.secret || node.op === "input" || node.op === "table"
  return isNamedAlready ? [] : tooWide(node, `output ${name} lies in`, target)
}

const tooWide = (node: Node, what: string, { maxValueBits }: Target): Remark[] => {
  const { lo, hi } = node.type as IntType
  const bits = (hi - lo).toString(2).length
  if (bits <= maxValueBits) return []
  const message =
    `${what} ${lo}..${hi}, which takes ${bits} bits, but at most ${maxValueBits} can be told apart\n` +
    "scale the weights down, declare narrower inputs, or narrow the value with assume"
  return [{ node, message }]
}
