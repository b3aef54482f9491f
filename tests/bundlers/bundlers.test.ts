import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { compile, enc, uint } from "../../src/index.ts"
import { createService, openStorage, type Service } from "../../src/serve/index.ts"
import { hasChromium, openPage, startChromium } from "../browser/chromium.ts"
import {
  freePort,
  installPage,
  packLutra,
  type Running,
  runIn,
  serveFolder,
  startServer,
} from "./installed-page.ts"

/** Where each puts what it builds. */
const BUNDLERS = {
  "vite-5": "dist",
  "vite-8": "dist",
  webpack: "dist",
  next: "out",
  esbuild: "dist",
  rollup: "dist",
} as const

describe.runIf(hasChromium)("a page with the packed package", () => {
  const parent = mkdtempSync(join(tmpdir(), "lutra-bundlers-"))
  let archive: string
  let service: Service
  let server: string
  let browser: Awaited<ReturnType<typeof startChromium>>
  let ports: { readonly built: number; readonly dev: number }

  beforeAll(async () => {
    archive = await packLutra(parent)
    ports = { built: await freePort(), dev: await freePort() }
    const score = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.mul([1, -2, 3, 1]).sum(), { name: "score" })
    mkdirSync(join(parent, "keys"))
    service = await createService({
      models: [score],
      storage: await openStorage(join(parent, "keys"), {}),
      origins: [`http://localhost:${ports.built}`, `http://localhost:${ports.dev}`],
      workers: 1,
    })
    server = await service.listen({ port: 0 })
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop(1)
    rmSync(parent, { recursive: true, force: true })
  })

  /** What the page shows in the end, with and without a worker. */
  const shown = async (running: Running): Promise<{ readonly page: string; readonly worker: string }> => {
    const show = async (query: string): Promise<string> => {
      const { page } = await openPage(browser.context, `${running.url}?server=${server}${query}`)
      const output = page.locator("output")
      await output.filter({ hasText: /./ }).waitFor({ timeout: 120_000 })
      const text = await output.textContent()
      await page.close()
      return text!
    }
    return { page: await show(""), worker: await show("&worker") }
  }

  const RIGHT = { page: "score 10", worker: "score 10" }

  /** Runs with a server, which is stopped after it. */
  const during = async (running: Running, check: (running: Running) => Promise<void>): Promise<void> => {
    try {
      await check(running)
    } finally {
      await running.stop()
    }
  }

  describe.each(Object.entries(BUNDLERS))("built by %s", (name, output) => {
    let installed: Promise<string> | undefined
    /** Each test says so when it cannot be installed. */
    const install = (): Promise<string> => {
      installed ??= installPage(name, parent, archive)
      return installed
    }

    test("computes a score, with and without a worker", async () => {
      const folder = await install()
      await runIn(folder, "npm", "run", "build")
      await during(await serveFolder(join(folder, output), ports.built), async (running) => {
        expect(await shown(running)).toEqual(RIGHT)
      })
    })

    if (name.startsWith("vite"))
      test("as it is developed, too", async () => {
        const folder = await install()
        await during(await startServer(folder, "vite", "--port", `${ports.dev}`), async (running) => {
          expect(await shown(running)).toEqual(RIGHT)
        })
      })

    if (name === "vite-5")
      test("and without its setting says what is wrong and what helps", async () => {
        const folder = await install()
        writeFileSync(join(folder, "bare.config.js"), "export default {}\n")
        await during(
          await startServer(folder, "vite", "--port", `${ports.dev}`, "--config", "bare.config.js"),
          async (running) => {
            const { page, worker } = await shown(running)
            expect(page).toMatch(
              /^failed: the server answered HTML where seal\.wasm was asked at http:.*seal\.wasm/,
            )
            expect(page).toContain('set optimizeDeps: { exclude: ["lutra"] }')
            expect(worker).toMatch(/^failed: the script of the worker that holds the keys cannot be loaded/)
          },
        )
      })
  })

  test("needs no bundler", async () => {
    const folder = join(parent, "plain")
    const page = join(import.meta.dirname, "esbuild/index.html")
    cpSync(page, join(folder, "index.html"))
    await runIn(folder, "tar", "xzf", archive, "--strip-components", "2", "package/dist/browser")
    cpSync(join(import.meta.dirname, "score.js"), join(folder, "score.js"))
    writeFileSync(join(folder, "main.js"), 'import { showScore } from "./score.js"\nshowScore()\n')
    const map = { imports: { "lutra/client": "./browser/client.js" } }
    const html = `<script type="importmap">${JSON.stringify(map)}</script>`
    writeFileSync(
      join(folder, "index.html"),
      `<!doctype html>${html}<output></output><script type="module" src="main.js"></script>`,
    )
    await during(await serveFolder(folder, ports.built), async (running) => {
      expect(await shown(running)).toEqual(RIGHT)
    })
  })
})
