import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { plainModulusFrom } from "../../src/backend/choose-parameters.ts"
import { lower, parseCircuit, printCircuit } from "../../src/backend/index.ts"
import { batchingPrime } from "../../src/backend/primes.ts"
import { opt } from "../../src/cli/opt.ts"
import { ProgramError } from "../../src/data/index.ts"
import { parse, print } from "../../src/ir/index.ts"

const folder = join(import.meta.dirname, "../golden")
const RULE = "----"

/**
 * A golden file: a first line that says what is done, a text, a rule, and the text that comes out or `error: ` and the
 * message. What is done: `// passes: a, b` on a program, `// lower: n=32 ring=4` from a linearised program to a circuit, or
 * `// circuit` for a circuit that is read and printed.
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
  const passes = /^\/\/ passes:(.*)$/.exec(order)
  if (passes !== null) {
    const names = passes[1]!.split(",").map((name) => name.trim())
    return print(
      opt(
        source,
        names.filter((name) => name !== ""),
      ),
    )
  }
  const lowered = /^\/\/ lower: n=(\d+) ring=(\d+)$/.exec(order)
  if (lowered !== null) {
    const [n, ring] = lowered.slice(1).map(Number) as [number, number]
    const program = parse(source)
    return printCircuit(lower(program, { n, ring }, batchingPrime(n, plainModulusFrom(program))))
  }
  if (order === "// circuit") return printCircuit(parseCircuit(source))
  throw new Error(`a golden begins with "// passes:", "// lower:" or "// circuit", not ${order}`)
}

/** Rewrites the expected part; the diff is what is reviewed. */
export const bless = ({ path, source }: Golden, text: string): void =>
  writeFileSync(path, `${source}\n${RULE}\n${text}`)
