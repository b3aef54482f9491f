import type { Parameters } from "../../backend/index.ts"
import type { OnProgress } from "../spec/program-spec.ts"
import { busyClock } from "./busy-clock.ts"
import type { Timing } from "./fit-costs.ts"
import { median } from "./median.ts"
import { OPERATIONS, SealSteps } from "./seal-steps.ts"

export interface TimingOptions {
  /** Rounds at most, in each of which every operation is timed once or, if it is short, a few times; 11 unless given. */
  readonly rounds?: number
  readonly onProgress?: OnProgress
}

/** Where operations are timed: small enough for a few seconds. Levels are data primes left. */
const SETTINGS: readonly {
  readonly parameters: Omit<Parameters, "scheme">
  readonly levels: readonly number[]
}[] = [
  { parameters: { n: 4096, t: 65537n, primes: [35, 35, 36], security: 128 }, levels: [2] },
  { parameters: { n: 8192, t: 65537n, primes: [42, 43, 43, 43, 43], security: 128 }, levels: [4, 3] },
]
const SCHEMES = ["bfv", "bgv"] as const

/** Milliseconds after which no further round is begun, and the rounds that there are in any case. */
const ENOUGH = 3000
const LEAST_ROUNDS = 5

/**
 * The median processor times of SEAL's operations on this thread: all of them in turn, round after round, so that whatever
 * else the machine does slows all alike. A first round is not counted.
 */
export const timeOperations = async ({
  rounds = 11,
  onProgress = () => {},
}: TimingOptions = {}): Promise<Timing[]> => {
  const total = SETTINGS.length * SCHEMES.length + rounds + 1
  let done = 0
  /** Lets other work in too, such as the drawing of a progress bar. */
  const progress = async (doing: string): Promise<void> => {
    onProgress(done++, total, doing)
    await new Promise((resolve) => setTimeout(resolve))
  }
  const opened: SealSteps[] = []
  try {
    const timed: Timed[] = []
    for (const { parameters, levels } of SETTINGS) {
      for (const scheme of SCHEMES) {
        await progress(`setting up ${scheme.toUpperCase()} at n = ${parameters.n}`)
        const steps = await SealSteps.create({ ...parameters, scheme })
        opened.push(steps)
        timed.push(...levels.flatMap((level) => timedOf(steps, level)))
      }
    }
    const clock = busyClock()
    const begun = performance.now()
    for (let round = 0; round <= rounds; round++) {
      if (round > LEAST_ROUNDS && performance.now() - begun > ENOUGH) break
      await progress("timing SEAL's operations")
      for (const { step, times } of timed) {
        const found = timesOf(step, clock)
        if (round > 0) times.push(...found)
      }
    }
    return timed.map(({ of, times }) => ({ ...of, ms: median(times) }))
  } finally {
    for (const steps of opened) steps[Symbol.dispose]()
  }
}

/** Short steps vary the most and cost the least to repeat: up to 4 times, while that stays within 2 ms. */
const timesOf = (step: () => void, clock: () => number): number[] => {
  const times: number[] = []
  const begun = clock()
  for (let started = begun; times.length < 4 && started - begun < 2; ) {
    step()
    const ended = clock()
    times.push(ended - started)
    started = ended
  }
  return times
}

interface Timed {
  readonly of: Omit<Timing, "ms">
  readonly step: () => void
  readonly times: number[]
}

const timedOf = (steps: SealSteps, level: number): Timed[] => {
  const { scheme, n } = steps.context.parameters
  const at = steps.at(level)
  return OPERATIONS.flatMap((operation) => {
    const step = at[operation]
    return step === undefined ? [] : [{ of: { scheme, operation, n, level }, step, times: [] }]
  })
}
