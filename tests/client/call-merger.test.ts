import { describe, expect, test } from "vitest"
import { CallMerger } from "../../src/connect/merge-calls.ts"
import { pause } from "../../src/connect/pause.ts"

/** Doubles numbers; each run takes 20 ms unless it is stopped. */
const doubling = (most: number) => {
  const runs: (readonly number[])[] = []
  const stopped: unknown[] = []
  const merger = new CallMerger<number, number, string>(
    async (samples, { signal, onProgress }) => {
      runs.push(samples)
      onProgress(`${samples.length} samples`)
      await pause(20, signal).catch((reason: unknown) => {
        stopped.push(reason)
        throw reason
      })
      if (samples.includes(13)) throw new Error("unlucky")
      return samples.map((sample) => 2 * sample)
    },
    { most, window: 2 },
  )
  return { merger, runs, stopped }
}

describe("calls", () => {
  test("made at the same time are one run, and each gets its own results", async () => {
    const { merger, runs } = doubling(10)
    const calls = [merger.call([1, 2]), merger.call([3]), merger.call([4])]
    expect(await Promise.all(calls)).toEqual([[2, 4], [6], [8]])
    expect(runs).toEqual([[1, 2, 3, 4]])
  })

  test("made during a run share the next, in order and as many as fit", async () => {
    const { merger, runs } = doubling(3)
    const first = merger.call([1])
    await pause(10)
    const later = [merger.call([2, 3]), merger.call([4]), merger.call([5]), merger.call([6, 7, 8, 9])]
    expect(await Promise.all([first, ...later])).toEqual([[2], [4, 6], [8], [10], [12, 14, 16, 18]])
    expect(runs).toEqual([[1], [2, 3, 4], [5], [6, 7, 8, 9]])
  })

  test("of a run that fails all fail, and later ones do not", async () => {
    const { merger } = doubling(10)
    const failed = await Promise.allSettled([merger.call([1]), merger.call([13])])
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"])
    expect(await merger.call([1])).toEqual([2])
  })

  test("whose listener throws end alone", async () => {
    const { merger, stopped } = doubling(10)
    const onProgress = (): never => {
      throw new Error("not listening")
    }
    const [bad, good] = [merger.call([1], { onProgress }), merger.call([2])]
    await expect(bad).rejects.toThrow("not listening")
    expect(await good).toEqual([4])
    await expect(merger.call([3], { onProgress })).rejects.toThrow("not listening")
    await pause(30)
    expect(stopped).toHaveLength(1)
  })

  test("that are given up leave the others alone; a run that nobody waits for is stopped", async () => {
    const { merger, runs, stopped } = doubling(10)
    const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()]
    const seen: string[] = []
    const first = merger.call([1], { signal: one.signal })
    const second = merger.call([2], { signal: two.signal, onProgress: (text) => seen.push(text) })
    await pause(10)
    const third = merger.call([3], { signal: three.signal })
    three.abort(new Error("not any more"))
    await expect(third).rejects.toThrow("not any more")
    one.abort(new Error("one"))
    await expect(first).rejects.toThrow("one")
    expect(await second).toEqual([4])
    expect(seen).toEqual(["2 samples"])
    expect(runs).toEqual([[1, 2]])
    expect(stopped).toEqual([])

    const last = new AbortController()
    const fourth = merger.call([4], { signal: last.signal })
    await pause(10)
    last.abort(new Error("last"))
    await expect(fourth).rejects.toThrow("last")
    await pause(5)
    expect(stopped).toHaveLength(1)
    await expect(merger.call([5], { signal: last.signal })).rejects.toThrow("last")
  })
})
