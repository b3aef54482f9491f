import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { type CostModel, calibrate, compile, enc, type Tensor, uint } from "../../src/index.ts"
import { fitCosts } from "../../src/runtime/calibrate/fit-costs.ts"
import { timeOperations } from "../../src/runtime/calibrate/time-operations.ts"

const folder = mkdtempSync(join(tmpdir(), "lutra-calibrate-"))
afterAll(() => rmSync(folder, { recursive: true }))

const expectTimes = (model: CostModel, without: readonly string[]): void => {
  for (const [name, ms] of Object.entries(model)) {
    if (without.includes(name)) expect(ms, name).toBe(0)
    else expect(ms > 0 && ms < 1, `${name} is ${ms} ms`).toBe(true)
  }
}

test("a single round on real SEAL gives every constant a time", async () => {
  const doing = new Set<string>()
  const costs = fitCosts(
    await timeOperations({ rounds: 1, onProgress: (_done, _total, what) => doing.add(what) }),
  )
  expectTimes(costs.bfv, [])
  expectTimes(costs.bgv, ["transform"])
  expect(costs.bfv.multiply).toBeGreaterThan(costs.bfv.add)
  expect([...doing]).toContain("timing SEAL's operations")
})

test("a damaged file is measured anew, kept, and used by who asks for it", async () => {
  const cacheFile = join(folder, "costs.json")
  writeFileSync(cacheFile, "{")
  const costs = await calibrate({ cacheFile })
  expectTimes(costs.bfv, [])
  expect(await calibrate({ cacheFile })).toEqual(costs)

  const fn = ({ x }: { x: Tensor }) => x.square()
  const program = compile({ x: enc(uint(4)) }, fn, { costs })
  expect(await program.run({ x: 7 })).toBe(49)
  await program.dispose()
})

test("a file that cannot be written is named", async () => {
  await expect(calibrate({ cacheFile: folder })).rejects.toThrow(`measured costs cannot be kept in ${folder}`)
})
