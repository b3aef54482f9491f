import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { blocksOf, readDocument, root } from "../scripts/markdown.ts"

const PAGE = "docs/browser.md"

/** A file of a page that tests/bundlers builds. */
const fileOf = (bundler: string, name: string): string =>
  readFileSync(join(root, "tests/bundlers", bundler, name), "utf8")

const buildOf = (bundler: string): string => JSON.parse(fileOf(bundler, "package.json")).scripts.build

const codeOf = (language: string): string[] =>
  blocksOf(PAGE)
    .filter((block) => block.language === language)
    .map(({ text }) => text.trim())

test("docs/browser.md shows the configuration that Vite 5 is tested with", () => {
  expect(codeOf("js")).toContain(fileOf("vite-5", "vite.config.js").trim())
})

test("docs/browser.md shows the commands that esbuild, Rollup and webpack are tested with", () => {
  const [shown] = codeOf("sh")
  const [, bundle, rollup, copy] = /^npx (.+) # or: npx (.+)\n(cp .+)$/.exec(shown!)!
  expect(buildOf("esbuild")).toBe(`${bundle} && ${copy}`)
  expect(buildOf("rollup")).toBe(`${rollup} && ${copy}`)
  const [, webpack, html] = /\(`npx (webpack .+?)`, and `(cp .+?)`\)/.exec(readDocument(PAGE))!
  expect(buildOf("webpack")).toBe(`${webpack} && ${html}`)
})

test.each(["esbuild", "rollup"])("docs/browser.md shows the options that %s is tested with", (bundler) => {
  const [, options] = /^showScore\(\{ (.+) \}\)$/m.exec(fileOf(bundler, "main.js"))!
  expect(codeOf("js")).toContain(`const connection = await connect(server, { worker: true, ${options} })`)
})

test.each(["vite-5", "vite-8", "webpack"])(
  "%s is tested without options, as docs/browser.md shows",
  (bundler) => {
    expect(fileOf(bundler, "main.js")).toMatch(/^showScore\(\)$/m)
    expect(codeOf("js")).toContain("const connection = await connect(server, { worker: true })")
  },
)
