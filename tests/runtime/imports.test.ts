import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { expect, test } from "vitest"

const SRC = join(import.meta.dirname, "../../src")

/** What a file imports at run time: `import type` and all-type lists left out. */
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(file, "utf8").matchAll(
      /^(?:import|export)\s+(?!type)([^"']*?)\s*from "([^"]+)"|import\("([^"]+)"\)/gm,
    ),
  ]
    .filter(
      ([, names]) =>
        names === undefined || !names.split(/[{},]/).every((name) => /^\s*(type .*)?$/s.test(name)),
    )
    .map(([, , from, lazy]) => (from ?? lazy)!)

test("the client reaches no compiler code and nothing that a browser lacks", () => {
  const reached = new Set<string>()
  const outside = new Set<string>()
  const visit = (file: string): void => {
    if (reached.has(file)) return
    reached.add(file)
    for (const from of importsOf(file)) {
      if (from.startsWith(".")) visit(join(dirname(file), from))
      else outside.add(from)
    }
  }
  visit(join(SRC, "runtime/client/client.ts"))
  visit(join(SRC, "runtime/module/module-client.ts"))
  expect([...outside].sort()).toEqual(["#seal", "@noble/hashes/sha2.js", "@noble/hashes/utils.js", "cborg"])
  const elsewhere = [...reached]
    .map((file) => relative(SRC, file))
    .filter((file) => !file.startsWith("runtime/"))
  expect(elsewhere.sort()).toEqual([
    "backend/arithmetic/slots.ts",
    "backend/circuit/encode-input.ts",
    "backend/circuit/keys.ts",
    "backend/circuit/layout.ts",
    "backend/circuit/parameters.ts",
    "data/addresses.ts",
    "data/checks/arguments.ts",
    "data/checks/form.ts",
    "data/checks/nearest.ts",
    "data/checks/options.ts",
    "data/errors.ts",
    "data/file-trouble.ts",
    "data/format.ts",
    "data/functions/binary.ts",
    "data/functions/erf.ts",
    "data/functions/fold.ts",
    "data/functions/round-even.ts",
    "data/functions/unary.ts",
    "data/index.ts",
    "data/nested.ts",
    "data/network-trouble.ts",
    "data/one-hot.ts",
    "data/platform.ts",
    "data/rows/apply-steps.ts",
    "data/rows/decode-scores.ts",
    "data/rows/encode-row.ts",
    "data/rows/nearest.ts",
    "data/rows/row-step.ts",
    "data/rows/size-after.ts",
    "data/rows/unknown-category.ts",
    "data/specification.ts",
    "data/symbols.ts",
    "data/warning.ts",
  ])
})

test("a server loads worker threads only when they are asked for", () => {
  const reached = new Set<string>()
  const outside = new Set<string>()
  const visit = (file: string): void => {
    if (reached.has(file)) return
    reached.add(file)
    const lazy = [...readFileSync(file, "utf8").matchAll(/import\("([^"]+)"\)/g)].map(([, from]) => from!)
    for (const from of importsOf(file).filter((from) => !lazy.includes(from))) {
      if (from.startsWith(".")) visit(join(dirname(file), from))
      else outside.add(from)
    }
  }
  visit(join(SRC, "server.ts"))
  expect([...reached].some((file) => file.endsWith("group-runner.ts"))).toBe(true)
  expect([...outside].filter((name) => /^node:(os|worker_threads)$/.test(name))).toEqual([])
})

test("node-seal is imported in one place", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))
  const importers = files.filter((file) =>
    importsOf(join(SRC, file)).some((from) => from === "#seal" || from.startsWith("node-seal")),
  )
  expect(importers).toEqual(["runtime/seal/load-seal.ts"])
})
