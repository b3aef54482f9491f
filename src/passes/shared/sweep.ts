import {
  Builder,
  inheritOrigin,
  literal,
  type Node,
  nodesOf,
  type Program,
  withOutputs,
} from "../../ir/index.ts"
import { zeroMatrix } from "./node-values.ts"

/**
 * What becomes of one node, given its rebuilt operands; undefined keeps the operation. `imageOf` gives what any node
 * below has become.
 */
export type Rule = (
  node: Node,
  operands: readonly Node[],
  builder: Builder,
  imageOf: (node: Node) => Node,
) => Node | undefined

/** Rounds after which a pass that still finds something to do is given up as it stands. */
const MOST_ROUNDS = 100

/**
 * Repeats a step until it changes nothing. All rounds share one builder, and equal nodes of one builder are one object,
 * so that "nothing changed" is an identity of outputs.
 */
export const untilStable = (
  program: Program,
  builder: Builder = new Builder(program.origins),
  step: (program: Program, builder: Builder) => Program,
): Program => {
  let before = program
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const after = step(before, builder)
    if (haveSameOutputs(before, after)) return after
    before = after
  }
  return before
}

export const haveSameOutputs = (before: Program, after: Program): boolean =>
  [...after.outputs].every(([name, node]) => before.outputs.get(name) === node)

/** Rebuilds a program once, operands before users, in the given builder. */
export const sweep = (program: Program, builder: Builder, rule: Rule): Program => {
  const rebuilt = new Map<Node, Node>()
  const imageOf = (node: Node): Node => rebuilt.get(node)!
  for (const node of nodesOf(program)) {
    const operands = node.operands.map(imageOf)
    const fresh = rule(node, operands, builder, imageOf) ?? builder.remake(node, operands)
    inheritOrigin(program, node, fresh)
    rebuilt.set(node, fresh)
  }
  return keepSecrecy(program, withOutputs(program, rebuilt), builder)
}

/**
 * Adds an encrypted zero to each output that was secret and has become clear (as x * 0 does): the server must still
 * answer with a ciphertext, and its type says so.
 */
export const keepSecrecy = (before: Program, after: Program, builder: Builder): Program => {
  const outputs = [...after.outputs].map(([name, node]): [string, Node] => {
    const isLost = before.outputs.get(name)!.type.secret && !node.type.secret && node.type.kind === "int"
    return [name, isLost ? builder.make("add", [node, secretZero(after, node, builder)], {}) : node]
  })
  return Object.freeze({ ...after, outputs: new Map(outputs) })
}

const secretZero = (program: Program, like: Node, builder: Builder): Node => {
  const source = program.inputs.find((input) => input.type.secret)!
  const { shape } = like.type
  const size = shape.reduce((a, b) => a * b, 1)
  const columns = source.type.shape.reduce((a, b) => a * b, 1)
  return builder.make("linear", [source], {
    matrix: zeroMatrix(size, columns),
    bias: literal(new Int32Array(size)),
    shape,
  })
}
