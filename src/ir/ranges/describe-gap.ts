import type { Values } from "../../data/index.ts"
import type { Node, NodeOf } from "../program.ts"
import { constantColumns, type Domain, meetingColumns, Tabulator } from "./tabulate.ts"

/** The message for integers at which a result has no finite value, `position` being theirs in the domain. */
export const describeGap = (node: NodeOf<"apply">, { sources }: Domain, position: number): string => {
  const here = new Map([...sources].map(([source, values]) => [source, [values[position]!] as Values]))
  const places = [...here].map(([source, [value]]) => ({ name: nameOf(source), value: value! }))
  const [only] = places
  const remedy =
    places.length === 1
      ? `narrow ${only!.name} with clip or assume, or choose another value there: where(${only!.name}.eq(${only!.value}), 0, …)`
      : "narrow what it is computed from with clip or assume, or choose another value there with where"
  const where = places.map(({ name, value }) => `${name} = ${value}`).join(", ")
  return `${where === "" ? "it" : `at ${where} it`} is ${gapAt(node, here)}\n${remedy}`
}

const nameOf = (source: Node): string => (source.op === "input" ? source.attrs.name : source.op)

/** What is not finite there, at the first real value on the way that is not. */
const gapAt = (top: NodeOf<"apply">, here: ReadonlyMap<Node, Values>): string => {
  const domain = { size: 1, sources: here }
  const tabulator = new Tabulator({ isProved: true })
  let node = top
  for (;;) {
    const operands = node.operands.map((operand) =>
      operand.op === "constant" ? constantColumns(operand) : tabulator.tabulate(operand, domain, domain),
    )
    const points = meetingColumns(node, operands).chosen.map((picked) =>
      operands.map(({ columns }, k) => Number(columns[picked[k]!]![0]!)),
    )
    const point = points.find((each) => !Number.isFinite(node.attrs.expr.evaluate(each)))
    const below = node.operands.find(
      (operand, k): operand is NodeOf<"apply"> =>
        operand.op === "apply" && operand.type.kind === "real" && !Number.isFinite(point?.[k]),
    )
    if (point === undefined || below === undefined)
      return (point && node.attrs.expr.gap(point)) ?? "a value that is not finite"
    node = below
  }
}
