import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { generated } from "../scripts/docs.ts"
import {
  anchorsOf,
  blocksOf,
  documents,
  linksOf,
  readDocument,
  resolveLink,
  root,
} from "../scripts/markdown.ts"
import { examples } from "../scripts/operator-examples.ts"
import { expectedOutput, runSnippet, snippets } from "../scripts/snippets.ts"
import { parseCircuit, printCircuit } from "../src/backend/index.ts"
import * as client from "../src/client.ts"
import * as lutra from "../src/index.ts"
import { parse, print } from "../src/ir/index.ts"
import * as text from "../src/ir.ts"
import * as numpy from "../src/numpy.ts"

const blocks = documents().flatMap((file) => blocksOf(file))
const inLanguage = (language: string) => blocks.filter((block) => block.language === language)
const named = <B extends { file: string; line: number }>(all: readonly B[]) =>
  all.map((block): [string, B] => [`${block.file}:${block.line}`, block])

test("what npm run docs writes is current", async () => {
  for (const [file, text] of await generated()) {
    expect(
      existsSync(join(root, file)) && readDocument(file),
      `${file} is out of date: run npm run docs`,
    ).toBe(text)
  }
}, 180_000)

test("every page of docs is reached from its index", () => {
  const reached = linksOf(readDocument("docs/README.md")).map(
    (link) => resolveLink("docs/README.md", link).path,
  )
  const pages = documents().filter((file) => file.startsWith("docs/") && file !== "docs/README.md")
  expect(pages.filter((file) => !reached.includes(file))).toEqual([])
})

test("every operator has an example, and each example an operator", () => {
  const functions = Object.entries<unknown>({ ...lutra, ...numpy }).filter(
    ([name, value]) => typeof value === "function" && !/^[A-Z]/.test(name),
  )
  const named = new Map(functions)
  const shown = new Set(Object.keys(examples).map((name) => named.get(name)))
  expect(Object.keys(examples).filter((name) => !named.has(name))).toEqual([])
  const refused = ["unique", "nonzero"] // with what to use instead
  const operators = functions.filter(([name]) => name in lutra.Tensor.prototype && !refused.includes(name))
  expect(operators.filter(([, value]) => !shown.has(value)).map(([name]) => name)).toEqual([])
})

test("every fenced block is of a kind that is checked", () => {
  const fences = documents().flatMap((file) => readDocument(file).match(/^\s*(```|~~~)/gm) ?? [])
  expect(fences).toHaveLength(2 * blocks.length)
  expect([...new Set(blocks.map(({ language }) => language))].sort()).toEqual([
    "circuit",
    "html",
    "ir",
    "js",
    "sh",
    "text",
    "ts",
  ])
  // The page that tests/browser/vite-app.test.ts runs, and what other bundlers need, which tests/bundlers does.
  const pages = blocks.filter(({ language }) => language === "html" || language === "js")
  expect(pages.map(({ file, language }) => `${file} ${language}`)).toEqual([
    "docs/browser.md html",
    ...new Array(6).fill("docs/browser.md js"),
  ])
  expect(snippets({ encrypted: true }).length + snippets({ encrypted: false }).length).toBe(
    inLanguage("ts").length,
  )
})

test("a block of plain text is made by npm run docs", () => {
  const files = new Set(["docs/passes.md"])
  for (const { file, line, shows } of inLanguage("text").filter((block) => !files.has(block.file))) {
    expect(shows, `${file}:${line} is text that nothing checks`).toBeDefined()
  }
})

describe("snippets that need no encryption", () => {
  test("there are some", () => {
    expect(snippets({ encrypted: false }).length).toBeGreaterThan(0)
  })

  test.each(named(snippets({ encrypted: false })))("%s prints what it says", async (_name, snippet) => {
    const expected = expectedOutput(snippet)
    const printed = await runSnippet(snippet)
    if (expected === "") expect(printed).not.toBe("")
    else expect(printed).toBe(expected)
  })
})

test.each(named(inLanguage("ir")))("the program at %s reads back to the same", (_name, { text }) => {
  const program = parse(text)
  expect(print(parse(print(program)))).toBe(print(program))
  if (!/^\s*\/\//m.test(text)) expect(print(program)).toBe(text)
})

test.each(named(inLanguage("circuit")))("the circuit at %s reads back to the same", (_name, { text }) => {
  expect(printCircuit(parseCircuit(text)).trimEnd()).toBe(text.trimEnd())
})

test("every link between our files has a target", () => {
  const targets = documents().flatMap((file) => linksOf(readDocument(file)).map((link) => ({ file, link })))
  expect(targets.length).toBeGreaterThan(20)
  for (const { file, link } of targets) {
    const { path, anchor } = resolveLink(file, link)
    expect(existsSync(join(root, path)), `${file} links to ${link}`).toBe(true)
    if (anchor !== undefined)
      expect(anchorsOf(readDocument(path)), `${file} links to ${link}`).toContain(anchor)
  }
})

describe("shell commands", () => {
  // What is done in projects of other people is run by tests/bundlers.
  const isElsewhere = (text: string): boolean => /^(npx esbuild|npm install|npx lutra init) /.test(text)
  const shell = inLanguage("sh").filter(({ text }) => !isElsewhere(text))
  const commands = shell.flatMap(({ text }) => text.trim().split(/\n| && /))

  test("they are npm scripts or run files of the source", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
    for (const command of commands) {
      const script = /^npm (?:run )?([a-z]+)/.exec(command)?.[1]
      const file = /^npx node -C source (\S+\.ts)/.exec(command)?.[1]
      const isKnown = script === "ci" || (script !== undefined && script in scripts)
      expect(isKnown || (file !== undefined && existsSync(join(root, file))), command).toBe(true)
    }
  })

  test.each(commands.filter((command) => command.includes(" src/cli/main.ts ")))("%s works", (command) => {
    const [, , ...args] = command.split(" ")
    expect(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })).not.toBe("")
  })
})

test("the README lists every operator of tensors and no other", () => {
  const section = /## What can be expressed[\s\S]*?\n## /.exec(readDocument("README.md"))![0]
  const rows = section.split("\n").filter((line) => line.startsWith("| "))
  const listed = rows.flatMap((row) => [...row.split("|")[2]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!))
  const operators = Object.entries({ ...lutra, ...numpy })
    .filter(([name, value]) => typeof value === "function" && name in lutra.Tensor.prototype)
    .map(([name]) => name)
  expect([...listed].sort(), "add what is new to the table of README.md").toEqual(operators.sort())
})

test("the functions that pages for users name exist", () => {
  const classes = [lutra.Tensor, lutra.Compiled, lutra.Module, lutra.Client, lutra.Server]
  const known = new Set([
    ...[lutra, client, text].flatMap((entry) => Object.keys(entry)),
    ...classes.flatMap((each) => [...Object.getOwnPropertyNames(each), ...membersOf(each.prototype)]),
    ...["report", "explain", "filter", "run"],
  ])
  const pages = documents().filter((file) => file === "docs/guide.md" || file.startsWith("docs/how-to/"))
  const prose = [...pages.map(readDocument), lastColumns(readDocument("docs/coming-from-concrete.md"))]
  const code = prose.flatMap((page) => page.replaceAll(/^```[\s\S]*?^```$/gm, "").match(/`[^`\n]+`/g) ?? [])
  const called = code.flatMap((each) => [...each.matchAll(/(\w+)\(/g)].map(([, name]) => name!))
  expect(called.length).toBeGreaterThan(50)
  expect(called.filter((name) => !known.has(name))).toEqual([])
})

const lastColumns = (page: string): string =>
  page
    .split("\n")
    .map((line) => (line.startsWith("|") ? line.split("|").at(-2)! : line))
    .join("\n")

const membersOf = (prototype: object | null): string[] =>
  prototype === null
    ? []
    : [...Object.getOwnPropertyNames(prototype), ...membersOf(Object.getPrototypeOf(prototype))]

test("the table of layers is the one that is enforced", () => {
  const enforced = /const layers.*= \{\n([\s\S]*?)\n\}/.exec(
    readFileSync(join(root, "tests/layers.test.ts"), "utf8"),
  )![1]!
  const rows = [...readDocument("docs/architecture.md").matchAll(/^\| `(\w+)` \|[^|]*\|([^|]*)\|$/gm)]
  const documented = rows.map(([, layer, imports]) => [
    layer,
    [...imports!.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  ])
  const lines = [...enforced.matchAll(/^ {2}(\w+): \[(.*)\],$/gm)]
  const expected = lines.map(([, layer, imports]) => [
    layer,
    [...imports!.matchAll(/"(\w+)"/g)].map(([, name]) => name),
  ])
  expect(expected.length).toBeGreaterThan(5)
  expect(documented).toEqual(expected)
})
