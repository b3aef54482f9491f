import { isDeepStrictEqual } from "node:util"
import { type Compiled, type Report, SealContext } from "lutra"
import { expandedKeyBytes } from "../src/backend/index.ts"
import type { Relinearization } from "./reference.ts"
import { sealClock } from "./seal-clock.ts"
import { median, timeOf } from "./statistics.ts"
import type { HandWritten, Workload } from "./workload.ts"

export interface Effort {
  /** Runs after the first, which is not counted. */
  readonly repeats: number
  /** What is estimated to take longer, in milliseconds, is compiled and not run. */
  readonly longestRun: number
  /** How long a relinearization takes now. */
  readonly relinearization: (n: number) => Promise<Relinearization>
}

/** A workload as it was compiled and, mostly, run. */
export interface Measured {
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly compileSeconds: number
  readonly report: Omit<Report, "toString">
  readonly rotationKeys: number
  /** Bytes of the evaluation keys as the server holds them: twice what is uploaded, where half is a seed. */
  readonly rawKeyBytes: number
  /** Units in one run. */
  readonly units: number
  /** Undefined for what takes too long. */
  readonly run: Run | undefined
}

export interface Run {
  /** Median milliseconds of `server.run`. */
  readonly ms: number
  /** Median milliseconds of a relinearization between the runs, at the degree of the bar. */
  readonly relinearization: number
  /** Share of `ms` inside SEAL. */
  readonly sealShare: number
  /** Hand-written code for the same function, run in turn with the generated. */
  readonly handWritten: readonly HandWrittenRun[]
}

export interface HandWrittenRun {
  /** "same": the parameters that Lutra chose; "expert": those of the prototype. */
  readonly parameters: "same" | "expert"
  readonly description: string
  /** Median milliseconds of a run. */
  readonly ms: number
  readonly units: number
}

/** A workload that does not compile, or whose run failed. */
export interface Failed {
  readonly name: string
  readonly title: string
  readonly failure: string
  /** "compile": the compiler refuses it; "run": a fault of its run, such as a wrong result. */
  readonly step: "compile" | "run"
}

export type Outcome = Measured | Failed

export const isFailed = (outcome: Outcome): outcome is Failed => "failure" in outcome

/** Compiles and runs a workload; every decrypted value is compared with the plain loops'. Never throws. */
export const measure = async (
  workload: Workload,
  effort: Effort,
  progress: (doing: string) => void,
): Promise<Outcome> => {
  const { name, title, unit } = workload
  let step: Failed["step"] = "compile"
  try {
    progress("compiling")
    const started = performance.now()
    const compiled = workload.compile()
    const compileSeconds = (performance.now() - started) / 1000
    const report = compiled.report()
    const units = workload.fillsLanes ? report.lanes : 1
    const rotationKeys = compiled.spec.keys.rotations.length
    const rawKeyBytes = (compiled.spec.residues ?? [compiled.spec]).reduce(
      (sum, { keys, parameters }) => sum + expandedKeyBytes(keys, parameters),
      0,
    )
    step = "run"
    const isShort = report.time.run <= effort.longestRun
    const run = isShort ? await runEncrypted(workload, compiled, units, effort, progress) : undefined
    return { name, title, unit, compileSeconds, report, rotationKeys, rawKeyBytes, units, run }
  } catch (error) {
    return { name, title, failure: failureText(error), step }
  }
}

const runEncrypted = async (
  workload: Workload,
  compiled: Compiled,
  units: number,
  effort: Effort,
  progress: (doing: string) => void,
): Promise<Run> => {
  progress("making keys")
  using context = await SealContext.create(compiled.parameters)
  const clock = sealClock(context)
  using client = await compiled.client({ context })
  using server = await compiled.server(client.evaluationKeys(), { context })
  const samples = Array.from({ length: units }, (_, i) => workload.sample(i))
  const request = client.encryptBatch(samples)

  progress("first run")
  const begun = performance.now()
  const reply = await server.run(request)
  const repeats = Math.max(1, Math.min(effort.repeats, Math.floor(ENOUGH / (performance.now() - begun))))
  const results = client.decryptBatch(reply)
  for (const [i, result] of results.entries()) {
    if (isDeepStrictEqual(result, workload.expected(samples[i]!))) continue
    throw new Error(`sample ${i} of ${workload.name} is not exact`)
  }

  const handWritten = await prepareAll(workload.handWritten, compiled, progress)
  const relinearize = await effort.relinearization(workload.bar.time?.n ?? 8192)
  const yardstick: number[] = []
  const ms: number[] = []
  const shares: number[] = []
  const handMs = handWritten.map((): number[] => [])
  for (let i = 0; i < repeats; i++) {
    progress(`run ${i + 1} of ${repeats}`)
    clock.reset()
    const started = performance.now()
    await server.run(request)
    const time = performance.now() - started
    ms.push(time)
    shares.push(clock.ms / time)
    yardstick.push(relinearize())
    for (const [j, { run }] of handWritten.entries()) {
      handMs[j]!.push(timeOf(run))
    }
  }
  return {
    ms: median(ms),
    relinearization: median(yardstick),
    sealShare: median(shares),
    handWritten: handWritten.map(({ parameters, description, units }, j) => ({
      parameters,
      description,
      units,
      ms: median(handMs[j]!),
    })),
  }
}

/** Milliseconds of repeated runs after which no more are begun: long runs vary less. */
const ENOUGH = 30_000

interface Prepared extends Omit<HandWrittenRun, "ms"> {
  run(): void
}

const prepareAll = async (
  code: HandWritten | undefined,
  { parameters }: Compiled,
  progress: (doing: string) => void,
): Promise<Prepared[]> => {
  if (code === undefined) return []
  const prepared: Prepared[] = []
  const choices = { same: parameters, expert: code.parameters }
  for (const [name, chosen] of Object.entries(choices) as ["same" | "expert", typeof parameters][]) {
    if (name === "same" && !code.takes(parameters)) continue
    if (name === "expert" && isDeepStrictEqual(choices.same, chosen)) continue
    progress(`preparing the hand-written code, ${name} parameters`)
    const { scheme, n, primes } = chosen
    const run = await code.prepare(chosen).catch((error: unknown) => {
      // Its fixed plan of levels need not fit every chain of primes.
      progress(`the hand-written code fails at ${name} parameters: ${failureText(error)}`)
    })
    if (run === undefined) continue
    run()
    const description = `${scheme.toUpperCase()}, n = ${n}, ${primes.join("+")}`
    prepared.push({ parameters: name, description, units: code.units(chosen), run })
  }
  return prepared
}

/** C++ exceptions are `WebAssembly.Exception`, no Error, with `[type, text]` as their message. */
export const failureText = (error: unknown): string => {
  const { message } = error as { message?: unknown }
  return Array.isArray(message) ? String(message[1]) : String(message ?? error)
}
