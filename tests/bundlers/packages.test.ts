import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "vite"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { root } from "../../scripts/markdown.ts"
import { compile, enc, uint } from "../../src/index.ts"
import { createService, openStorage, type Service } from "../../src/serve/index.ts"
import { hasChromium, openPage, startChromium } from "../browser/chromium.ts"
import { freePort, INSTALL, runIn, serveFolder } from "./installed-page.ts"

/** The names of the packages that npm has installed in a folder, scopes included. */
const installedIn = (folder: string): string[] =>
  Object.keys(
    (
      JSON.parse(readFileSync(join(folder, "node_modules/.package-lock.json"), "utf8")) as {
        readonly packages: object
      }
    ).packages,
  ).map((path) => path.replace(/^.*node_modules\//, ""))

const emptyProject = async (parent: string, name: string, archive: string): Promise<string> => {
  const folder = join(parent, name)
  mkdirSync(folder)
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ name, private: true, type: "module" })}\n`)
  await runIn(folder, "npm", "install", ...INSTALL, archive)
  return folder
}

/** What a program prints in a folder. */
const printed = (folder: string, text: string): Promise<string> => {
  writeFileSync(join(folder, "main.js"), text)
  return runIn(folder, process.execPath, "main.js")
}

/** Types are checked in all declarations, the packages' own and those that they name. */
const checkTypes = (folder: string, text: string, lib: string): Promise<string> => {
  writeFileSync(join(folder, "main.ts"), text)
  const options = ["--strict", "--noEmit", "--target", "es2023", "--lib", lib]
  const modules = ["--module", "esnext", "--moduleResolution", "bundler"]
  return runIn(
    folder,
    process.execPath,
    join(root, "node_modules/typescript/bin/tsc"),
    ...options,
    ...modules,
    "main.ts",
  )
}

const parent = mkdtempSync(join(tmpdir(), "lutra-packages-"))
afterAll(() => rmSync(parent, { recursive: true, force: true }))

describe("lutra, installed in an empty project", () => {
  let folder: string
  beforeAll(async () => {
    folder = await emptyProject(parent, "whole", inject("archive"))
  })

  test("brings few packages, and none that only a server needs", () => {
    const names = installedIn(folder)
    expect(names).toContain("node-seal")
    expect(names.length).toBeLessThan(30)
    const optional = ["fastify", "@fastify/cors", "prom-client", "aws4fetch", "bullmq", "ioredis"]
    expect(names.filter((name) => optional.includes(name))).toEqual([])
  })

  test("compiles and runs, in threads, too, and names the user's line in an error", async () => {
    const text = `import { compile, enc, uint } from "lutra"
const program = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.mul([1, -2, 3, 1]).sum())
const client = await program.client()
const server = await program.server(client.evaluationKeys(), { threads: 2 })
console.log(client.decrypt(await server.run(client.encrypt({ x: [1, 2, 3, 4] }))))
try {
  compile({ x: enc(uint(4), [4]) }, ({ x }) => x.matmul([[1]]))
} catch (error) {
  console.log(error.message)
}
process.exit()
`
    const lines = (await printed(folder, text)).split("\n")
    expect(lines[0]).toBe("10")
    expect(lines.join("\n")).toContain("main.js:7:")
  })

  test("names what is to be installed for a server, a storage in S3 and a queue", async () => {
    const text = `import { compile, enc, uint } from "lutra"
import { createService, openStorage, RedisEvaluator } from "lutra/serve"
const tell = (error) => console.log(error.name, error.message)
const program = compile({ x: enc(uint(4)) }, ({ x }) => x)
const storage = await openStorage("keys", {})
await createService({ models: [program], storage }).catch(tell)
const aws = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_ENDPOINT_URL: "http://127.0.0.1:9" }
await openStorage("s3://bucket/folder", aws).then((s3) => s3.read("a")).catch(tell)
const parts = { models: new Map(), storage, queue: "redis://127.0.0.1:9", maxWaiting: 1, onError: tell }
await RedisEvaluator.connect(parts).catch(tell)
`
    expect(await printed(folder, text)).toBe(
      `RuntimeError a server needs the packages fastify, @fastify/cors and prom-client, which are not installed
npm install fastify @fastify/cors prom-client
RuntimeError a storage in S3 needs the package aws4fetch, which is not installed
npm install aws4fetch
RuntimeError a queue needs the packages bullmq and ioredis, which are not installed
npm install bullmq ioredis
`,
    )
  })

  test("has types that hold without those of its own parts", async () => {
    const text = `import { compile, enc, uint } from "lutra"
import { importModel } from "lutra/ml"
import * as np from "lutra/numpy"
import { Server } from "lutra/server"
export const score = compile({ x: enc(uint(4), [4]) }, ({ x }) => np.sub(10, x))
export const parts = [importModel, Server]
`
    await checkTypes(folder, text, "es2023,esnext.disposable,dom")
  })
})

describe("lutra-client, installed in an empty project", () => {
  let folder: string
  let service: Service
  let server: string
  let port: number
  beforeAll(async () => {
    folder = await emptyProject(parent, "page", inject("clientArchive"))
    port = await freePort()
    const score = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.mul([1, -2, 3, 1]).sum(), { name: "score" })
    mkdirSync(join(parent, "keys"))
    service = await createService({
      models: [score],
      storage: await openStorage(join(parent, "keys"), {}),
      origins: [`http://localhost:${port}`],
      workers: 1,
    })
    server = await service.listen({ port: 0 })
  })
  afterAll(() => service?.stop(1))

  test("brings node-seal and nothing else", () => {
    expect(installedIn(folder)).toEqual(["lutra-client", "node-seal"])
  })

  test("has no file that it does not use", () => {
    const files = readdirSync(join(folder, "node_modules/lutra-client/dist"))
    expect(
      files.filter((name) => /^(compile|ml|serve|lutra|server|index)\b/.test(name) && name.endsWith(".js")),
    ).toEqual([])
  })

  test("asks a server from Node", async () => {
    const text = `import { connect } from "lutra-client"
const connection = await connect("${server}", { model: "score" })
console.log(await connection.run({ x: [1, 2, 3, 4] }))
await connection.dispose()
`
    expect(await printed(folder, text)).toBe("10\n")
  })

  test("has types that hold", async () => {
    const text = `import { connect } from "lutra-client"\nexport const open = (url: string) => connect(url)\n`
    await checkTypes(folder, text, "es2023,esnext.disposable,dom")
  })

  test.runIf(hasChromium)("computes in a page, with and without a worker", async () => {
    cpSync(join(import.meta.dirname, "esbuild/index.html"), join(folder, "index.html"))
    const score = readFileSync(join(import.meta.dirname, "score.js"), "utf8")
    expect(score).toContain('"lutra/client"')
    writeFileSync(join(folder, "score.js"), score.replace('"lutra/client"', '"lutra-client"'))
    writeFileSync(join(folder, "main.js"), 'import { showScore } from "./score.js"\nshowScore()\n')
    await build({ root: folder, configFile: false, logLevel: "silent" })
    const page = await serveFolder(join(folder, "dist"), port)
    const browser = await startChromium()
    try {
      for (const query of ["", "&worker"]) {
        const opened = await openPage(browser.context, `${page.url}?server=${server}${query}`)
        const output = opened.page.locator("output")
        await output.filter({ hasText: /./ }).waitFor({ timeout: 120_000 })
        expect(await output.textContent()).toBe("score 10")
      }
    } finally {
      await browser.close()
      await page.stop()
    }
  })
})
