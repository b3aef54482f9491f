import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import type { Seen } from "../../demo/seen.ts"
import { type Demo, serveDemo } from "../../demo/serve-demo.ts"
import { hasChromium, openPage, startChromium } from "./chromium.ts"
import { compileMeans } from "./class-means.ts"

const LONG = { timeout: 180_000 }
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core")), "utf8")

describe.runIf(hasChromium)("the demo page, in use", () => {
  let demo: Demo
  let browser: Awaited<ReturnType<typeof startChromium>>
  let page: Page

  beforeAll(async () => {
    demo = await serveDemo({ models: { means: compileMeans() }, port: 0, host: "127.0.0.1" })
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })
  afterEach(async () => {
    await page.unrouteAll({ behavior: "ignoreErrors" })
    await page.close()
  })

  const open = async (): Promise<void> => {
    page = (await openPage(browser.context, demo.url)).page
  }
  const ready = () => page.getByText(/^ready:/).waitFor(LONG)
  const sample = (digit: number) => page.getByRole("button", { name: `a written ${digit}` })
  const read = () => page.getByRole("button", { name: "Encrypt and read" })
  const status = () => page.locator("#status").textContent()
  /** The requests to run the model since one, of the last that the demo remembers. */
  const seen = async (): Promise<Seen[]> => (await fetch(new URL("demo/seen", demo.url))).json()
  const runsSince = async ({ id: last }: Seen): Promise<number> =>
    (await seen()).filter(({ path, id }) => id > last && path.endsWith("/run")).length
  /** Holds back what the server is asked at a path until the function that it returns is called. */
  const hold = async (path: string): Promise<() => void> => {
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route(path, async (route) => {
      await released
      await route.continue().catch(() => {})
    })
    return release
  }
  const focused = () => page.evaluate(() => document.activeElement?.id)
  const complaintsOf = async (): Promise<string[]> => {
    await page.evaluate(AXE)
    return page.evaluate(async () => {
      type Result = { id: string; nodes: { html: string }[] }
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Result[] }> } }
      const { violations } = await axe.run()
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
    })
  }

  test.each([
    ["a phone", { width: 360, height: 740 }],
    ["a desk", { width: 1280, height: 900 }],
  ])("axe finds nothing on %s, in any state, light and dark", async (_, size) => {
    await open()
    await page.setViewportSize(size)
    const look = async (state: string): Promise<void> => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
        expect(await complaintsOf(), `${state}, ${colorScheme}`).toEqual([])
      }
    }
    await ready()
    await look("ready")
    await read().click()
    await look("nothing drawn")
    await sample(4).click()
    const release = await hold("**/run")
    await read().click()
    await page.getByText("the server computes").waitFor(LONG)
    await look("reading")
    release()
    await page.getByText(/^read as/).waitFor(LONG)
    await look("read")
    await page.unrouteAll()
    await page.route("**/run", (route) => route.abort())
    await read().click()
    await page.getByRole("button", { name: "Try again" }).waitFor(LONG)
    await look("failed")
    await page.getByRole("tab", { name: "What the server saw" }).click()
    await page.getByRole("heading", { name: "Ran the model" }).first().waitFor(LONG)
    await look("what the server saw")
  })

  test("the tabs are inside the page's main part", async () => {
    await open()
    expect(await page.getByRole("main").getByRole("tab").count()).toBe(2)
  })

  test("focus stays on the button while a digit is read, and goes to it from one that goes", async () => {
    await open()
    await ready()
    await sample(1).click()
    const release = await hold("**/run")
    await read().focus()
    await page.keyboard.press("Enter")
    await page.getByText("the server computes").waitFor(LONG)
    expect(await focused()).toBe("classify")
    expect(await read().getAttribute("aria-disabled")).toBe("true")
    // The same drawing is not read twice.
    const [last] = await seen()
    await page.keyboard.press("Enter")
    release()
    await page.getByText(/^done:/).waitFor(LONG)
    expect(await focused()).toBe("classify")
    expect(await read().getAttribute("aria-disabled")).toBe("false")
    expect(await runsSince(last!)).toBe(1)
    await page.unrouteAll()
    await page.route("**/run", (route) => route.abort())
    await page.keyboard.press("Enter")
    const retry = page.getByRole("button", { name: "Try again" })
    await retry.waitFor(LONG)
    await page.unrouteAll()
    await retry.focus()
    await page.keyboard.press("Enter")
    await page.getByText(/^done:/).waitFor(LONG)
    expect(await focused()).toBe("classify")
  })

  test("Clear takes away what was said and found, also what comes later", async () => {
    await open()
    await ready()
    await sample(2).click()
    await read().click()
    await page.getByText(/^done:/).waitFor(LONG)
    const clear = page.getByRole("button", { name: "Clear" })
    await clear.click()
    expect(await status()).toBe("")
    await read().click()
    await page.getByText("There is no digit yet").waitFor()
    await clear.click()
    expect(await page.getByRole("alert").isVisible()).toBe(false)
    await sample(2).click()
    const release = await hold("**/run")
    await read().click()
    await page.getByText("the server computes").waitFor(LONG)
    await clear.click()
    release()
    await page.locator("#progress").waitFor({ ...LONG, state: "hidden" })
    expect(await page.locator("#digit").textContent()).toContain("nothing read yet")
    expect(await status()).toBe("")
  })

  test("what is tapped while keys are made is done when they are there", async () => {
    await open()
    await ready()
    const release = await hold("**/v1/keys/*")
    await page.getByRole("button", { name: "Forget my keys" }).click()
    await page.getByText("sending evaluation keys").waitFor(LONG)
    await sample(5).click()
    await read().click()
    // What is drawn when the keys are there is what is read.
    await sample(7).click()
    await read().click()
    release()
    await page.getByText(/^read as 7$/).waitFor(LONG)
    await page.getByText(/^done:/).waitFor(LONG)
  })

  test("a drawing that changes while it is read can be read next, with one tap", async () => {
    await open()
    await ready()
    await sample(5).click()
    const release = await hold("**/run")
    await read().click()
    await page.getByText("the server computes").waitFor(LONG)
    await sample(7).click()
    await read().click()
    release()
    await page.getByText(/^read as 7$/).waitFor(LONG)
  })

  test("steps show that they are under way, and how many are done", async () => {
    await open()
    await ready()
    const release = await hold("**/v1/keys/*")
    await page.getByRole("button", { name: "Forget my keys" }).click()
    const upload = page.locator("tr[aria-current=step]")
    await page.getByText("sending evaluation keys").waitFor(LONG)
    expect(await upload.getAttribute("data-step")).toBe("upload")
    const time = upload.locator("td").last()
    const first = await time.textContent()
    expect(first).toMatch(/^[\d.]+ m?s…$/)
    await page.waitForFunction(
      (first) => document.querySelector("tr[aria-current=step] td:last-child")?.textContent !== first,
      first,
    )
    const bar = page.getByRole("progressbar")
    const value = Number(await bar.getAttribute("value"))
    expect(value).toBeGreaterThanOrEqual(1)
    expect(value).toBeLessThan(Number(await bar.getAttribute("max")))
    release()
    await ready()
    expect(await upload.count()).toBe(0)
    expect(await bar.isVisible()).toBe(false)
  })

  test("the server has loaded keys and weights before the first digit", async () => {
    await open()
    await ready()
    const [last] = await seen()
    await page.getByRole("button", { name: "Forget my keys" }).click()
    await page.getByText(/^making your keys/).waitFor(LONG)
    await ready()
    expect(await runsSince(last!)).toBe(1)
    // It is not taken for a digit that was read.
    expect(await page.locator("[data-step=computing] td").allTextContents()).toEqual(["", ""])
    expect(await page.locator("#digit").textContent()).toContain("nothing read yet")
  })
})
