import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type BrowserContext, chromium, type Page } from "playwright-core"
import { findProgram } from "../support/left-out.ts"

const program = findProgram("chromium")

/** Whether tests with a browser can run here. */
export const hasChromium = program !== undefined

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

/** A headless Chromium with a profile of its own, which `close` deletes. */
export const startChromium = async (): Promise<{
  readonly context: BrowserContext
  close(): Promise<void>
}> => {
  const profile = mkdtempSync(join(tmpdir(), "lutra-chromium-"))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program!,
    args: ARGUMENTS,
    viewport: { width: 360, height: 740 },
  })
  return {
    context,
    close: async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** A new page, and what its console complained of. */
export const openPage = async (
  context: BrowserContext,
  url: string,
): Promise<{ readonly page: Page; readonly complaints: string[] }> => {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`)
  })
  await page.goto(url)
  return { page, complaints }
}
