import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { compile, enc, uint } from "../../src/index.ts"
import { createService, openStorage, type Service } from "../../src/serve/index.ts"
import { hasChromium, openPage, startChromium } from "../browser/chromium.ts"
import { freePort, installPage, type Running, runIn, serveFolder, startServer } from "./installed-page.ts"

/** Vite's command among the packages of a page. */
const vite = (folder: string): string => join(folder, "node_modules/.bin/vite")

/** Where each puts what it builds. */
const BUNDLERS = {
  "vite-5": "dist",
  "vite-8": "dist",
  webpack: "dist",
  esbuild: "dist",
  rollup: "dist",
  next: "out",
} as const

describe.runIf(hasChromium)("a page with the packed package", () => {
  const parent = mkdtempSync(join(tmpdir(), "lutra-bundlers-"))
  const archive = inject("archive")
  let service: Service
  let server: string
  let browser: Awaited<ReturnType<typeof startChromium>>
  let ports: { readonly built: number; readonly dev: number }

  /** The folders of pages that are installed and built, two at a time; each test waits for its own and says why there is none. */
  const pages = new Map<string, Promise<string>>()
  const prepare = async (name: string): Promise<string> => {
    const folder = await installPage(name, parent, archive)
    await runIn(folder, "npm", "run", "build")
    return folder
  }
  const prepareAll = (): void => {
    const lines: [Promise<unknown>, Promise<unknown>] = [Promise.resolve(), Promise.resolve()]
    // One line for the slow one, and one for all others.
    for (const name of Object.keys(BUNDLERS)) {
      const line = name === "next" ? 0 : 1
      const page = lines[line].then(() => prepare(name))
      lines[line] = page.catch(() => {}) // its test tells
      pages.set(name, page)
    }
  }

  beforeAll(async () => {
    prepareAll()
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
    await Promise.allSettled(pages.values())
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
    test("computes a score, with and without a worker", async () => {
      const folder = await pages.get(name)!
      await during(await serveFolder(join(folder, output), ports.built), async (running) => {
        expect(await shown(running)).toEqual(RIGHT)
      })
    })

    if (name.startsWith("vite"))
      test("as it is developed, too", async () => {
        const folder = await pages.get(name)!
        await during(await startServer(folder, vite(folder), ["--port", `${ports.dev}`]), async (running) => {
          expect(await shown(running)).toEqual(RIGHT)
        })
      })

    if (name === "vite-5")
      test("and without its setting says what is wrong and what helps", async () => {
        const folder = await pages.get(name)!
        writeFileSync(join(folder, "bare.config.js"), "export default {}\n")
        await during(
          await startServer(folder, vite(folder), ["--port", `${ports.dev}`, "--config", "bare.config.js"]),
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
