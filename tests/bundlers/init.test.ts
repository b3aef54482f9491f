import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { hasChromium, openPage, startChromium } from "../browser/chromium.ts"
import { freePort, INSTALL, runIn, serveFolder, startServer } from "./installed-page.ts"

describe("a project that the installed lutra init writes", () => {
  const parent = mkdtempSync(join(tmpdir(), "lutra-init-"))
  const project = join(parent, "risk")
  afterAll(() => rmSync(parent, { recursive: true, force: true }))

  beforeAll(async () => {
    await runIn(parent, "npm", "init", "--yes")
    await runIn(parent, "npm", "install", ...INSTALL, inject("archive"))
    await runIn(parent, "npx", "--no", "lutra", "init", "risk")
    await runIn(project, "npm", "install", ...INSTALL)
  })

  test("passes its own tests, which compare encrypted with clear", async () => {
    expect(await runIn(project, "npm", "test")).toMatch(/pass 2\n.*fail 0\n/s)
  })

  test("has the types that it says", async () => {
    await runIn(project, "npm", "run", "check")
  })

  test.runIf(hasChromium)("has a page that shows what its server computed", async () => {
    const ports = { server: await freePort(), page: await freePort() }
    const server = `http://127.0.0.1:${ports.server}`
    await runIn(project, "env", `VITE_SERVER=${server}`, "npm", "run", "build")
    const served = await startServer(project, process.execPath, ["server.ts"], {
      PORT: `${ports.server}`,
      PAGE: `http://localhost:${ports.page}`,
    })
    const page = await serveFolder(join(project, "dist"), ports.page)
    const browser = await startChromium()
    try {
      const opened = await openPage(browser.context, page.url)
      const output = opened.page.locator("output")
      await output.filter({ hasText: "ready" }).waitFor({ timeout: 120_000 })
      await opened.page.getByRole("button").click()
      await output.filter({ hasText: "points" }).waitFor({ timeout: 120_000 })
      expect(await output.textContent()).toBe("8 points: the risk is high") // 4 + 3 + 1 for answers 1 0 1 1
      expect(opened.complaints).toEqual([])
    } finally {
      await browser.close()
      await page.stop()
      await served.stop()
    }
  })
})
