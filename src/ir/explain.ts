import type { Literal } from "./literal/literal.ts"
import type { Matrix } from "./literal/matrix.ts"
import type { Node, Origin, Origins, Program } from "./program.ts"
import { printStatement } from "./statement.ts"
import { nodesOf, topological } from "./traverse.ts"
import { infinite } from "./type.ts"

/** What is to be said of a node. The node may be one that could not be made; `origin` is then where that was tried. */
export interface Remark {
  readonly node: Node
  readonly message: string
  readonly origin?: Origin | undefined
}

const WHOLE = 24
const CONTEXT = 2

/**
 * The first remark's first line, then the statements that `roots` and the remarked nodes need, with each remark below its
 * statement. Of long programs only the surroundings of remarks are shown.
 */
export const explain = (roots: readonly Node[], origins: Origins, remarks: readonly Remark[]): string =>
  listing(topological([...roots, ...remarks.map(({ node }) => node)]), origins, remarks)

/** The same within a whole program, whose numbering it keeps; `lead` may stand in place of the first line. */
export const explainProgram = (program: Program, remarks: readonly Remark[], lead?: string): string => {
  const last = remarks.map(({ node }) => node)
  const nodes = nodesOf(program)
  const needed = new Set(topological([...program.inputs, ...last]))
  const known = new Set(nodes)
  return listing(
    [...nodes, ...[...needed].filter((node) => !known.has(node))],
    program.origins,
    remarks,
    needed,
    lead,
  )
}

const listing = (
  nodes: readonly Node[],
  origins: Origins,
  remarks: readonly Remark[],
  needed: ReadonlySet<Node> = new Set(nodes),
  lead = remarks[0]!.message.split("\n")[0]!,
): string => {
  const numbers = new Map(nodes.map((node, i) => [node, i]))
  const shown = needed.size <= WHOLE ? needed : surroundings(nodes, remarks, needed)
  const lines = [lead]
  let isGap = false
  for (const node of nodes) {
    if (!shown.has(node)) {
      if (needed.has(node) && !isGap) lines.push("  …")
      isGap ||= needed.has(node)
      continue
    }
    isGap = false
    lines.push(`  ${infinite(printStatement(node, (other) => numbers.get(other)!, summary))}`)
    for (const remark of remarks) {
      if (remark.node === node) lines.push(...caret(remark, remark.origin ?? origins.get(node)))
    }
  }
  return lines.join("\n")
}

/** The remarked nodes, their operands, and a few statements before and after each. */
const surroundings = (
  nodes: readonly Node[],
  remarks: readonly Remark[],
  needed: ReadonlySet<Node>,
): Set<Node> => {
  const order = nodes.filter((node) => needed.has(node))
  const remarked = new Set(remarks.map(({ node }) => node))
  const shown = new Set(remarks.flatMap(({ node }) => [node, ...node.operands.slice(0, WHOLE)]))
  order.forEach((node, i) => {
    if (!remarked.has(node)) return
    for (const near of order.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1)) shown.add(near)
  })
  return shown
}

const caret = ({ message }: Remark, origin: Origin | undefined): string[] => {
  const [first, ...rest] = message.split("\n")
  const place = [origin?.tag, origin?.location].filter((part) => part !== undefined).join(" ")
  return [`  ^^^ ${first}${place && `   (${place})`}`, ...rest.map((line) => `      ${line}`)]
}

/** A literal or matrix in a few characters. */
const summary = (value: Literal | Matrix): string => {
  if ("rows" in value) return `${value.rows}x${value.columns} matrix`
  const { values } = value
  return values.length <= 4
    ? `[${[...values].join(", ")}]`
    : `[${[...values.slice(0, 3)].join(", ")}, … ${values.length - 3} more]`
}
