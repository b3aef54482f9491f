import type { Program } from "../program.ts"
import { printStatement } from "../statement.ts"
import { nodesOf } from "../traverse.ts"
import { LiteralNumbers } from "./literal-table.ts"
import { printLiteral, wrapLine } from "./literal-text.ts"

/**
 * The text of a program, which `parse` reads back to the same nodes: statements in `nodesOf` order, then the literals in
 * order of first use. With `elide`, long literals are cut short for people, and the text can no longer be parsed.
 */
export const print = (program: Program, { elide = false }: { readonly elide?: boolean } = {}): string => {
  const nodes = nodesOf(program)
  const numbers = new Map(nodes.map((node, i) => [node, i]))
  const literals = new LiteralNumbers()
  const statements = nodes.map((node) =>
    printStatement(
      node,
      (other) => numbers.get(other)!,
      (value) => `@${literals.numberOf(value)}`,
    ),
  )
  const outputs = [...program.outputs].map(([name, node]) => `${printName(name)} = %${numbers.get(node)}`)
  return [
    `program ${program.name} {`,
    ...statements.map((statement) => `  ${statement}`),
    `  return ${outputs.join(", ")}`,
    "}",
    ...literals.all.map((value, i) => wrapLine(`@${i} = ${printLiteral(value, elide)}`)),
    "",
  ].join("\n")
}

const printName = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name))
