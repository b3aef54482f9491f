import type { Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { demoModels } from "../../demo/models.ts"
import type { Seen } from "../../demo/seen.ts"
import { type Demo, serveDemo } from "../../demo/serve-demo.ts"
import { hasChromium, openPage, startChromium } from "./chromium.ts"
import { compileMeans } from "./class-means.ts"
import { drawnDigit } from "./drawn-digits.ts"

const LONG = { timeout: 180_000 }

describe.runIf(hasChromium)("the demo page", () => {
  let demo: Demo
  let browser: Awaited<ReturnType<typeof startChromium>>
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    const [small, accurate] = await Promise.all([demoModels["small"]!(), demoModels["accurate"]!()])
    const models = { means: compileMeans(), small, accurate }
    demo = await serveDemo({ models, port: 0, host: "127.0.0.1" })
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  const open = async (): Promise<void> => {
    const opened = await openPage(browser.context, demo.url)
    page = opened.page
    complaints = opened.complaints
  }
  const openReady = async (): Promise<void> => {
    await open()
    await page.getByText(/^ready:/).waitFor(LONG)
  }
  afterEach(async () => {
    await page?.close()
  })

  const draw = async (digit: number): Promise<void> => {
    const pad = page.locator("#pad")
    await pad.evaluate((element) => element.scrollIntoView({ block: "center" }))
    const box = (await pad.boundingBox())!
    for (const stroke of drawnDigit(digit)) {
      for (const [i, { x, y }] of stroke.entries()) {
        await page.mouse.move(box.x + box.width * (0.2 + x / 180), box.y + box.height * (0.1 + y / 180), {
          steps: 3,
        })
        if (i === 0) await page.mouse.down()
      }
      await page.mouse.up()
    }
  }
  const read = () => page.getByRole("button", { name: "Encrypt and read" })
  const answer = async (): Promise<string> => {
    await page.getByText(/^read as \d$/).waitFor(LONG)
    return (await page.locator("#digit .big").textContent())!
  }
  /** The cells of a step: what was sent, and how long it took. */
  const step = (name: string) => page.locator(`[data-step=${name}] td`).allTextContents()
  const seen = async (): Promise<Seen[]> => (await fetch(new URL("demo/seen", demo.url))).json()
  /** How often keys were sent since a request. */
  const uploadsSince = async (last: Seen): Promise<number> =>
    (await seen()).filter(({ method, id }) => method === "PUT" && id > last.id).length

  test("reads digits that are drawn, on ciphertexts, and says what was sent and how long it took", async () => {
    await openReady()
    for (const digit of [0, 2, 3]) {
      await draw(digit)
      await read().click()
      expect(await answer()).toBe(String(digit))
      await page.getByRole("button", { name: "Clear" }).click()
      expect(await page.locator("#digit").textContent()).toContain("nothing read yet")
    }
    expect((await step("upload"))[0]).toMatch(/^[\d.]+ [kM]B$/)
    expect((await step("encrypt"))[0]).toMatch(/^[\d.]+ kB$/)
    for (const name of ["keys", "upload", "encrypt", "computing", "transfer", "decrypt"]) {
      expect((await step(name))[1], name).toMatch(/^[\d.]+ m?s$/)
    }
    expect(await page.locator("#hex").textContent()).toMatch(/^([0-9a-f]{2} ){95}[0-9a-f]{2}$/)
    expect(await page.locator("#scores li").allTextContents()).toHaveLength(10)
    expect(complaints).toEqual([])
  })

  test("works with the keyboard alone, on samples that somebody wrote", async () => {
    await openReady()
    const press = async (key: string, times = 1): Promise<void> => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key)
    }
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id)
    await press("Tab")
    expect(await focused()).toBe("tab-draw")
    await press("Tab")
    expect(await focused()).toBe("model")
    await press("Tab", 7)
    expect(await focused()).toBe("a written 6")
    await press("Enter")
    await press("Tab", 4)
    expect(await focused()).toBe("classify")
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe("solid")
    await press("Enter")
    expect(await answer()).toBe("6")
  })

  test("the server's own record has sizes and noise, and nothing of the digit", async () => {
    await openReady()
    for (const name of ["a written 4", "a written 0"]) {
      await page.getByRole("button", { name }).click()
      await read().click()
      await answer()
    }
    await page.getByRole("tab", { name: "What the server saw" }).click()
    await page.getByRole("heading", { name: "Ran the model on a ciphertext" }).first().waitFor()
    const [last, before] = (await seen()).filter(({ path }) => path.endsWith("/run"))
    await page.getByText(`SHA-256 ${last!.hash}`).waitFor()
    expect(last!.bytesIn).toBe(before!.bytesIn)
    const bytes = Buffer.from(last!.glimpse, "base64")
    expect(bytes).toHaveLength(4096)
    expect(entropy(bytes)).toBeGreaterThan(7.9)
    expect(Object.keys(last!).sort()).toEqual(
      [
        "bytesIn",
        "bytesOut",
        "glimpse",
        "hash",
        "id",
        "method",
        "milliseconds",
        "path",
        "status",
        "time",
      ].sort(),
    )
    await page.keyboard.press("ArrowLeft")
    expect(await page.locator("#panel-draw").isVisible()).toBe(true)
    expect(await page.locator("#panel-seen").isVisible()).toBe(false)
  })

  test("never sends the secret key that lies in IndexedDB", async () => {
    await openReady()
    await page.evaluate(() => {
      const bodies: Blob[] = []
      const { fetch } = globalThis
      Object.assign(globalThis, {
        bodies,
        fetch: (input: string | URL, init?: RequestInit) => {
          if (init?.body !== undefined) bodies.push(init.body as Blob)
          return fetch(input, init)
        },
      })
    })
    await page.getByRole("button", { name: "Forget my keys" }).click()
    await page.getByText(/^making your keys/).waitFor(LONG)
    await page.getByText(/^ready:/).waitFor(LONG)
    await page.getByRole("button", { name: "a written 4" }).click()
    await read().click()
    await answer()
    const secret = Buffer.from(await page.evaluate(storedSecret))
    const inside = secret.subarray(200, 232)
    expect(new Set(inside).size).toBeGreaterThan(8)
    const sent = await page.evaluate(async () => {
      const { bodies } = globalThis as unknown as { bodies: Blob[] }
      return Promise.all(bodies.map(async (body) => [...new Uint8Array(await body.arrayBuffer())]))
    })
    // The evaluation keys, the request that the page begins with, and that of the digit.
    expect(sent).toHaveLength(3)
    for (const body of sent) {
      expect(body.length).toBeGreaterThan(10_000)
      expect(Buffer.from(body).includes(inside)).toBe(false)
    }
  })

  test("takes up the keys of the last visit, and makes new ones when they are forgotten", async () => {
    await openReady()
    const [last] = await seen()
    await page.reload()
    await page.getByText(/^ready:/).waitFor(LONG)
    expect(await uploadsSince(last!)).toBe(0)
    expect((await step("upload"))[0]).toBe("there already")
    await page.getByRole("button", { name: "Forget my keys" }).click()
    await page.getByText(/^making your keys/).waitFor(LONG)
    await page.getByText(/^ready:/).waitFor(LONG)
    expect(await uploadsSince(last!)).toBe(1)
  })

  test("stays responsive while the keys of another model are made, and that model reads too", async () => {
    await openReady()
    await page.evaluate(() => {
      const state = { last: performance.now(), gap: 0, ticks: 0 }
      Object.assign(globalThis, { state })
      setInterval(() => {
        const now = performance.now()
        state.gap = Math.max(state.gap, now - state.last)
        state.last = now
        state.ticks++
      }, 10)
    })
    const began = performance.now()
    await page.getByLabel("Model").selectOption("accurate")
    // Making keys takes seconds; what is said of their upload may pass too quickly to be seen.
    await page.getByText(/^ready:/).waitFor({ ...LONG, state: "hidden" })
    await page.getByText(/^ready:/).waitFor(LONG)
    const made = performance.now() - began
    const { gap, ticks } = await page.evaluate(
      () => (globalThis as unknown as { state: { gap: number; ticks: number } }).state,
    )
    expect(ticks).toBeGreaterThan(20)
    // On the page's own thread nearly all of the time is in a few gaps.
    expect(gap).toBeLessThan(made / 8)
    await draw(2)
    await read().click()
    expect(await answer()).toBe("2")
  })

  test("reads a digit with the small model, whose rows are real numbers", async () => {
    await openReady()
    await page.getByLabel("Model").selectOption("small")
    await draw(3)
    await read().click()
    expect(await answer()).toBe("3")
  })

  describe("says what is wrong, and goes on", () => {
    const problem = () => page.getByRole("alert")

    test("when nothing is drawn", async () => {
      await openReady()
      await read().click()
      await problem().getByText("There is no digit yet").waitFor()
      expect(await page.getByRole("button", { name: "Try again" }).isVisible()).toBe(false)
      await draw(3)
      await problem().waitFor({ state: "hidden" })
    })

    test("when the server is away, and then is back", async () => {
      await openReady()
      await page.route("**/run", (route) => route.abort())
      await draw(3)
      await read().click()
      await problem().getByText("The server cannot be reached").waitFor(LONG)
      await page.unroute("**/run")
      await page.getByRole("button", { name: "Try again" }).click()
      expect(await answer()).toBe("3")
      expect(await problem().isVisible()).toBe(false)
    })

    test("when the server is away from the start", async () => {
      await browser.context.route("**/v1/models", (route) => route.abort())
      await open()
      await problem().getByText("The server cannot be reached").waitFor(LONG)
      await browser.context.unroute("**/v1/models")
      await page.getByRole("button", { name: "Try again" }).click()
      await page.getByText(/^ready:/).waitFor(LONG)
    })

    test("when the server is busy", async () => {
      await openReady()
      await page.route("**/run", (route) =>
        route.fulfill({
          status: 429,
          headers: { "retry-after": "4" },
          json: { error: { code: "busy", message: "64 requests are waiting already" } },
        }),
      )
      await draw(3)
      await read().click()
      await problem().getByText("The server is busy").waitFor(LONG)
    })

    test("when the keys have expired, by sending them again", async () => {
      await openReady()
      const [last] = await seen()
      // The page has just asked whether the server has them.
      const { path } = (await seen()).find(({ path }) => path.startsWith("/v1/keys/"))!
      expect((await fetch(new URL(path, demo.url), { method: "DELETE" })).status).toBe(204)
      await draw(3)
      await read().click()
      expect(await answer()).toBe("3")
      expect(await uploadsSince(last!)).toBe(1)
    })
  })

  test("fits a screen of 360 pixels, light and dark, with text that stands out", async () => {
    await openReady()
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      const colours = await page.evaluate(() => {
        const style = getComputedStyle(document.documentElement)
        const context = document.createElement("canvas").getContext("2d")!
        const inDigits = (colour: string): string => Object.assign(context, { fillStyle: colour }).fillStyle
        return Object.fromEntries(
          ["paper", "card", "ink", "soft", "accent", "on-accent", "bad", "bad-paper"].map((name) => [
            name,
            inDigits(style.getPropertyValue(`--${name}`).trim()),
          ]),
        )
      })
      const pairs = [
        ["ink", "paper"],
        ["soft", "paper"],
        ["soft", "card"],
        ["accent", "card"],
        ["on-accent", "accent"],
        ["bad", "bad-paper"],
      ] as const
      for (const [text, ground] of pairs) {
        expect(
          contrast(colours[text]!, colours[ground]!),
          `${text} on ${ground}, ${colorScheme}`,
        ).toBeGreaterThan(4.5)
      }
    }
  })
})

/** Runs in the page: the bytes of the first secret key that it has stored. */
const storedSecret = (): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open("lutra-demo")
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const request = opening.result.transaction("keys").objectStore("keys").getAll()
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        opening.result.close()
        const entries: { secretKey: Uint8Array; evaluationKeys?: string }[] = request.result
        resolve([...entries[0]!.secretKey])
      }
    }
  })

/** Bits of a byte, from how often each value occurs. */
const entropy = (bytes: Uint8Array): number => {
  const counts = new Map<number, number>()
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1)
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / bytes.length) * Math.log2(count / bytes.length),
    0,
  )
}

/** The contrast ratio of WCAG 2 of two colours `#rrggbb`. */
const contrast = (one: string, other: string): number => {
  const luminance = (colour: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
  }
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}
