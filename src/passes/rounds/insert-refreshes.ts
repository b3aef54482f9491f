import { sizeOf } from "../../data/index.ts"
import { Builder, inheritOrigin, type Node, nodesOf, type Program, withOutputs } from "../../ir/index.ts"
import { levelsOf } from "../shared/levels.ts"

/** What a round costs beside the values that it begins with, in values: a round trip is as long as refreshing some. */
const ROUND = 5
/** Elements that a ciphertext of one sample has about as much work with as with its existence. */
const ELEMENTS = 1024
/** The most steps of the search for good places. */
const MOST_STEPS = 2 ** 25
/** The most places that are compared with each other. */
const MOST_PLACES = 512
/** Deeper rounds than this fit no parameters. */
const MOST_DEPTH = 26

/**
 * A linearised program with refreshes at different depths, from few rounds to many: for each depth that a round may have, the
 * levels at which least is alive, by dynamic programming over the levels. `isBatch` says that every element is a
 * ciphertext of its own, as with many samples.
 */
export const refreshPlans = (program: Program, isBatch = false): Program[] => {
  const nodes = nodesOf(program)
  const levels = cumulativeLevels(nodes)
  const weight = (node: Node): number => {
    const size = sizeOf(node.type.shape)
    return isBatch ? size : 1 + size / ELEMENTS
  }
  const places = placesOf(nodes, levels)
  if (places.length < 2) return []
  const alive = aliveAt(program, nodes, levels, places, weight)
  const depth = depthsBetween(nodes, levels, places)
  const plans = new Map<string, readonly number[]>()
  for (let most = Math.min(MOST_DEPTH, depth(0, places.length - 1) - 1); most > 0; most--) {
    const cuts = cheapestCuts(places.length, most, alive, depth)
    if (cuts !== undefined) plans.set(cuts.join(), cuts)
  }
  return [...plans.values()]
    .sort((a, b) => a.length - b.length)
    .map((cuts) =>
      withRefreshes(
        program,
        nodes,
        levels,
        cuts.map((cut) => places[cut]!),
      ),
    )
}

/**
 * A linearised program whose tables of at least so many levels look up refreshed values, one plan for each number of
 * levels that tables have, from the deepest on. Inputs of the program go into tables as they are.
 */
export const tablePlans = (program: Program): Program[] => {
  const nodes = nodesOf(program)
  const levels = new Map(
    nodes
      .filter((node) => node.op === "table" && !isInput(node.operands[0]!))
      .map((node) => [node, levelsOf(node)]),
  )
  const steps = [...new Set(levels.values())].filter((own) => own > 0).sort((a, b) => b - a)
  return steps.map((least) =>
    rewriteOperands(program, nodes, (fresh, _operand, user, builder) =>
      (levels.get(user) ?? 0) >= least && fresh.type.secret ? builder.make("refresh", [fresh], {}) : fresh,
    ),
  )
}

/** Whether a node is an input as its client sends it. */
const isInput = ({ op, operands }: Node): boolean =>
  op === "input" || ((op === "reshape" || op === "assume" || op === "refresh") && isInput(operands[0]!))

/** The levels of products below and in each node, whatever is refreshed already. */
const cumulativeLevels = (nodes: readonly Node[]): Map<Node, number> => {
  const levels = new Map<Node, number>()
  for (const node of nodes) {
    const below = node.operands.reduce((most, operand) => Math.max(most, levels.get(operand)!), 0)
    levels.set(node, below + levelsOf(node))
  }
  return levels
}

/** The levels after which a program can be cut, from 0 to its end; some of them where they are very many. */
const placesOf = (nodes: readonly Node[], levels: ReadonlyMap<Node, number>): number[] => {
  const all = [...new Set([0, ...levels.values()])].sort((a, b) => a - b)
  const most = Math.min(MOST_PLACES, Math.max(2, Math.floor(MOST_STEPS / nodes.length)))
  const step = Math.ceil(all.length / most)
  return all.filter((_, i) => i % step === 0 || i === all.length - 1)
}

/** What is alive after each place: made at it or before, and used behind it. Outputs are used at the end. */
const aliveAt = (
  program: Program,
  nodes: readonly Node[],
  levels: ReadonlyMap<Node, number>,
  places: readonly number[],
  weight: (node: Node) => number,
): number[] => {
  const until = new Map<Node, number>()
  const use = (node: Node, level: number): void => {
    if (node.type.secret) until.set(node, Math.max(until.get(node) ?? 0, level))
  }
  for (const node of nodes) for (const operand of node.operands) use(operand, levels.get(node)!)
  for (const node of program.outputs.values()) use(node, Infinity)
  return places.map((place) =>
    nodes.reduce(
      (sum, node) =>
        levels.get(node)! <= place && (until.get(node) ?? 0) > place ? sum + weight(node) : sum,
      0,
    ),
  )
}

/** How deep a round from place `from` to place `to` is. */
const depthsBetween = (
  nodes: readonly Node[],
  levels: ReadonlyMap<Node, number>,
  places: readonly number[],
): ((from: number, to: number) => number) => {
  const placeOf = new Map(
    nodes.map((node) => [node, places.findIndex((place) => place >= levels.get(node)!)]),
  )
  const rows = places.map((from) => {
    const depth = new Map<Node, number>()
    const most = new Float64Array(places.length)
    for (const node of nodes) {
      const isBefore = levels.get(node)! <= from
      const below = node.operands.reduce((deepest, operand) => Math.max(deepest, depth.get(operand)!), 0)
      const own = isBefore ? 0 : below + levelsOf(node)
      depth.set(node, own)
      const at = placeOf.get(node)!
      most[at] = Math.max(most[at]!, own)
    }
    for (let i = 1; i < most.length; i++) most[i] = Math.max(most[i]!, most[i - 1]!)
    return most
  })
  return (from, to) => rows[from]![to]!
}

/** The places to cut at so that no round is deeper than `most`, for the least sum of what is alive; undefined without any. */
const cheapestCuts = (
  places: number,
  most: number,
  alive: readonly number[],
  depth: (from: number, to: number) => number,
): number[] | undefined => {
  const cost = new Array<number>(places).fill(Infinity)
  const before = new Array<number>(places).fill(-1)
  cost[0] = 0
  for (let to = 1; to < places; to++) {
    for (let from = 0; from < to; from++) {
      if (depth(from, to) > most) continue
      const own = cost[from]! + (from === 0 ? 0 : alive[from]! + ROUND)
      if (own < cost[to]!) {
        cost[to] = own
        before[to] = from
      }
    }
  }
  if (cost[places - 1] === Infinity) return undefined
  const cuts: number[] = []
  for (let at = before[places - 1]!; at > 0; at = before[at]!) cuts.unshift(at)
  return cuts
}

/** Refreshes every operand as often as it crosses a cut on the way to its user. */
const withRefreshes = (
  program: Program,
  nodes: readonly Node[],
  levels: ReadonlyMap<Node, number>,
  cuts: readonly number[],
): Program =>
  rewriteOperands(program, nodes, (image, operand, user, builder) => {
    if (!operand.type.secret) return image
    let fresh = image
    for (const cut of cuts) {
      if (levels.get(operand)! <= cut && levels.get(user)! > cut) fresh = builder.make("refresh", [fresh], {})
    }
    return fresh
  })

/** The program whose nodes take what `change` makes of the images of their operands. */
const rewriteOperands = (
  program: Program,
  nodes: readonly Node[],
  change: (image: Node, operand: Node, user: Node, builder: Builder) => Node,
): Program => {
  const builder = new Builder(program.origins)
  const images = new Map<Node, Node>()
  for (const node of nodes) {
    const operands = node.operands.map((operand) => change(images.get(operand)!, operand, node, builder))
    const fresh = builder.remake(node, operands)
    inheritOrigin(program, node, fresh)
    images.set(node, fresh)
  }
  return withOutputs(program, images)
}
