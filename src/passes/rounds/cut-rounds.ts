import {
  Builder,
  type IntType,
  inheritOrigin,
  type Node,
  type NodeOf,
  nodesOf,
  type Program,
} from "../../ir/index.ts"
import { roundsOf } from "../shared/levels.ts"
import { SymbolAnswer, symbolsFor } from "./answer-in-symbols.ts"

/** What one round computes: a program of its own. */
export interface Segment {
  readonly program: Program
  /** The inputs that are refreshed values: outputs of the segment before of the same names. */
  readonly received: ReadonlySet<string>
  /** The outputs that are values to be refreshed. */
  readonly sent: ReadonlySet<string>
  /** The clear inputs that are masks, with the received value of each, which is answered in symbols. */
  readonly masks: ReadonlyMap<string, string>
}

/**
 * Cuts a linearised program at its refreshes. Whatever secret a round needs of an earlier one is refreshed between all
 * rounds on the way, inputs and outputs of early rounds among it: nobody has to keep anything but masks. Every value is computed
 * in the first round that can; clear values wherever they are needed.
 *
 * With `modulus`, the plaintext modulus t, values that go into tables are answered in symbols where these are not too
 * many: their tables are products with clear vectors then, at no depth.
 */
export const cutRounds = (program: Program, modulus?: bigint): Segment[] => {
  const nodes = nodesOf(program)
  const rounds = roundsOf(nodes)
  const last = nodes.reduce((most, node) => Math.max(most, node.type.secret ? rounds.get(node)! : 0), 0)
  if (last === 0) return [{ program, received: new Set(), sent: new Set(), masks: new Map() }]
  const bases = basesOf(nodes)
  const alive = aliveBetween(program, nodes, rounds, bases, last)
  const nameOf = namesFor(program)
  return Array.from({ length: last + 1 }, (_, round): Segment => {
    const received = new Map([...(alive[round] ?? [])].map((node, i) => [node, nameOf(i)]))
    const sent = new Map([...(alive[round + 1] ?? [])].map((node, i) => [node, nameOf(i)]))
    const builder = new Builder(program.origins)
    const images = new Map<Node, Node>()
    const answers = new Map<Node, SymbolAnswer>()
    for (const node of modulus === undefined ? [] : received.keys()) {
      const value = received.get(node)!
      const names = { value, mask: `${value}_mask` }
      const isLookedUp = nodes.some(
        (user) => user.op === "table" && rounds.get(user) === round && bases.get(user.operands[0]!) === node,
      )
      if (isLookedUp && symbolsFor(node.type as IntType, modulus!) !== undefined)
        answers.set(node, new SymbolAnswer(builder, node.type as IntType, modulus!, names))
    }
    for (const node of nodes) {
      const fresh = imageIn(node, round, { builder, images, received, rounds, bases, answers })
      if (fresh === undefined) continue
      inheritOrigin(program, node, fresh)
      images.set(node, fresh)
    }
    const outputs: (readonly [string, Node])[] =
      round < last
        ? [...sent].map(([node, name]) => [name, images.get(node)!])
        : [...program.outputs].map(([name, node]) => [name, images.get(node)!])
    const own = program.inputs.filter(({ type }) => round === 0 || !type.secret)
    const inputs = [
      ...own.map((input) => images.get(input)!),
      ...[...received.keys()].map((node) => answers.get(node)?.input ?? images.get(node)!),
      ...[...answers.values()].map(({ mask }) => mask),
    ]
    return {
      program: Object.freeze({
        name: program.name,
        inputs: inputs as Program["inputs"][number][],
        outputs: new Map(outputs),
        origins: program.origins,
      }),
      received: new Set(received.values()),
      sent: new Set(sent.values()),
      masks: new Map([...answers].map(([node, { mask }]) => [nameIn(mask), received.get(node)!])),
    }
  })
}

interface Building {
  readonly builder: Builder
  readonly images: ReadonlyMap<Node, Node>
  readonly received: ReadonlyMap<Node, string>
  readonly rounds: ReadonlyMap<Node, number>
  readonly bases: ReadonlyMap<Node, Node>
  /** The received values that are answered in symbols. */
  readonly answers: ReadonlyMap<Node, SymbolAnswer>
}

const nameIn = (node: Node): string => (node as NodeOf<"input">).attrs.name

/** What a node is in one round; undefined where the round does not have it. */
const imageIn = (
  node: Node,
  round: number,
  { builder, images, received, rounds, bases, answers }: Building,
): Node | undefined => {
  const answer = answers.get(node)
  if (answer !== undefined) return answer.value()
  const looked =
    node.op === "table" && rounds.get(node) === round && answers.get(bases.get(node.operands[0]!)!)
  if (looked) return looked.table(node)
  const name = received.get(node)
  if (name !== undefined && node.type.kind === "int")
    return builder.make("input", [], { name, type: node.type })
  const own = rounds.get(node)!
  if (node.type.secret && (isSame(node) ? own > round : own !== round)) return undefined
  const operands = node.operands.map((operand) => images.get(operand))
  if (!operands.every((operand) => operand !== undefined)) return undefined
  return node.op === "refresh" ? operands[0] : builder.remake(node, operands)
}

/** Whether a node is its operand in another guise: these are made again where they are needed, and never sent. */
const isSame = ({ op, type }: Node): boolean =>
  type.secret && (op === "refresh" || op === "reshape" || op === "assume")

/** For each node the one that it is a guise of. */
const basesOf = (nodes: readonly Node[]): Map<Node, Node> => {
  const bases = new Map<Node, Node>()
  for (const node of nodes) bases.set(node, isSame(node) ? bases.get(node.operands[0]!)! : node)
  return bases
}

/** The values that cross from each round to the next: entry r holds those that round r begins with. */
const aliveBetween = (
  program: Program,
  nodes: readonly Node[],
  rounds: ReadonlyMap<Node, number>,
  bases: ReadonlyMap<Node, Node>,
  last: number,
): ReadonlySet<Node>[] => {
  const until = new Map<Node, number>()
  const need = (node: Node, round: number): void => {
    const base = bases.get(node)!
    if (node.type.secret) until.set(base, Math.max(until.get(base) ?? 0, round))
  }
  for (const node of nodes) {
    if (node.type.secret && !isSame(node))
      for (const operand of node.operands) need(operand, rounds.get(node)!)
  }
  for (const node of program.outputs.values()) need(node, last)
  return Array.from(
    { length: last + 1 },
    (_, round) =>
      new Set(nodes.filter((node) => rounds.get(node)! < round && (until.get(node) ?? 0) >= round)),
  )
}

/** Names for refreshed values: the same in every round, so that rounds that compute the same are the same. */
const namesFor = (program: Program): ((index: number) => string) => {
  const taken = new Set([...program.inputs.map(({ attrs }) => attrs.name), ...program.outputs.keys()])
  let stem = "refreshed"
  while ([...taken].some((name) => name.includes(stem))) stem += "_"
  return (index) => `${stem}${index}`
}
