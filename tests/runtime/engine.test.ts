import { expect, test } from "vitest"
import { inTurns } from "../../src/runtime/server/engine.ts"

const later = () => new Promise<void>((resolve) => setTimeout(resolve))

test("results come in order, however long each takes, and at most `width` are under way", async () => {
  let running = 0
  let most = 0
  const work = async (i: number) => {
    most = Math.max(most, ++running)
    for (let k = i % 4; k >= 0; k--) await later()
    running--
    return 10 * i
  }
  expect(await inTurns(9, 3, work)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80])
  expect(most).toBe(3)
  expect(await inTurns(0, 3, work)).toEqual([])
})

test("the first failure is thrown when the others have ended, and nothing more is begun", async () => {
  const log: string[] = []
  const work = async (i: number, signal: AbortSignal) => {
    log.push(`begin ${i}`)
    await later()
    if (i === 1) throw new Error("one")
    await later()
    log.push(`end ${i}${signal.aborted ? " aborted" : ""}`)
    if (signal.aborted) throw new Error("another")
  }
  await expect(inTurns(5, 2, work)).rejects.toThrow("one")
  expect(log).toEqual(["begin 0", "begin 1", "end 0 aborted"])
})
