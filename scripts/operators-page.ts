import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"
import { printRange, printShape } from "../src/data/index.ts"
import { trace } from "../src/frontend/index.ts"
import type { Declared } from "../src/frontend/operator/operator.ts"
import { usageOf } from "../src/frontend/operator/usage.ts"
import * as lutra from "../src/index.ts"
import { evaluate, type Node, nodesOf, type Program, width } from "../src/ir/index.ts"
import * as numpy from "../src/numpy.ts"
import { defaultTarget, depthOf, runPasses } from "../src/passes/index.ts"
import { root } from "./markdown.ts"
import { declarations, examples, values } from "./operator-examples.ts"

const EXAMPLES = "scripts/operator-examples.ts"

/** The reference of all operators of tensors; what the examples give and cost is computed here. */
export const operatorsPage = (note: string): string => {
  const docs = firstSentences()
  const codes = exampleCodes()
  const row = (name: string): string => operatorRow(name, docs, codes)
  return [
    "# Operators of tensors",
    "",
    note,
    "",
    "Every operator is a method and a function of the same name whose first argument is the tensor: `x.sub(1)` and",
    '`sub(x, 1)`, which also takes the tensor second: `sub(10, x)`. All come from `import * as np from "lutra/numpy"`.',
    "Numbers and nested arrays may stand wherever a tensor may, and shapes broadcast as in numpy. What has a question mark may",
    "be left out; what stands in braces is given by name in one object: `x.sum(0)`, `x.sum({ axis: 0, keepDims: true })`.",
    "`...` is any number. Unknown names, surplus arguments and arguments of another form are refused.",
    "What programs are made of after tracing, which are few operators, is in [ops.md](ops.md).",
    "",
    "The examples work on these inputs:",
    "",
    "| input | declared as | value |",
    "|---|---|---|",
    ...Object.entries(declarations).map(
      ([name, { secret, lo, hi, shape }]) =>
        `| \`${name}\` | ${secret ? "encrypted" : "clear"}, ${printRange(lo, hi)}${shape.length === 0 ? "" : `, shape ${printShape(shape)}`} | \`${show(values[name as keyof typeof values])}\` |`,
    ),
    "",
    "*Cost* is that of the example, alone, after all passes: its levels, which are products one after the other, and the",
    "tables and products between secrets that it takes, for as many elements as a ciphertext holds. What is *linear* takes",
    "no level, and what is *free* nothing at all. Neighbours in a larger program share their cost: functions of one value,",
    "one after the other, are one table, and linear steps one matrix. In the middle of a program a table of 2^b values takes",
    "b levels; on an input it may take less, since the client can send it encoded. [performance.md](performance.md) has more.",
    ...readmeGroups().flatMap(({ title, names, cost }) =>
      group(title, `On secrets: ${cost}.`, names.map(row)),
    ),
    "",
    "## Properties",
    "",
    "`x.T` is the transpose. `x.shape`, `x.ndim` and `x.size` are plain numbers, known while the function is traced.",
    ...group(
      "Functions only",
      "These make tensors, or tables, and are no methods.",
      Object.keys(examples)
        .filter((name) => !(name in lutra.Tensor.prototype))
        .map(row),
    ),
    "",
  ].join("\n")
}

const group = (title: string, text: string, rows: readonly string[]): string[] => [
  "",
  `## ${title.charAt(0).toUpperCase()}${title.slice(1)}`,
  "",
  text,
  "",
  "| operator | form | numpy | meaning | example | result | cost |",
  "|---|---|---|---|---|---|---|",
  ...rows,
]

const operatorRow = (
  name: string,
  docs: ReadonlyMap<string, string>,
  codes: ReadonlyMap<string, string>,
): string => {
  const [numpy, example] = examples[name] ?? missing(name)
  const code = codes.get(name)!
  if (!new RegExp(`\\b${name}\\(`).test(code))
    throw new Error(`the example of ${name} in ${EXAMPLES} lacks it`)
  const doc = docs.get(name)
  if (doc === undefined) throw new Error(`${name} has no doc comment in src/frontend`)
  const { program } = trace("example", declarations, (inputs) => example(inputs))
  const optimized = runPasses(program, defaultTarget)
  const result = show(resultOf(program))
  if (show(resultOf(optimized)) !== result) throw new Error(`the passes change what ${code} gives`)
  const others = aliases(name)
  const meaning =
    others.length === 0 ? doc : `${doc} Also ${others.map((other) => `\`${other}\``).join(", ")}.`
  const cells = [
    `\`${name}\``,
    `\`${formOf(name)}\``,
    numpy === null ? "" : `\`${numpy}\``,
    meaning,
    `\`${code}\``,
    `\`${result}\``,
  ]
  return `| ${[...cells, costOf(optimized)].join(" | ")} |`
}

/** How an operator is called, from its declaration. */
const formOf = (name: string): string => {
  if (name === "formula") return "formula(text, inputs?)"
  const { declaration } = (own(name) ?? missing(name)) as Declared
  return usageOf({ ...declaration, name })
}

const missing = (name: string): never => {
  throw new Error(`operator ${name} has no example; add one to ${EXAMPLES}`)
}

const resultOf = (program: Program): unknown => Object.values(evaluate(program, values))[0]

const show = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(show).join(", ")}]` : String(value)

/** What the secret nodes of an optimized program take. */
const costOf = (program: Program): string => {
  const nodes = [...nodesOf(program)].filter(({ type }) => type.secret)
  const tables = new Set(nodes.filter(({ op }) => op === "table").map(entriesOf))
  const products = nodes.filter(isProduct).length
  if (nodes.every(({ op }) => op === "input")) return "free"
  if (tables.size === 0 && products === 0) return "linear"
  const depth = depthOf(program)
  const sizes = [...tables].sort((p, q) => p - q)
  const parts = [
    ...(sizes.length === 0 ? [] : [`${sizes.length === 1 ? "table" : "tables"} of ${sizes.join(" and ")}`]),
    ...(products === 0 ? [] : [products === 1 ? "product" : `${products} products`]),
  ]
  return `${depth} ${depth === 1 ? "level" : "levels"}: ${parts.join(", ")}`
}

const entriesOf = ({ operands }: Node): number => {
  const [operand] = operands
  return operand!.type.kind === "int" ? Number(width(operand!.type)) : 0
}

const isProduct = ({ op, operands }: Node): boolean =>
  op === "mul" && operands.every(({ type }) => type.secret)

/** Other names for the same function. */
const aliases = (name: string): string[] =>
  exported.flatMap(([other, value]) =>
    other !== name && !(other in examples) && value === own(name) ? [other] : [],
  )

const exported = Object.entries<unknown>({ ...lutra, ...numpy })
const own = (name: string): unknown => exported.find(([other]) => other === name)?.[1]

interface Group {
  readonly title: string
  readonly names: readonly string[]
  readonly cost: string
}

/** The rows of README's table of operators, apart from other names. */
const readmeGroups = (): Group[] => {
  const section = /## What can be expressed[\s\S]*?\n## /.exec(
    readFileSync(join(root, "README.md"), "utf8"),
  )![0]
  const rows = section.split("\n").filter((line) => /^\| \w/.test(line))
  const groups = rows.map((line): Group => {
    const [, title, operators, cost] = line.split("|").map((cell) => cell.trim())
    return {
      title: title!,
      names: [...operators!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
      cost: cost!,
    }
  })
  return groups.filter(({ title }) => title !== "other names of the same" && !title.startsWith("refused"))
}

/** The first sentence of the doc comment of each function that a file of the frontend exports. */
const firstSentences = (): ReadonlyMap<string, string> => {
  const folder = join(root, "src/frontend")
  const found = new Map<string, string>()
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  for (const file of files.filter((each) => each.endsWith(".ts"))) {
    const { statements } = parsed(join(folder, file))
    const renamed = new Map(statements.flatMap(renamesOf))
    for (const statement of statements) {
      if (!ts.isVariableStatement(statement)) continue
      const sentence = sentenceOf(statement)
      if (sentence === undefined) continue
      for (const { name } of statement.declarationList.declarations) {
        const own = name.getText()
        if (statement.modifiers?.some(isExport)) found.set(own, sentence)
        const other = renamed.get(own)
        if (other !== undefined) found.set(other, sentence)
      }
    }
  }
  return found
}

/** The first sentence of the doc comment of a statement, for a cell of a table. */
const sentenceOf = (statement: ts.Statement): string | undefined => {
  const [comment] = ts.getJSDocCommentsAndTags(statement).filter(ts.isJSDoc)
  const text = comment && ts.getTextOfJSDocComment(comment.comment)
  const sentence = /^[\s\S]*?[.:](?=\s|$)/.exec(text?.replaceAll(/\s+/g, " ") ?? "")?.[0]
  return sentence && `${sentence.slice(0, -1)}.`.replaceAll("|", "\\|")
}

/** What `export { variance as var }` calls otherwise: pairs of the name inside and outside. */
const renamesOf = (statement: ts.Statement): [string, string][] =>
  ts.isExportDeclaration(statement) &&
  statement.moduleSpecifier === undefined &&
  statement.exportClause !== undefined &&
  ts.isNamedExports(statement.exportClause)
    ? statement.exportClause.elements.flatMap(({ propertyName, name }): [string, string][] =>
        propertyName === undefined ? [] : [[propertyName.text, name.text]],
      )
    : []

const isExport = ({ kind }: ts.ModifierLike): boolean => kind === ts.SyntaxKind.ExportKeyword

/** The body of each example, as it is written. */
const exampleCodes = (): ReadonlyMap<string, string> => {
  const codes = new Map<string, string>()
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isArrayLiteralExpression(node.initializer)) {
      const last = node.initializer.elements.at(-1)
      if (last && ts.isArrowFunction(last)) {
        const text = last.body.getText().replaceAll(/\s+/g, " ")
        codes.set(
          node.name.getText(),
          text.replaceAll(/([[(]) | (?=[\])])|,(?= ?[\])])|!$/g, "$1").replaceAll(/ \./g, "."),
        )
        return
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(parsed(join(root, EXAMPLES)))
  return codes
}

const parsed = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true)
