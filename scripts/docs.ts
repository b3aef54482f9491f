import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { printCircuit } from "../src/backend/index.ts"
import { compileProgram } from "../src/compiler/compile.ts"
import { type OpDef, opDef, opNames, parse, parseExpression, print } from "../src/ir/index.ts"
import { choices, defaultTarget, type Pass, passes, pipeline } from "../src/passes/index.ts"
import { type Block, blocksOf, documents, root, withShown } from "./markdown.ts"
import { operatorsPage } from "./operators-page.ts"
import { runSnippet } from "./snippets.ts"

/** Every document that is made or partly made from the source, as it should be. */
export const generated = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    ["docs/ops.md", opsPage()],
    ["docs/passes.md", passesPage()],
    ["docs/operators.md", operatorsPage(NOTE)],
    ...(await Promise.all(
      documentsThatShow().map(async (file) => [file, await withShown(file, shown)] as const),
    )),
  ])

/** Those with blocks that are filled in. */
const documentsThatShow = (): string[] =>
  documents().filter((file) => blocksOf(file).some(({ shows }) => shows !== undefined))

const NOTE = "<!-- Written by `npm run docs`; do not edit. -->"
const EVERY_OPERATOR = "tests/golden/ir/every-operator.ir"

const read = (path: string): string => readFileSync(join(root, path), "utf8")

const opsPage = (): string =>
  [
    "# Core operators",
    "",
    NOTE,
    "",
    `A program is made of these ${opNames.length} operators; all that users write, from \`abs\` to \`where\``,
    "and told in [operators.md](operators.md), is made of them.",
    "How programs are written is told in [ir.md](ir.md). Each example is a line of",
    `[every-operator.ir](../${EVERY_OPERATOR}).`,
    ...opNames.flatMap((name) => opEntry(name, opDef(name))),
    "",
  ].join("\n")

const opEntry = (name: string, { doc, arity, attrs }: OpDef): string[] => {
  const operands = arity === "any" ? "one or more" : String(arity)
  const written = Object.entries(attrs).map(([attr, kind]) => `\`${attr}\` (${describeKind(kind)})`)
  const example = read(EVERY_OPERATOR)
    .split("\n")
    .find((line) => line.includes(` = ${name} `) || line.endsWith(` = ${name}`))
  return [
    "",
    `## ${name}`,
    "",
    doc,
    "",
    `* Operands: ${operands}`,
    `* Attributes: ${written.join(", ") || "none"}`,
    ...(example === undefined ? [] : [`* Example: \`${example.trim()}\``]),
  ]
}

const KINDS: Readonly<Record<string, string>> = {
  name: "string",
  int: "integer",
  ints: "list of integers",
  literal: "literal",
  matrix: "matrix",
  expression: "expression",
  type: "the type in front",
  shape: "the shape in front",
}

const describeKind = (kind: string): string => {
  const text = KINDS[kind.replace("?", "")]
  if (text === undefined) throw new Error(`scripts/docs.ts has no words for the attribute kind ${kind}`)
  return kind.endsWith("?") ? `${text}, may be left out` : text
}

const passesPage = (): string => {
  const reasons = pipelineReasons()
  return [
    "# Passes",
    "",
    NOTE,
    "",
    "What stands between the traced program and the circuit, in this order:",
    "",
    ...pipeline.map(({ name }, i) => `${i + 1}. [${name}](#${name}). ${capitalised(reasons[i]!)}.`),
    "",
    "Then these, each of which pays for some programs only: what comes out is kept where run and request together cost less.",
    "",
    ...choices.map(({ name }) => `* [${name}](#${name})`),
    "",
    "A pass takes a valid program to a valid program that means the same on every input inside the declared ranges.",
    "Names, shapes and secrecy of outputs stay, and running it twice is running it once. A pass named `check-…` returns the",
    "program it was given, or refuses it and shows all that is wrong. These properties are tested on generated programs.",
    ...passes.flatMap(passEntry),
    "",
  ].join("\n")
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The comment behind each line of the pipeline. */
const pipelineReasons = (): string[] => {
  const lines = /const pipeline[^[]*\[\]? = \[\n([\s\S]*?)^\]/m.exec(read("src/passes/index.ts"))?.[1] ?? ""
  const reasons = [...lines.matchAll(/^ {2}\w+, \/\/ (.+)$/gm)].map(([, reason]) => reason!)
  if (reasons.length !== pipeline.length) {
    throw new Error(
      `${reasons.length} reasons for the ${pipeline.length} passes of src/passes/index.ts; each line needs one`,
    )
  }
  return reasons
}

const passEntry = ({ name, doc }: Pass): string[] => {
  const path = `tests/golden/${name}/example.ir`
  const heading = ["", `## ${name}`, "", doc]
  if (!existsSync(join(root, path))) return heading
  const [source, ...rest] = read(path).split("\n----\n")
  const [, ...before] = source!.split("\n")
  const after = rest.join("\n----\n").trimEnd()
  if (after === "") throw new Error(`${path} has no expected part: run npm run bless`)
  return [
    ...heading,
    "",
    `Before and after ([${name}/example.ir](../${path})):`,
    "",
    ...fenced("ir", before.join("\n").trimEnd()),
    "",
    ...fenced(after.startsWith("error: ") ? "text" : "ir", after),
  ]
}

const fenced = (language: string, text: string): string[] => [`\`\`\`${language}`, text, "```"]

/** What a `show` comment of a document stands for; programs come from the snippet before it. */
const shown = async (what: string, before: readonly Block[]): Promise<string> => {
  if (what.startsWith("the grammar in ")) return grammarIn(what.slice("the grammar in ".length))
  if (what.startsWith("the error of ")) return errorOf(read(what.slice("the error of ".length)))
  if (what === "expressions") return callableFunctions()
  const snippet = before.findLast(({ language }) => language === "ts")
  if (snippet === undefined) throw new Error(`"${what}" is shown where no snippet stands before`)
  const traced = await runSnippet(snippet)
  if (what === "output") return traced
  const program = parse(traced)
  const batch = Number(/batch: (\d+)/.exec(snippet.text)?.[1] ?? 1)
  const compiled = compileProgram({ program, returns: "record" }, { batch })
  if (what === "circuit") return printCircuit(compiled.circuit)
  if (what === "report") return String(compiled.report())
  if (what === "explanation") return String(compiled.report().explain())
  const last = pipeline.findIndex(({ name }) => `after ${name}` === what)
  if (last < 0) throw new Error(`nobody knows how to show "${what}"`)
  return print(pipeline.slice(0, last + 1).reduce((one, pass) => pass.run(one, defaultTarget), program))
}

const grammarIn = (path: string): string => {
  const grammar = /String\.raw`\n?([\s\S]*?)`/.exec(read(path))?.[1]
  if (grammar === undefined) throw new Error(`${path} holds no grammar`)
  const indent = /^ */.exec(grammar)![0].length
  return grammar
    .split("\n")
    .map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length)))
    .join("\n")
}

/** What parsing a golden's program says. */
const errorOf = (golden: string): string => {
  const expected = golden.split("\n----\n")[1]
  if (!expected?.startsWith("error: ")) throw new Error("the golden holds no error")
  return expected.slice("error: ".length)
}

/** The functions that an expression may call, from the message for one that there is not. */
const callableFunctions = (): string => {
  try {
    parseExpression("none(x)")
  } catch (error) {
    const names = /functions are (.*)$/.exec((error as Error).message)?.[1]
    if (names !== undefined) return wrapped(names)
  }
  throw new Error("the message for an unknown function no longer lists those that there are")
}

const wrapped = (text: string): string => text.replaceAll(/(.{1,100})(?: |$)/g, "$1\n")

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of await generated()) writeFileSync(join(root, path), text)
}
