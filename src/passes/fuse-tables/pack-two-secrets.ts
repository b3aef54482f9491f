import { type Builder, type Domain, type IntType, type Node, width } from "../../ir/index.ts"
import type { Target } from "../pass.ts"
import { largeTable } from "../refusals/remedies.ts"
import { scalarOf } from "../shared/node-values.ts"
import { frontier } from "./region.ts"

/** Why no table can be made; what takes work to say is said when it is asked for. */
export type Reason = string | (() => string)

export const MOVED_REAL = "a real value is moved or summed here\nround it first"

/** Several small integers as one number that spells them all, and the values of each as a function of that number. */
export interface Pack {
  readonly index: Node
  readonly domain: Domain
}

/**
 * The ways to pack the integers that a node is computed from, the smallest first: a larger one knows of fewer pairs of
 * values that never meet. Or why there is none, in words.
 */
export const packs = (node: Node, target: Target, builder: Builder): (() => Pack)[] | Reason => {
  const choices = [frontier(node, true), frontier(node, false)].filter((sources) => sources !== undefined)
  if (choices.length === 0) return MOVED_REAL
  const mostOf = (sources: readonly Node[]): number =>
    sources.length > 1 ? target.maxCombinations : target.maxTableSize
  // The deep choice stands first: at equal size it saves the tables between.
  const fitting = choices
    .filter((sources) => combinations(sources) <= mostOf(sources))
    .sort((a, b) => Number(combinations(a) - combinations(b)))
  if (fitting.length > 0) return fitting.map((sources) => () => packOf(sources, builder))
  const values = choices.at(-1)!
  return () => largeTable(values, target)
}

const packOf = (sources: readonly Node[], builder: Builder): Pack => {
  const size = combinations(sources)
  const values = new Map<Node, Float64Array>()
  let index: Node | undefined
  let stride = 1n
  for (const source of sources) {
    const { lo } = source.type as IntType
    const count = width(source.type as IntType)
    const step = Number(stride)
    values.set(
      source,
      Float64Array.from(
        { length: Number(size) },
        (_, i) => Number(lo) + (Math.floor(i / step) % Number(count)),
      ),
    )
    // index = (a - a.lo) + (b - b.lo) * width(a) + ...
    const digit = shifted(builder, source, -lo)
    const scaled = stride === 1n ? digit : builder.make("mul", [digit, scalarOf(builder, stride)], {})
    index = index === undefined ? scaled : builder.make("add", [index, scaled], {})
    stride *= count
  }
  return { index: index!, domain: { size: Number(size), sources: values } }
}

const shifted = (builder: Builder, node: Node, by: bigint): Node =>
  by === 0n ? node : builder.make("add", [node, scalarOf(builder, by)], {})

const combinations = (sources: readonly Node[]): bigint =>
  sources.reduce((product, { type }) => product * width(type as IntType), 1n)
