import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { describe, expect, test } from "vitest"

const source = join(import.meta.dirname, "../src")

/** What each layer may import, besides itself. Files directly in `src` and the command may import anything. */
const layers: Readonly<Record<string, readonly string[]>> = {
  data: [],
  ir: ["data"],
  frontend: ["data", "ir"],
  passes: ["data", "ir"],
  backend: ["data", "ir"],
  runtime: ["data", "ir", "backend"],
  svg: ["data", "ir"],
  compiler: ["data", "ir", "frontend", "passes", "backend", "runtime", "svg"],
  ml: ["data", "ir", "frontend", "passes", "compiler"],
  connect: ["data", "runtime"],
  serve: ["data", "runtime", "compiler"],
}

/** Files that other layers may import besides a layer's index, and by whom. */
const doors: Readonly<Record<string, readonly string[]>> = {
  // the client in the browser needs these and not the compiler
  "backend/arithmetic/slots.ts": ["runtime"],
  "backend/circuit/encode-input.ts": ["runtime"],
  "backend/circuit/keys.ts": ["runtime"],
  "backend/circuit/layout.ts": ["runtime"],
  "backend/circuit/parameters.ts": ["runtime"],
}

/** Entry points that pick single files, so that a bundle for the browser holds no compiler. */
const slimEntries = ["client.ts", "server.ts"]

/** The same for a whole layer. */
const slimLayers = ["connect"]

/** The one file that imports a package whose loading or misuse is expensive; types are free. */
const owners: Readonly<Record<string, string>> = {
  mathjs: "ir/expression/expression.ts",
  "ohm-js": "ir/text/ohm.ts",
  "@dagrejs/dagre": "svg/layout.ts",
  "#seal": "runtime/seal/load-seal.ts",
  "@bufbuild/protobuf": "ml/import/onnx/protobuf.ts",
  fastify: "serve/http/create-app.ts",
  "@fastify/cors": "serve/http/create-app.ts",
  "prom-client": "serve/metrics.ts",
  aws4fetch: "serve/storage/s3-request.ts",
  bullmq: "serve/redis/load-bullmq.ts",
  ioredis: "serve/redis/load-bullmq.ts",
}

interface Import {
  readonly from: string
  /** A path below `src`, or the name of a package. */
  readonly to: string
  readonly isType: boolean
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .sort()

const importsOf = (from: string): Import[] => {
  const text = readFileSync(join(source, from), "utf8")
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|(?:\bimport|createRequire\(import\.meta\.url\))\("([^"]+)"\)/gm,
  )
  return [...statements].map(([whole, type, path, called]) => {
    const target = path ?? called!
    // `typeof import("x")` is a type.
    const isType = type !== undefined || /typeof\s+$/.test(text.slice(0, text.indexOf(whole)))
    return {
      from,
      to: target.startsWith(".") ? relative(source, join(source, dirname(from), target)) : target,
      isType,
    }
  })
}

const imports = files.flatMap(importsOf)
const layerOf = (file: string): string | undefined => (file.includes("/") ? file.split("/")[0] : undefined)
const isOurs = ({ to }: Import): boolean => files.includes(to)

const show = ({ from, to }: Import): string => `${from} imports ${to}`

test("every import of a file names one that exists", () => {
  expect(imports.filter(({ to }) => to.endsWith(".ts") && !files.includes(to)).map(show)).toEqual([])
  expect(imports.length).toBeGreaterThan(50)
})

test("a layer imports only the layers below it", () => {
  const wrong = imports.filter(isOurs).filter(({ from, to }) => {
    const layer = layerOf(from)
    if (layer === undefined || layer === "cli" || layerOf(to) === layer) return false
    if (doors[to]?.includes(layer)) return false
    return !layers[layer]!.includes(layerOf(to) ?? "")
  })
  expect(wrong.map(show)).toEqual([])
})

test("every folder is a layer of the table", () => {
  expect(
    [...new Set(files.map(layerOf))].filter(
      (layer) => layer !== undefined && layer !== "cli" && !(layer in layers),
    ),
  ).toEqual([])
})

test("a layer is imported through its index", () => {
  const wrong = imports.filter(isOurs).filter(({ from, to }) => {
    const layer = layerOf(to)
    if (layer === undefined || layerOf(from) === layer || to === `${layer}/index.ts`) return false
    if (slimLayers.includes(layerOf(from) ?? "")) return false
    return !slimEntries.includes(from) && !doors[to]?.includes(layerOf(from) ?? "")
  })
  expect(wrong.map(show)).toEqual([])
})

test("a file of a layer does not import its own layer's index", () => {
  const wrong = imports.filter(
    ({ from, to }) => layerOf(from) !== undefined && to === `${layerOf(from)}/index.ts`,
  )
  expect(wrong.map(show)).toEqual([])
})

test.each(Object.entries(owners))("%s is imported by %s alone", (name, owner) => {
  const wrong = imports.filter(
    ({ to, from, isType }) => !isType && (to === name || to.startsWith(`${name}/`)) && from !== owner,
  )
  expect(wrong.map(show)).toEqual([])
})

/** The rooms of `src` are its folders; the files of one are what a reader has to look through at once. */
const roomOf = (file: string): string => dirname(file)

/** Tables of kinds, a file for each group of them, may grow beyond what one looks through. */
const tablesOfKinds = ["ml/import/onnx/operators"]

test("a room has at most 16 files", () => {
  const counts = new Map<string, number>()
  for (const file of files) counts.set(roomOf(file), (counts.get(roomOf(file)) ?? 0) + 1)
  expect([...counts].filter(([room, count]) => count > 16 && !tablesOfKinds.includes(room))).toEqual([])
})

test("rooms beside each other do not use each other in a circle", () => {
  /** Which of the rooms in `parent` a file is in or below; undefined for files of `parent` itself and elsewhere. */
  const within = (parent: string, file: string): string | undefined => {
    const room = roomOf(file)
    if (parent !== "." && !room.startsWith(`${parent}/`)) return undefined
    return (parent === "." ? room : room.slice(parent.length + 1)).split("/")[0]
  }
  const parents = new Set(files.map((file) => dirname(roomOf(file))))
  for (const parent of parents) {
    const uses = new Map<string, Map<string, Import>>()
    for (const one of imports.filter((one) => !one.isType && isOurs(one))) {
      const [from, to] = [within(parent, one.from), within(parent, one.to)]
      if (from === undefined || to === undefined || from === to) continue
      uses.set(from, (uses.get(from) ?? new Map()).set(to, one))
    }
    const done = new Set<string>()
    const visit = (room: string, path: readonly Import[]): void => {
      const start = path.findIndex(({ from }) => within(parent, from) === room)
      if (start >= 0) throw new Error(path.slice(start).map(show).join(", "))
      if (done.has(room)) return
      for (const [next, one] of uses.get(room) ?? []) visit(next, [...path, one])
      done.add(room)
    }
    for (const room of uses.keys()) visit(room, [])
  }
})

test("no files import each other in a circle", () => {
  const next = new Map(
    files.map((file) => [file, imports.filter((one) => one.from === file && !one.isType && isOurs(one))]),
  )
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) throw new Error([...path.slice(path.indexOf(file)), file].join(" -> "))
    if (done.has(file)) return
    for (const { to } of next.get(file)!) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
})

describe("passes", () => {
  test("a pass has the name of its file", async () => {
    const { pipeline } = await import("../src/passes/index.ts")
    expect(pipeline.length).toBeGreaterThan(0)
    for (const pass of pipeline) {
      const camel = pass.name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
      const module: Record<string, unknown> = await import(join(source, `passes/${pass.name}.ts`))
      expect(module[camel], `passes/${pass.name}.ts exports ${camel}`).toBe(pass)
    }
  })
})
