import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { build, defaultClientConditions, type Rolldown } from "vite"
import { beforeAll, expect, test } from "vitest"

const root = join(import.meta.dirname, "../..")

let chunks: Rolldown.OutputChunk[]
let assets: Rolldown.OutputAsset[]
beforeAll(async () => {
  const built = (await build({
    root,
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["source", ...defaultClientConditions] },
    build: {
      write: false,
      rolldownOptions: { input: join(root, "src/client.ts"), preserveEntrySignatures: "strict" },
    },
  })) as Rolldown.RolldownOutput
  chunks = built.output.filter((part) => part.type === "chunk")
  assets = built.output.filter((part) => part.type === "asset")
})

const kilobytes = (text: string | Uint8Array): number => gzipSync(text).length / 1000

/** SEAL's own loader comes and goes with its WASM. */
const isGlue = ({ moduleIds }: Rolldown.OutputChunk): boolean => moduleIds.some((id) => /node-seal/.test(id))

test("all of lutra/client is below 49 kB gzipped without SEAL, and below 60 kB with SEAL's loader", () => {
  const sum = (parts: readonly Rolldown.OutputChunk[]) =>
    parts.reduce((total, { code }) => total + kilobytes(code), 0)
  const own = sum(chunks.filter((chunk) => !isGlue(chunk)))
  const glue = sum(chunks.filter(isGlue))
  expect(own).toBeGreaterThan(20)
  expect(own).toBeLessThan(49)
  expect(own + glue).toBeLessThan(60)
})

test("SEAL is loaded when it is needed, in a chunk of its own", () => {
  const [entry] = chunks.filter(({ isEntry }) => isEntry)
  expect(isGlue(entry!)).toBe(false)
  expect(chunks.filter(isGlue)).toHaveLength(1)
  expect(assets.filter(({ fileName }) => fileName.endsWith(".wasm"))).toHaveLength(1)
  expect(assets.filter(({ fileName }) => fileName.includes("client-worker"))).toHaveLength(1)
})

test("no compiler, no server and no module of Node is in it", () => {
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds).map((id) => id.replace(`${root}/`, ""))
  const packages = modules.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? [])
  expect([...new Set(packages)].sort()).toEqual(["@noble/hashes", "cborg", "node-seal", "valibot"])
  const layers = modules.flatMap((id) => /^src\/([^/]+)\//.exec(id)?.[1] ?? [])
  expect([...new Set(layers)].sort()).toEqual(["backend", "connect", "data", "runtime"])
  const backend = modules.filter((id) => id.startsWith("src/backend/"))
  expect(backend.sort()).toEqual([
    "src/backend/arithmetic/slots.ts",
    "src/backend/circuit/encode-input.ts",
    // how many bytes of keys a program asks for, which is checked before any is made
    "src/backend/circuit/keys.ts",
    "src/backend/circuit/layout.ts",
    "src/backend/circuit/parameters.ts",
  ])
  // SEAL's loader asks for one when it runs in Node, which Vite replaces.
  const external = modules.filter((id) => id.includes("browser-external"))
  expect(external.length).toBeLessThanOrEqual(1)
  expect(chunks.flatMap(({ imports }) => imports).filter((name) => !name.startsWith("assets/"))).toEqual([])
  for (const { code } of chunks.filter((chunk) => !isGlue(chunk))) {
    expect(code).not.toMatch(/(?:import|from)\s*\(?["'`]node:/)
  }
})
