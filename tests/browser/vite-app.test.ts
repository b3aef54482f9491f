import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer as createNetServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build, createServer, preview } from "vite"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { buildPackage } from "../../scripts/build.ts"
import { blocksOf, root } from "../../scripts/markdown.ts"
import { compile, enc, uint } from "../../src/index.ts"
import { createService, openStorage, type Service } from "../../src/serve/index.ts"
import { hasChromium, openPage, startChromium } from "./chromium.ts"

describe.runIf(hasChromium)("the page of docs/browser.md, with the package installed", () => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-vite-"))
  let service: Service
  let browser: Awaited<ReturnType<typeof startChromium>>
  let ports: { readonly dev: number; readonly built: number }

  beforeAll(async () => {
    const installed = join(folder, "node_modules/lutra")
    await buildPackage(join(installed, "dist"), { types: false }) // which have been checked before
    cpSync(join(root, "package.json"), join(installed, "package.json"))
    ports = { dev: await freePort(), built: await freePort() }
    const score = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.mul([1, -2, 3, 1]).sum(), { name: "score" })
    mkdirSync(join(folder, "keys"))
    service = await createService({
      models: [score],
      storage: await openStorage(join(folder, "keys"), {}),
      origins: [`http://localhost:${ports.dev}`, `http://localhost:${ports.built}`],
      workers: 1,
    })
    const url = await service.listen({ port: 0 })
    const source = (language: string) =>
      blocksOf("docs/browser.md").find((block) => block.language === language)!.text
    const script = source("js")
    expect(script).toContain("http://localhost:8080")
    writeFileSync(join(folder, "index.html"), source("html"))
    writeFileSync(join(folder, "main.js"), script.replace("http://localhost:8080", url))
    writeFileSync(join(folder, "package.json"), '{ "name": "page", "type": "module" }')
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop(1)
    rmSync(folder, { recursive: true, force: true })
  })

  const use = async (port: number): Promise<void> => {
    const { page, complaints } = await openPage(browser.context, `http://localhost:${port}/`)
    const output = page.locator("output")
    await page.getByText("ready", { exact: true }).waitFor({ timeout: 120_000 })
    await page.getByRole("button").click()
    await page.getByText("score 10").waitFor({ timeout: 60_000 })
    await page.getByRole("textbox").fill("15 0 0 0")
    await page.getByRole("button").click()
    await page.getByText("score 15").waitFor({ timeout: 60_000 })
    expect(await output.textContent()).toBe("score 15")
    expect(complaints.filter((text) => !text.includes("favicon"))).toEqual([])
    await page.close()
  }
  // Nothing is configured but what a test needs: where the page is, a free port, and silence.
  const config = { root: folder, configFile: false, logLevel: "silent" } as const

  test("works as Vite develops it", async () => {
    const server = await createServer({ ...config, server: { port: ports.dev, strictPort: true } })
    try {
      await server.listen()
      await use(ports.dev)
    } finally {
      await server.close()
    }
  })

  test("works as Vite builds it", async () => {
    await build(config)
    const server = await preview({ ...config, preview: { port: ports.built, strictPort: true } })
    try {
      await use(ports.built)
    } finally {
      server.httpServer.close()
    }
  })
})

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createNetServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" ? address!.port : 0))
    })
  })
