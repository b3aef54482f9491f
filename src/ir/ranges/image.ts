import { ProgramError, sizeOf, type Values } from "../../data/index.ts"
import type { Node, NodeOf } from "../program.ts"
import { type IntType, width } from "../type.ts"
import { type Cut, cutsBelow } from "./cuts.ts"
import { describeGap } from "./describe-gap.ts"
import { constantColumns, type Domain, meetingColumns, Tabulator, TooManyValues } from "./tabulate.ts"

/** The most combinations of integers that a real function is judged at. */
const MOST_COMBINATIONS = 2n ** 16n + 1n
/** The most steps times combinations: what takes longer is judged from nearer integers. */
const MOST_WORK = 2n ** 21n
/** How many operations are looked through for every node, and where nothing is known without. */
const NEAR = 16
const FAR = 256
/** Work that every node of a program may take. */
const LITTLE_WORK = 2n ** 12n

interface Range {
  readonly lo: number
  readonly hi: number
}

/**
 * The least and the greatest value of an expression that gives integers, at the integers that it is computed from in
 * the end, so that pairs of values which cannot occur together do not count. Undefined where these are too many.
 * Throws ProgramError naming the integers at which it is not a finite number.
 */
export const imageOf = (node: NodeOf<"apply">): Range | undefined => {
  if (node.operands.some(({ type }) => sizeOf(type.shape) === 0)) return undefined
  const near = nearCut(node)
  const known = near && attempt(node, near)
  if (known !== undefined && "lo" in known) return known
  const far = farCut(node)
  const result = far === undefined || far.steps === near?.steps ? known : (attempt(node, far) ?? known)
  if (result === undefined || "lo" in result) return result
  throw new ProgramError(result.gap, { code: "out-of-range" })
}

/** The values over a cut, or why there are none; undefined where they are too many. */
const attempt = (node: NodeOf<"apply">, cut: Cut): Range | { readonly gap: string } | undefined => {
  const domain = domainOf(cut)
  try {
    return rangeOver(node, domain)
  } catch (error) {
    if (error instanceof TooManyValues) return undefined
    throw error
  }
}

const rangeOver = (node: NodeOf<"apply">, domain: Domain): Range | { readonly gap: string } => {
  const { expr } = node.attrs
  const tabulator = new Tabulator({ isProved: true, most: Number(MOST_WORK) })
  const operands = node.operands.map((operand) =>
    operand.op === "constant" ? constantColumns(operand) : tabulator.tabulate(operand, domain, domain),
  )
  const { chosen } = meetingColumns(node, operands)
  if (chosen.length * domain.size > MOST_WORK) throw new TooManyValues()
  let lo = Infinity
  let hi = -Infinity
  const point = new Array<number>(operands.length)
  for (const picked of chosen) {
    const columns = operands.map((operand, k) => operand.columns[picked[k]!]!)
    for (let i = 0; i < domain.size; i++) {
      columns.forEach((column, k) => {
        point[k] = Number(column[column.length === 1 ? 0 : i]!)
      })
      const value = expr.evaluate(point)
      if (!Number.isFinite(value)) return { gap: describeGap(node, domain, i) }
      if (value < lo) lo = value
      if (value > hi) hi = value
    }
  }
  return { lo: lo + 0, hi: hi + 0 }
}

/** The nearest integers; of several those a little farther that know more of which values meet. */
const nearCut = (node: Node): Cut | undefined => {
  const isSingle = node.operands.length === 1 && node.operands[0]!.type.kind === "int"
  let best: Cut | undefined
  for (const cut of cutsBelow(node, isSingle ? 1 : NEAR)) {
    if (!isTractable(cut)) continue
    if (best === undefined || cut.combinations <= best.combinations || workOf(cut) <= LITTLE_WORK) best = cut
  }
  return best
}

/** The farthest integers that are few enough. */
const farCut = (node: Node): Cut | undefined => [...cutsBelow(node, FAR)].filter(isTractable).at(-1)

const workOf = ({ combinations, steps }: Cut): bigint => combinations * BigInt(steps)

const isTractable = (cut: Cut): boolean => cut.combinations <= MOST_COMBINATIONS && workOf(cut) <= MOST_WORK

const domainOf = ({ sources, combinations }: Cut): Domain => {
  const size = Number(combinations)
  const values = new Map<Node, Values>()
  let stride = 1
  for (const source of sources) {
    const type = source.type as IntType
    const count = Number(width(type))
    const step = stride
    const first = Number(type.lo)
    values.set(
      source,
      Float64Array.from({ length: size }, (_, i) => first + (Math.floor(i / step) % count)),
    )
    stride *= count
  }
  return { size, sources: values }
}
