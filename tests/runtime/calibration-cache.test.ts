import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, describe, expect, test, vi } from "vitest"
import packageLock from "../../package-lock.json" with { type: "json" }
import { COST_MODELS, type Costs, isCosts } from "../../src/backend/index.ts"
import { calibrate } from "../../src/runtime/calibrate/calibrate.ts"
import {
  defaultCacheFile,
  type Machine,
  readCosts,
  thisMachine,
  writeCosts,
} from "../../src/runtime/calibrate/calibration-cache.ts"

const folder = mkdtempSync(join(tmpdir(), "lutra-cache-"))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const machine: Machine = { cpu: "Z80 (rev. 2)", architecture: "z80", node: "v99.0.0", seal: "7.0.0" }
const costs: Costs = { ...COST_MODELS, bfv: { ...COST_MODELS.bfv, multiply: 0.125 } }

describe("the file of measured costs", () => {
  test("gives back what was written, in a folder that it makes", async () => {
    const file = join(folder, "deep/down/costs.json")
    await writeCosts(file, machine, costs)
    expect(await readCosts(file, machine)).toEqual(costs)
    await writeCosts(file, machine, COST_MODELS)
    expect(await readCosts(file, machine)).toEqual(COST_MODELS)
    expect(readdirSync(join(folder, "deep/down"))).toEqual(["costs.json"])
  })

  test("is of no use to another machine or version", async () => {
    const file = join(folder, "other.json")
    await writeCosts(file, machine, costs)
    for (const [name, value] of Object.entries({
      cpu: "Z81",
      architecture: "arm",
      node: "v99.0.1",
      seal: "8",
    })) {
      expect(await readCosts(file, { ...machine, [name]: value })).toBeUndefined()
    }
  })

  test("is as if there were none when it is missing or damaged", async () => {
    const file = join(folder, "damaged.json")
    expect(await readCosts(file, machine)).toBeUndefined()
    await writeCosts(file, machine, costs)
    const text = readFileSync(file, "utf8")
    const damages = [
      text.slice(0, -20),
      "",
      "null",
      "[1]",
      text.replace("0.125", '"0.125"'),
      text.replace("0.125", "-1"),
      text.replace("0.125", "0"),
      text.replace("0.125", "1e999"),
      text.replace('"multiply"', '"multiplied"'),
      text.replace('"format": 1', '"format": 0'),
    ]
    for (const damage of damages) {
      expect(damage).not.toBe(text)
      writeFileSync(file, damage)
      expect(await readCosts(file, machine), damage).toBeUndefined()
    }
  })

  test("leaves nothing behind when it cannot be written", async () => {
    await expect(writeCosts(folder, machine, costs)).rejects.toThrow()
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(folder.split("/").at(-1)!))).toHaveLength(1)
  })
})

test("the name of the file tells machines and versions apart and is in the user's cache folder", () => {
  vi.stubEnv("XDG_CACHE_HOME", "/caches")
  expect(defaultCacheFile(machine)).toBe("/caches/lutra/costs-z80-rev.-2-z80-node-v99.0.0-seal-7.0.0.json")
  vi.stubEnv("XDG_CACHE_HOME", "relative")
  expect(defaultCacheFile(machine)).toBe(
    join(homedir(), ".cache/lutra/costs-z80-rev.-2-z80-node-v99.0.0-seal-7.0.0.json"),
  )
})

test("this machine knows the versions of Node and SEAL", () => {
  expect(thisMachine()).toMatchObject({
    node: process.version,
    seal: packageLock.packages["node_modules/node-seal"].version,
  })
})

test("a machine that was measured is not measured again", async () => {
  const cacheFile = join(folder, "mine.json")
  await writeCosts(cacheFile, thisMachine(), costs)
  const onProgress = vi.fn()
  expect(await calibrate({ cacheFile, onProgress })).toEqual(costs)
  expect(onProgress).not.toHaveBeenCalled()
})

test("the shipped costs are costs, and what lacks one is not", () => {
  expect(isCosts(COST_MODELS)).toBe(true)
  expect(isCosts({ bfv: COST_MODELS.bfv })).toBe(false)
  const { add: _, ...rest } = COST_MODELS.bgv
  expect(isCosts({ ...COST_MODELS, bgv: rest })).toBe(false)
  expect(isCosts({ ...COST_MODELS, bgv: { ...rest, add: Number.NaN } })).toBe(false)
})
