import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import type initialize from "node-seal/allows"
import { expect, test } from "vitest"
import { pageLoader } from "../../scripts/page-loader.ts"
import { instantiateSeal } from "../../src/runtime/seal/instantiate-seal.ts"

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.resolve("node-seal/allows")))
const original = readFileSync(fileOf("seal_allows.js"), "utf8")

/** Without what a bundler does not read. */
const code = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "")

test("the loader for pages has no import and asks for nothing of Node", () => {
  const NODE = /\bimport\s*[({*"']|\brequire\b|createRequire|process\.versions/
  expect(code(original)).toMatch(NODE)
  expect(code(pageLoader(original))).not.toMatch(NODE)
})

test("it names its WASM once, in the form that bundlers follow", () => {
  const places = code(pageLoader(original)).match(/[^;\n]*import\.meta[^;]*;/g)
  expect(places).toEqual(['export const wasmUrl = new URL("./seal.wasm", import.meta.url).href;'])
})

test("it sets SEAL up from bytes, in memory that is known", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-loader-"))
  try {
    const file = join(folder, "seal.mjs")
    writeFileSync(file, pageLoader(original))
    const loader: { default: typeof initialize } = await import(/* @vite-ignore */ pathToFileURL(file).href)
    const { seal, memory } = await instantiateSeal(loader.default, readFileSync(fileOf("seal_allows.wasm")))
    expect(memory).toBeInstanceOf(WebAssembly.Memory)
    const modulus = new seal.Modulus(40961n)
    expect(modulus.isPrime()).toBe(true)
    modulus.delete()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("another loader than the one that it was written for is refused", () => {
  expect(() => pageLoader(original.replace("ENVIRONMENT_IS_NODE=", "IS_NODE="))).toThrow(
    "0 places that look like the import of Node's modules, not one",
  )
  expect(() => pageLoader(original + original)).toThrow("2 places")
})
