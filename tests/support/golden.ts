import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { batchingPrime } from "../../src/backend/arithmetic/primes.ts"
import { plainModulusFrom } from "../../src/backend/choose/search-space.ts"
import {
  type Circuit,
  describeTables,
  lower,
  parseCircuit,
  printCircuit,
  printTable,
  type TableStrategy,
} from "../../src/backend/index.ts"
import { opt } from "../../src/cli/commands/opt.ts"
import { ProgramError } from "../../src/data/index.ts"
import { type Node, type Program, parse, print } from "../../src/ir/index.ts"
import { defaultTarget, type Target } from "../../src/passes/index.ts"

const folder = join(import.meta.dirname, "../golden")
const RULE = "----"

/**
 * A golden file: a first line that says what is done, a text, a rule, and the text that comes out or `error: ` and the
 * message. What is done: `// passes: a, b` on a program, perhaps with `digits=2` behind, `// lower: n=32 ring=4` from a linearised program to a circuit
 * below comments on its tables, with `tables=balanced` or another strategy for them if not `shallow`, or `// circuit` for a
 * circuit that is read and printed.
 */
export interface Golden {
  readonly path: string
  readonly name: string
  readonly source: string
  readonly expected: string
}

/** Every golden under `tests/golden`. */
export const goldens = (): Golden[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ir"))
    .sort()
    .map((file) => {
      const path = join(folder, file)
      const text = readFileSync(path, "utf8")
      const end = text.indexOf(`\n${RULE}\n`)
      return { path, name: file, source: text.slice(0, end), expected: text.slice(end + RULE.length + 2) }
    })

/** What becomes of the golden's text. */
export const actual = ({ source }: Golden): string => {
  const [order = ""] = source.split("\n")
  try {
    return run(order, source)
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    return `error: ${error.message}\n`
  }
}

const run = (order: string, source: string): string => {
  const passes = /^\/\/ passes:(.*?)( digits=2)?$/.exec(order)
  if (passes !== null) {
    const names = passes[1]!.split(",").map((name) => name.trim())
    const target: Target = { ...defaultTarget, digits: passes[2] === undefined ? 1 : 2 }
    return print(
      opt(
        source,
        names.filter((name) => name !== ""),
        undefined,
        target,
      ),
    )
  }
  if (order.startsWith("// lower:")) {
    const { program, circuit, strategy, spread } = lowered(source)
    const tables = describeTables(program, circuit.t, strategy, spread).map(
      (table) => `// ${printTable(table)}\n`,
    )
    return `${tables.join("")}${printCircuit(circuit)}`
  }
  if (order === "// circuit") return printCircuit(parseCircuit(source))
  throw new Error(`a golden begins with "// passes:", "// lower:" or "// circuit", not ${order}`)
}

/** What a text below `// lower:` says is lowered, and what it becomes. */
export const lowered = (
  source: string,
): {
  readonly program: Program
  readonly circuit: Circuit
  readonly strategy: TableStrategy
  readonly spread: ReadonlySet<Node>
} => {
  const order = /^\/\/ lower: n=(\d+) ring=(\d+)(?: tables=(shallow|bounded|balanced|spread))?\n/.exec(source)
  if (order === null) {
    throw new Error(`"// lower: n=32 ring=4" or with "tables=balanced", not ${source.split("\n", 1)}`)
  }
  const [n, ring] = order.slice(1, 3).map(Number) as [number, number]
  const strategy = (order[3] ?? "shallow") as TableStrategy
  const program = parse(source)
  const t = batchingPrime(n, plainModulusFrom(program))
  const spread = new Set<Node>()
  const onSpread = (node: Node) => spread.add(node)
  const circuit = lower(program, { n, ring }, t, { tables: strategy, onSpread })
  return { program, circuit, strategy, spread }
}

/** Rewrites the expected part; the diff is what is reviewed. */
export const bless = ({ path, source }: Golden, text: string): void =>
  writeFileSync(path, `${source}\n${RULE}\n${text}`)
