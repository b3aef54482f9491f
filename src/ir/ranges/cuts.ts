import type { Node } from "../program.ts"
import { type IntType, width } from "../type.ts"
import { isTheorem } from "./theorem.ts"

/** Integers that an elementwise result is a function of: each element of it depends on one element of each, and on nothing else. */
export interface Cut {
  readonly sources: readonly Node[]
  /** How many combinations of values the sources have. */
  readonly combinations: bigint
  /** The operations between the sources and the result. */
  readonly steps: number
}

const ELEMENTWISE = new Set(["add", "sub", "neg", "mul", "apply", "table"])
const isElementwise = (node: Node): boolean => ELEMENTWISE.has(node.op) || isTheorem(node)

/**
 * The cuts below a node, from the integers that are nearest to it downwards: each step replaces the source that is made last
 * by what it is made of, so that a value which everything passes through stands alone once. None where a real value below
 * is moved or summed before it is closed. At most `most` operations are looked through.
 */
export function* cutsBelow(top: Node, most: number): Generator<Cut> {
  const heights = heightsBelow(top, most)
  const sources = new Set<Node>()
  const enter = (node: Node): void => {
    for (const operand of node.operands) if (operand.op !== "constant") sources.add(operand)
  }
  enter(top)
  for (let steps = 1; steps <= most; steps++) {
    if ([...sources].every(({ type }) => type.kind === "int")) {
      const combinations = [...sources].reduce((n, { type }) => n * width(type as IntType), 1n)
      yield { sources: [...sources], combinations, steps }
    }
    const last = lastMade(sources, heights)
    if (last === undefined) return
    sources.delete(last)
    enter(last)
  }
}

/** The source to look through next: real values first, else the one that no other is made of. */
const lastMade = (sources: ReadonlySet<Node>, heights: ReadonlyMap<Node, number>): Node | undefined => {
  let best: Node | undefined
  for (const node of sources) {
    if (!isElementwise(node) || !heights.has(node)) continue
    const isBetter =
      best === undefined ||
      (node.type.kind === best.type.kind
        ? heights.get(node)! > heights.get(best)!
        : node.type.kind === "real")
    if (isBetter) best = node
  }
  return best
}

/** Numbers for the nearest elementwise nodes below one, larger than those of their operands. */
const heightsBelow = (top: Node, most: number): Map<Node, number> => {
  const near = new Set<Node>([top])
  for (const node of near) {
    for (const operand of node.operands) if (near.size <= most && isElementwise(operand)) near.add(operand)
  }
  const heights = new Map<Node, number>()
  const stack = [top]
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const missing = node.operands.filter((operand) => near.has(operand) && !heights.has(operand))
    if (missing.length > 0) stack.push(...missing)
    else {
      if (!heights.has(node)) heights.set(node, heights.size)
      stack.pop()
    }
  }
  return heights
}
