import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ProgramError } from "../../src/data/index.ts"
import { parse, print } from "../../src/ir/index.ts"
import { defaultTarget, type Pass, pipeline } from "../../src/passes/index.ts"

const folder = join(import.meta.dirname, "../golden")
const RULE = "----"

/** A golden file: `// passes: a, b`, a program, a rule, and the program after these passes or `error: ` and the message. */
export interface Golden {
  readonly path: string
  readonly name: string
  readonly source: string
  readonly expected: string
}

/** Every golden under `tests/golden` whose first line names passes. */
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
    .filter(({ source }) => source.startsWith("// passes:"))

/** What the golden's passes make of its program. */
export const actual = ({ source }: Golden): string => {
  const names = source.slice("// passes:".length, `${source}\n`.indexOf("\n")).split(",")
  const passes = names
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map(passNamed)
  try {
    return print(passes.reduce((program, pass) => pass.run(program, defaultTarget), parse(source)))
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    return `error: ${error.message}\n`
  }
}

const passNamed = (name: string): Pass => {
  const pass = pipeline.find((one) => one.name === name)
  if (pass !== undefined) return pass
  throw new Error(`there is no pass ${name}; the pipeline has ${pipeline.map((one) => one.name).join(", ")}`)
}

/** Rewrites the expected part; the diff is what is reviewed. */
export const bless = ({ path, source }: Golden, text: string): void =>
  writeFileSync(path, `${source}\n${RULE}\n${text}`)
