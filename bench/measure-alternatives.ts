import { isDeepStrictEqual } from "node:util"
import { type Compiled, SealContext } from "lutra"
import { type Alternative, alternativesOf, selectFrom } from "./alternatives.ts"
import { type Effort, failureText } from "./measure.ts"
import { median } from "./statistics.ts"
import type { Workload } from "./workload.ts"

/** One way to compile a workload, and how long its batch takes so. */
export interface MeasuredAlternative {
  readonly scheme: "bfv" | "bgv"
  readonly n: number
  readonly ring: number
  readonly primes: readonly number[]
  /** Undefined for a program without tables. */
  readonly tables: string | undefined
  /** Runs that the batch takes. */
  readonly runs: number
  readonly isChosen: boolean
  /** Milliseconds of all runs, estimated. */
  readonly estimate: number
  /** Median milliseconds of all runs, measured; undefined when it failed. */
  readonly ms: number | undefined
  readonly failure: string | undefined
}

/** A workload with the compiler's choice first among its alternatives. */
export interface Alternatives {
  readonly name: string
  readonly title: string
  readonly batch: number
  /** How many were near enough to be measured, of which `measured` were. */
  readonly near: number
  readonly measured: readonly MeasuredAlternative[]
  /** The choice by the best measured; undefined when the choice was not measured. */
  readonly ratio: number | undefined
  readonly failure?: string
}

const MOST = 6

/**
 * Compiles a workload in every way that is not far worse than the compiler's choice and runs the most likely of them in
 * turn. Every decrypted value is compared with the plain loops'. Never throws.
 */
export const measureAlternatives = async (
  workload: Workload,
  effort: Pick<Effort, "repeats" | "longestRun">,
  progress: (doing: string) => void,
): Promise<Alternatives> => {
  const { name, title, batch } = workload
  try {
    progress("compiling")
    const chosen = workload.compile()
    if (chosen.report().time.run > effort.longestRun) throw new Error("takes too long")
    const all = alternativesOf(chosen, batch, progress)
    const selected = selectFrom(all, MOST)
    const outcomes = await runInTurn(workload, selected, effort, progress)
    const measured = selected.map(
      ({ compiled, tables, runs, estimate, isChosen }, i): MeasuredAlternative => {
        const { scheme, n, primes } = compiled.parameters
        const outcome = outcomes[i]!
        const run = typeof outcome === "string" ? undefined : outcome
        return {
          scheme,
          n,
          ring: compiled.circuit.layout.ring,
          primes,
          tables,
          runs,
          isChosen,
          estimate,
          ms: run && run * runs,
          failure: typeof outcome === "string" ? outcome : undefined,
        }
      },
    )
    return { name, title, batch, near: all.length, measured, ratio: ratioOf(measured) }
  } catch (error) {
    return { name, title, batch, near: 0, measured: [], ratio: undefined, failure: failureText(error) }
  }
}

/** The time of the choice by that of the best. */
export const ratioOf = (
  measured: readonly Pick<MeasuredAlternative, "isChosen" | "ms">[],
): number | undefined => {
  const choice = measured.find(({ isChosen }) => isChosen)?.ms
  return choice && choice / Math.min(...measured.map(({ ms }) => ms ?? Infinity))
}

/** Milliseconds of a run of each, or why it failed. */
const runInTurn = async (
  workload: Workload,
  selected: readonly Alternative[],
  { repeats }: Pick<Effort, "repeats">,
  progress: (doing: string) => void,
): Promise<(number | string)[]> => {
  const opened: (Opened | string)[] = []
  try {
    for (const [i, { compiled }] of selected.entries()) {
      const { scheme, n } = compiled.parameters
      progress(`first run of ${i + 1} of ${selected.length}: ${scheme} at n = ${n}`)
      opened.push(await open(workload, compiled).catch(failureText))
    }
    const running = opened.filter((one) => typeof one !== "string")
    const round = running.reduce((sum, { first }) => sum + first, 0)
    const rounds = Math.max(2, Math.min(repeats, Math.floor(ENOUGH / round)))
    for (let i = 0; i < rounds; i++) {
      progress(`round ${i + 1} of ${rounds}`)
      for (const { times, run } of running) {
        const started = performance.now()
        await run()
        times.push(performance.now() - started)
      }
    }
    return opened.map((one) => (typeof one === "string" ? one : median(one.times)))
  } finally {
    for (const one of opened) if (typeof one !== "string") one.dispose()
  }
}

/** Milliseconds of rounds after which no more are begun. */
const ENOUGH = 60_000

interface Opened {
  /** Milliseconds of the first run, which is not counted. */
  readonly first: number
  readonly times: number[]
  run(): Promise<unknown>
  dispose(): void
}

/** Keys, a request, and a first run whose results are checked. */
const open = async (workload: Workload, compiled: Compiled): Promise<Opened> => {
  const context = await SealContext.create(compiled.parameters)
  const owned: { dispose(): void }[] = [context]
  const dispose = (): void => {
    for (const one of owned.toReversed()) one.dispose()
  }
  try {
    const client = await compiled.client({ context })
    owned.push(client)
    const server = await compiled.server(client.evaluationKeys(), { context })
    owned.push(server)
    const count = workload.fillsLanes ? compiled.report().lanes : 1
    const samples = Array.from({ length: count }, (_, i) => workload.sample(i))
    const request = client.encryptBatch(samples)
    const started = performance.now()
    const reply = await server.run(request)
    const first = performance.now() - started
    for (const [i, result] of client.decryptBatch(reply).entries()) {
      if (!isDeepStrictEqual(result, workload.expected(samples[i]!)))
        throw new Error(`sample ${i} is not exact`)
    }
    return { first, times: [], run: () => server.run(request), dispose }
  } catch (error) {
    dispose()
    throw error
  }
}
