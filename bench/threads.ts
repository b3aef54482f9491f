import { isDeepStrictEqual } from "node:util"
import { median } from "./statistics.ts"
import type { Workload } from "./workload.ts"

/** A batch of several ciphertexts on one thread and on two. */
export interface ThreadTimes {
  readonly title: string
  /** Runs of the circuit that the batch takes. */
  readonly groups: number
  /** Median milliseconds of `server.run`. */
  readonly one: number
  readonly two: number
}

/** Fills the lanes of a workload `groups` times over. Throws when a result is not exact. */
export const measureThreads = async (
  workload: Workload,
  groups: number,
  repeats: number,
): Promise<ThreadTimes> => {
  const compiled = workload.compile()
  using client = await compiled.client()
  const keys = client.evaluationKeys()
  using single = await compiled.server(keys)
  using double = await compiled.server(keys, { threads: 2 })
  const samples = Array.from({ length: groups * compiled.report().lanes }, (_, i) => workload.sample(i))
  const request = client.encryptBatch(samples)

  const times: Record<"one" | "two", number[]> = { one: [], two: [] }
  for (let i = 0; i <= repeats; i++) {
    for (const [threads, server] of Object.entries({ one: single, two: double })) {
      const started = performance.now()
      const reply = await server.run(request)
      if (i > 0) times[threads as "one" | "two"].push(performance.now() - started)
      else if (!isDeepStrictEqual(client.decryptBatch(reply), samples.map(workload.expected))) {
        throw new Error(`${workload.name} is not exact on ${threads} threads`)
      }
    }
  }
  return { title: workload.title, groups, one: median(times.one), two: median(times.two) }
}
