import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test, vi } from "vitest"
import { COST_MODELS, type Costs } from "../../src/backend/index.ts"
import { showCosts } from "../../src/cli/commands/calibrate.ts"
import { defaultCacheFile, thisMachine, writeCosts } from "../../src/runtime/calibrate/calibration-cache.ts"
import { lutraIn, printed, refused } from "./support.ts"

const lutra = lutraIn({})
const caches = mkdtempSync(join(tmpdir(), "lutra-caches-"))
vi.stubEnv("XDG_CACHE_HOME", caches)
afterAll(() => rmSync(caches, { recursive: true }))

const costs: Costs = { ...COST_MODELS, bfv: { ...COST_MODELS.bfv, multiply: 3e-3 } }

test("measured constants stand beside the shipped ones", () => {
  const lines = showCosts(costs).split("\n")
  expect(lines[0]).toMatch(/^ns +BFV +shipped +ratio +BGV +shipped +ratio$/)
  expect(lines).toHaveLength(2 + Object.keys(COST_MODELS.bfv).length)
  const shipped = Math.round(COST_MODELS.bfv.multiply * 1e6)
  expect(lines.find((line) => line.startsWith("multiply "))).toMatch(
    new RegExp(`^multiply +3000 +${shipped} +${(3000 / shipped).toFixed(2)}x `),
  )
  expect(
    lines
      .find((line) => line.startsWith("transform "))
      ?.trim()
      .split(/ +/),
  ).toHaveLength(4)
})

test("lutra calibrate prints what is known of this machine", async () => {
  const machine = thisMachine()
  await writeCosts(defaultCacheFile(machine), machine, costs)
  expect(await lutra(["calibrate"])).toEqual(printed(showCosts(costs)))
})

test("lutra calibrate takes no arguments", async () => {
  expect(await lutra(["calibrate", "x"])).toEqual(
    refused("too many arguments for 'calibrate'. Expected 0 arguments but got 1."),
  )
})
