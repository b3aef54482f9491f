import { Command } from "commander"
import type { Compiled } from "../../compiler/index.ts"
import { formatBytes, formatTime } from "../../data/index.ts"
import { median, type OnProgress } from "../../runtime/index.ts"
import { readCount } from "../arguments/read-count.ts"
import { readThreads } from "../arguments/read-threads.ts"
import { printExactJson } from "../files/exact-json.ts"
import { compiledOf, loadSource } from "../files/load-source.ts"
import { randomInputs } from "../files/random-inputs.ts"
import { tellWarnings } from "../tell-warnings.ts"
import { withProgress } from "../with-progress.ts"

interface BenchFlags {
  readonly export?: string
  readonly batch: number
  readonly threads: number | "auto"
  readonly runs: number
  readonly json?: true
}

/** `lutra bench`: what each step of real encrypted runs takes on this machine, and whether the results are right. */
export const benchCommand = (): Command =>
  new Command("bench")
    .description(
      "Measures real encrypted runs on random inputs, and checks them against the program in the clear.",
    )
    .argument("<file>", "text (.ir, or - for standard input) or a module that exports a compiled program")
    .option("--export <name>", "which export of the module (default: the default or only one)")
    .option(
      "--batch <count>",
      "samples in a request; a text is compiled for so many",
      readCount("--batch", 1e6),
      1,
    )
    .option("--threads <count>", "worker threads for the groups of samples, or auto", readThreads, 1)
    .option("--runs <count>", "requests that are measured after a first one", readCount("--runs", 1e6), 3)
    .option("--json", "print the figures as JSON, in milliseconds and bytes")
    .option("--verbose", "show where an error comes from")
    .action(async (file: string, flags: BenchFlags) => {
      const source = await loadSource(file, flags.export)
      const [compiling, compiled] = await timed(() => compiledOf(source, flags.batch))
      if (!flags.json) tellWarnings(compiled)
      const measured = await withProgress("making keys", (onProgress) => measure(compiled, flags, onProgress))
      // A module was compiled when it was loaded.
      const figures = source.kind === "program" ? { ...measured, compile: compiling } : measured
      if (flags.json) process.stdout.write(`${printExactJson(dataOf(compiled, flags, figures))}\n`)
      else process.stdout.write(show(compiled, flags, rowsOf(compiled, flags, figures)))
    })

/** Milliseconds, of requests the median; and bytes. */
interface Figures {
  readonly compile?: number
  readonly keys: number
  readonly server: number
  readonly firstRun: number
  readonly encrypt: number
  readonly run: number
  /** Of all rounds of a request; 0 where there is one. */
  readonly refresh: number
  readonly decrypt: number
  readonly bytes: { readonly keys: number; readonly request: number; readonly reply: number }
  /** Least bits of noise budget that were left; undefined where no output is encrypted. */
  readonly noiseBudget: number | undefined
  /** Samples that were compared with the program in the clear. */
  readonly checked: number
}

const measure = async (
  compiled: Compiled,
  { batch, threads, runs }: BenchFlags,
  onProgress: OnProgress,
): Promise<Figures> => {
  const requests = Array.from({ length: runs + 1 }, (_, run) =>
    Array.from({ length: batch }, (_, i) => randomInputs(compiled.spec.inputs, 1 + run * batch + i)),
  )
  const [making, client] = await timed(() => compiled.client())
  using ownClient = client
  const keys = ownClient.evaluationKeys()
  const [loading, server] = await timed(() => compiled.server(keys, { threads, maxGroups: Infinity }))
  using ownServer = server
  const times = {
    encrypt: [] as number[],
    refresh: [] as number[],
    run: [] as number[],
    decrypt: [] as number[],
  }
  let sizes = { request: 0, reply: 0, budget: Infinity }
  for (const samples of requests) {
    const [encrypting, request] = await timed(() => ownClient.encryptBatch(samples))
    let [running, reply] = await timed(() => ownServer.run(request, { onProgress }))
    let refreshing = 0
    while (!ownClient.isFinal(reply)) {
      const [masking, again] = await timed(() => ownClient.refresh(reply))
      const [time, next] = await timed(() => ownServer.run(again, { onProgress }))
      refreshing += masking
      running += time
      reply = next
    }
    const [decrypting, results] = await timed(() => ownClient.decryptBatch(reply))
    times.encrypt.push(encrypting)
    times.refresh.push(refreshing)
    times.run.push(running)
    times.decrypt.push(decrypting)
    check(compiled, samples, results)
    const hasSecrets = compiled.spec.outputs.some(({ secret }) => secret)
    const budget = hasSecrets ? ownClient.noiseBudget(reply) : Infinity
    sizes = { request: request.length, reply: reply.length, budget: Math.min(sizes.budget, budget) }
  }
  const [encrypt, refresh, run, decrypt] = Object.values(times).map((all) => median(all.slice(1)))
  return {
    keys: making,
    server: loading,
    firstRun: times.run[0]!,
    encrypt: encrypt!,
    run: run!,
    refresh: refresh!,
    decrypt: decrypt!,
    bytes: { keys: keys.length, request: sizes.request, reply: sizes.reply },
    noiseBudget: Number.isFinite(sizes.budget) ? sizes.budget : undefined,
    checked: requests.length * batch,
  }
}

type Row = readonly [string, string, string]

const rowsOf = (compiled: Compiled, { batch }: BenchFlags, figures: Figures): Row[] => {
  const { compile, run, refresh, bytes, noiseBudget } = figures
  const { time, noiseMargin } = compiled.report()
  return [
    ...(compile === undefined ? [] : [["compile", formatTime(compile), ""] as const]),
    ["keys", formatTime(figures.keys), formatBytes(bytes.keys)],
    ["server", formatTime(figures.server), "reading the keys"],
    ["first run", formatTime(figures.firstRun), "prepares what it multiplies with"],
    ["encrypt", formatTime(figures.encrypt), formatBytes(bytes.request)],
    [
      "run",
      formatTime(run),
      `${formatTime(run / batch)} a sample; estimated are ${formatTime(time.run)} for all lanes of one run`,
    ],
    ...(refresh > 0 ? [["refresh", formatTime(refresh), "by the client, between rounds"] as const] : []),
    ["decrypt", formatTime(figures.decrypt), formatBytes(bytes.reply)],
    ...(noiseBudget === undefined
      ? []
      : [["noise", `${noiseBudget} bits`, `left; estimated are ${noiseMargin}`] as const]),
    ["checked", String(figures.checked), "samples, all equal to the program in the clear"],
  ]
}

const dataOf = (compiled: Compiled, { batch, threads, runs }: BenchFlags, figures: Figures) => {
  const { bytes, noiseBudget, checked, ...milliseconds } = figures
  const { spec, parameters, warnings } = compiled
  const { time, noiseMargin } = compiled.report()
  return {
    name: spec.name,
    scheme: parameters.scheme,
    n: parameters.n,
    requests: runs,
    batch,
    threads,
    milliseconds,
    bytes,
    noiseBudget,
    checked,
    estimated: { run: time.run, noiseMargin },
    warnings,
  }
}

/** Throws Error where an encrypted result is wrong: no input may do that. */
const check = (
  compiled: Compiled,
  samples: readonly ReturnType<typeof randomInputs>[],
  results: readonly unknown[],
): void =>
  samples.forEach((sample, i) => {
    const [expected, found] = [compiled.evaluate(sample), results[i]].map(printExactJson)
    if (found !== expected)
      throw new Error(
        `for ${printExactJson(sample)} the encrypted run gives ${found} in place of ${expected}`,
      )
  })

const show = (compiled: Compiled, { batch, threads, runs }: BenchFlags, rows: readonly Row[]): string => {
  const { scheme, n } = compiled.parameters
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => row[i]!.length)))
  const lines = rows.map(([name, value, rest]) =>
    `  ${name.padEnd(widths[0]!)}  ${value.padStart(widths[1]!)}  ${rest}`.trimEnd(),
  )
  const what = `${counted(runs, "request")} of ${counted(batch, "sample")}, ${threads === "auto" ? "all cores" : counted(threads, "thread")}`
  return `${compiled.spec.name}: ${scheme.toUpperCase()}, n = ${n}; ${what}\n${lines.join("\n")}\n`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`

const timed = async <T>(step: () => T | Promise<T>): Promise<[number, T]> => {
  const start = performance.now()
  const result = await step()
  return [performance.now() - start, result]
}
