import { Command, Option } from "commander"
import { lanesOf } from "../../backend/index.ts"
import type { Compiled, Module } from "../../compiler/index.ts"
import { formatTime } from "../../data/index.ts"
import { programWarnings } from "../../ir/index.ts"
import { evaluate } from "../../ir.ts"
import type { ProgramInputs } from "../../runtime/index.ts"
import { readThreads } from "../arguments/read-threads.ts"
import { printExactJson } from "../files/exact-json.ts"
import { compiledOf, loadSource, type Source } from "../files/load-source.ts"
import { readRows } from "../files/read-rows.ts"
import { NUMBERS, readSamples } from "../files/read-samples.ts"
import { refuse } from "../refuse.ts"
import { tellWarnings } from "../tell-warnings.ts"
import { withProgress } from "../with-progress.ts"

interface RunFlags {
  readonly input?: string
  readonly rows?: string
  readonly export?: string
  readonly function?: string
  readonly batch?: true
  readonly threads?: number | "auto"
  readonly simulate?: true
  readonly evaluate?: true
  readonly verbose?: true
}

/** `lutra run`: inputs as JSON in, encrypted computation, results as JSON out. */
export const runCommand = (): Command =>
  new Command("run")
    .description("Runs a program on encrypted inputs: makes keys, encrypts, computes, decrypts.")
    .argument(
      "<file>",
      "text (.ir, or - for standard input), a module that exports a compiled program, or a .lutra file",
    )
    .addOption(
      new Option("--input <file>", "inputs by name as a JSON object, - for standard input").conflicts("rows"),
    )
    .addOption(
      new Option(
        "--rows <file>",
        "rows of a model as comma-separated numbers; prints their scores",
      ).conflicts(["batch", "simulate"]),
    )
    .option("--batch", "the inputs are an array of objects, one for each sample")
    .addOption(
      new Option("--threads <count>", "with --batch: worker threads for the groups of samples, or auto")
        .argParser(readThreads)
        .conflicts(["simulate", "evaluate"]),
    )
    .addOption(new Option("--simulate", "run the circuit in the clear instead").conflicts("evaluate"))
    .option("--evaluate", "run the program as it was written, in the clear, instead")
    .option("--export <name>", "which export of the module (default: the default or only one)")
    .option("--function <name>", "which function of a module of several to run")
    .option("--json", "results are JSON in any case; for scripts that say so to all commands")
    .option("--verbose", "show times, and where an error comes from")
    .addHelpText("after", HELP)
    .action(async (file: string, flags: RunFlags) => {
      if (flags.rows !== undefined) return predictRows(file, flags.rows, flags)
      if (flags.input === undefined) return refuse("required option '--input <file>' not specified")
      if (flags.threads !== undefined && flags.batch === undefined) {
        refuse("--threads is for --batch: one sample is one run, in one thread")
      }
      if (file === "-" && flags.input === "-") refuse("only one of the two files can be standard input")
      const samples = await readSamples(flags.input, flags.batch === true)
      const note = timer(flags.verbose === true)
      const source = await note("loaded", () => loadSource(file, flags.export))
      const results = await run(source, samples, flags, note)
      process.stdout.write(`${printExactJson(flags.batch ? results : results[0])}\n`)
    })

/** `lutra run --rows`: the scores of each row of a file. */
const predictRows = async (file: string, table: string, flags: RunFlags): Promise<void> => {
  if (file === "-" && table === "-") refuse("only one of the two files can be standard input")
  const { rows } = await readRows(table)
  const source = await loadSource(file, flags.export)
  if (source.kind !== "compiled") return refuse(`${file} was not made of a model, so that it takes no rows`)
  const { compiled } = source
  tellWarnings(compiled)
  try {
    const { threads = 1 } = flags
    const scores = flags.evaluate
      ? compiled.predictClear(rows)
      : await withProgress("making keys, encrypting", (onProgress) =>
          compiled.predict(rows, { onProgress, threads }),
        )
    process.stdout.write(`${JSON.stringify(scores)}\n`)
  } finally {
    await compiled.dispose()
  }
}

const HELP = `
${NUMBERS}
A text prints its outputs as an object by name, a module as its function returns them.`

const run = async (
  source: Source,
  samples: readonly ProgramInputs[],
  flags: RunFlags,
  note: Timer,
): Promise<unknown[]> => {
  if (source.kind === "module") return runModule(source.module, samples, flags, note)
  if (flags.function !== undefined) refuse(`--function ${flags.function} is for modules of several functions`)
  if (flags.evaluate && source.kind === "program") {
    tellWarnings({ warnings: programWarnings(source.program) })
    return note("evaluated", () => samples.map((sample) => evaluate(source.program, sample)))
  }
  if (flags.simulate && source.kind === "circuit") {
    return note("simulated", () => samples.map((sample) => evaluate(source.circuit, sample)))
  }
  const compiled =
    source.kind === "compiled"
      ? source.compiled
      : await note("compiled", () => compiledOf(source, samples.length))
  tellWarnings(compiled)
  if (flags.evaluate) return note("evaluated", () => samples.map((sample) => compiled.evaluate(sample)))
  if (flags.simulate) return note("simulated", () => compiled.simulateBatch(samples))
  return note("ran", () => runEncrypted(compiled, samples, flags))
}

/** One function of a module. */
const runModule = async (
  module: Module,
  samples: readonly ProgramInputs[],
  flags: RunFlags,
  note: Timer,
): Promise<unknown[]> => {
  const names = module.spec.functions.map(({ name }) => name)
  const { function: name } = flags
  if (name === undefined || !names.includes(name)) {
    const found = name === undefined ? "several functions" : `no function "${name}"`
    return refuse(`${module.spec.name} has ${found}; choose one with --function: ${names.join(", ")}`)
  }
  if (flags.threads !== undefined)
    refuse("--threads is for programs; functions of a module run in one thread here")
  tellWarnings(module)
  if (flags.evaluate) return note("evaluated", () => samples.map((sample) => module.evaluate(name, sample)))
  if (flags.simulate) return note("simulated", () => module.simulateBatch(name, samples))
  try {
    return await note("ran", () =>
      withProgress("making keys, encrypting", (onProgress) => module.runBatch(name, samples, { onProgress })),
    )
  } finally {
    await module.dispose()
  }
}

const runEncrypted = async (
  compiled: Compiled,
  samples: readonly ProgramInputs[],
  { batch, threads = 1 }: RunFlags,
): Promise<unknown[]> => {
  const groups = Math.ceil(samples.length / lanesOf(compiled.circuit.layout))
  try {
    return await withProgress("making keys, encrypting", async (onProgress) =>
      batch
        ? compiled.runBatch(samples, {
            onProgress,
            threads: threads === "auto" ? threads : Math.min(threads, groups),
          })
        : [await compiled.run(samples[0]!, { onProgress })],
    )
  } finally {
    await compiled.dispose()
  }
}

/** Does a step of the command and, when asked to, says on stderr how long it took. */
type Timer = <T>(done: string, step: () => T | Promise<T>) => Promise<T>

const timer =
  (isVerbose: boolean): Timer =>
  async (done, step) => {
    const start = performance.now()
    const result = await step()
    if (isVerbose) process.stderr.write(`${done} in ${formatTime(performance.now() - start)}\n`)
    return result
  }
