import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { parseArgs } from "node:util"
import fc from "fast-check"
import { lanesOf, type Parameters } from "../src/backend/index.ts"
import { parseExactJson, printExactJson } from "../src/cli/files/exact-json.ts"
import { compileProgram } from "../src/compiler/compile.ts"
import { formatTime } from "../src/data/format.ts"
import { ProgramError } from "../src/data/index.ts"
import { type Program, parse, print } from "../src/ir/index.ts"
import { type ProgramInputs, SealContext } from "../src/runtime/index.ts"
import { disagreement, type Lowering, optimizedOf, SLOTS } from "../tests/support/agreement.ts"
import { arbitraryInputs, arbitraryProgram, behindTables } from "../tests/support/arbitrary.ts"
import { root } from "./markdown.ts"

const USE = `npm run fuzz -- [--runs 2000] [--seed 1] [--encrypted] [--replay FILE.ir]
Draws programs from the operator table and compares their executions: as written, after all passes, as a circuit, and with
--encrypted on ciphertexts. A counterexample is made as small as possible and saved below fuzz/, with how to replay it.`

/** A program, how it is run, and on what. */
interface Case {
  readonly program: Program
  readonly lowering: Lowering
  readonly samples: readonly ProgramInputs[]
}

const lowerings: fc.Arbitrary<Omit<Lowering, "digits">> = fc.record({
  ring: fc.constantFrom(1, 2, 4, 8, 16, SLOTS),
  tables: fc.constantFrom("shallow", "bounded", "balanced", "spread"),
})

const casesOf = (
  programs: fc.Arbitrary<Program>,
  digits: readonly Lowering["digits"][],
): fc.Arbitrary<Case> =>
  programs.chain((program) =>
    fc.record({
      program: fc.constant(program),
      lowering: fc
        .tuple(lowerings, fc.constantFrom(...digits))
        .map(([lowering, count]): Lowering => ({ ...lowering, digits: count })),
      samples: fc.array(arbitraryInputs(program), { minLength: 1, maxLength: 3 }),
    }),
  )

/** Programs for simulation: one in three with its inputs behind tables, so that they can be sent one-hot. */
const simulated = fc.oneof(
  { arbitrary: casesOf(arbitraryProgram({ maxDepth: 12, maxTable: 256, reals: true }), [0]), weight: 2 },
  {
    arbitrary: casesOf(
      arbitraryProgram({ maxDepth: 12, maxTable: 256, maxSteps: 12, wideInputs: true }).map(behindTables),
      [1, 2],
    ),
    weight: 1,
  },
)

/** Programs that small parameters hold. */
const encrypted = casesOf(
  arbitraryProgram({ maxDepth: 5, maxTable: 40, reals: true, secretOutputs: true }),
  [0],
)

/** What is wrong with a case, in words; null for a program that is refused. */
type Check = (given: Case) => Promise<string | undefined | null>

const checkSimulated: Check = async ({ program, lowering, samples }) => {
  const optimized = optimizedOf(program)
  return optimized === undefined ? null : disagreement(program, optimized, lowering, samples)
}

/** Compiles, runs on SEAL with fresh keys and compares with the program in the clear. Contexts are kept. */
const checkEncrypted = (): Check & { dispose(): Promise<void> } => {
  const contexts = new Map<string, Promise<SealContext>>()
  const contextFor = (parameters: Parameters): Promise<SealContext> => {
    const key = printExactJson(parameters)
    const context = contexts.get(key) ?? SealContext.create(parameters)
    contexts.set(key, context)
    return context
  }
  const check: Check = async ({ program, lowering, samples }) => {
    const compiled = compiledOf(program, lowering.ring === 1 ? 3000 : 1)
    if (compiled === undefined || compiled.parameters.n > 16384) return null
    const taken = samples.slice(0, lanesOf(compiled.circuit.layout))
    const context = await contextFor(compiled.parameters)
    using client = await compiled.client({ context })
    using server = await compiled.server(client.evaluationKeys(), { context })
    let reply = await server.run(client.encryptBatch(taken))
    while (!client.isFinal(reply)) reply = await server.run(client.refresh(reply))
    const results = client.decryptBatch(reply)
    const wrong = taken.findIndex(
      (sample, i) => printExactJson(compiled.evaluate(sample)) !== printExactJson(results[i]),
    )
    if (wrong >= 0) {
      const expected = printExactJson(compiled.evaluate(taken[wrong]!))
      return `sample ${wrong}: SEAL gives ${printExactJson(results[wrong])} in place of ${expected}`
    }
    const { noiseMargin } = compiled.report()
    const budget = Number.isFinite(noiseMargin) ? client.noiseBudget(reply) : Infinity
    return budget < noiseMargin
      ? `${budget} bits of budget are left where ${noiseMargin} were estimated`
      : undefined
  }
  const dispose = async (): Promise<void> => {
    for (const context of contexts.values()) (await context).dispose()
  }
  return Object.assign(check, { dispose })
}

const compiledOf = (program: Program, batch: number) => {
  try {
    return compileProgram({ program, returns: "record" }, { batch })
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

interface Tally {
  samples: number
  refused: number
}

/** Draws cases until one is wrong; returns the smallest such and what is wrong with it. */
const search = async (
  cases: fc.Arbitrary<Case>,
  check: Check,
  { runs, seed }: { readonly runs: number; readonly seed: number },
  tally: Tally,
): Promise<{ readonly found: Case; readonly wrong: string } | undefined> => {
  const property = fc.asyncProperty(cases, async (given) => {
    const wrong = await check(given)
    if (wrong === null) tally.refused++
    fc.pre(wrong !== null)
    if (wrong !== undefined) throw new Error(wrong)
    tally.samples += given.samples.length
  })
  const details = await fc.check(property, { numRuns: runs, seed, maxSkipsPerRun: 1000 })
  if (!details.failed) return undefined
  if (details.counterexample === null) throw new Error("too few of the drawn programs compile")
  const [found] = details.counterexample
  return { found, wrong: String((details.errorInstance as Error | null)?.message ?? details.errorInstance) }
}

const save = ({ program, lowering, samples }: Case, wrong: string, how: string): string => {
  const folder = join(root, "fuzz")
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${program.name}-${Date.now()}.ir`)
  const shown = relative(process.cwd(), file)
  const header = [
    ...wrong.split("\n"),
    `replay: npm run fuzz -- ${how}--replay ${shown}`,
    `lowering: ${printExactJson(lowering)}`,
    `samples: ${printExactJson(samples)}`,
  ]
  writeFileSync(file, `${header.map((line) => `// ${line}\n`).join("")}${print(program)}`)
  return shown
}

const load = (file: string): Case => {
  const text = readFileSync(file, "utf8")
  const read = (name: string): unknown => {
    const found = new RegExp(`^// ${name}: (.*)$`, "m").exec(text)?.[1]
    if (found === undefined)
      throw new ProgramError(`${file} has no line "// ${name}: …"; a counterexample has one`, {
        code: "syntax",
      })
    return parseExactJson(found)
  }
  return {
    program: parse(text),
    lowering: read("lowering") as Lowering,
    samples: read("samples") as ProgramInputs[],
  }
}

const options = (): { runs: number; seed: number; encrypted: boolean; replay: string | undefined } => {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "2000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      encrypted: { type: "boolean", default: false },
      replay: { type: "string" },
    },
  })
  const count = (name: "runs" | "seed"): number => {
    if (/^\d{1,10}$/.test(values[name])) return Number(values[name])
    throw new ProgramError(`--${name} is ${values[name]}; it is a whole number`, { code: "wrong-argument" })
  }
  return { runs: count("runs"), seed: count("seed"), encrypted: values.encrypted, replay: values.replay }
}

const main = async (): Promise<number> => {
  const { runs, seed, encrypted: onSeal, replay } = options()
  const seal = onSeal ? checkEncrypted() : undefined
  const check = seal ?? checkSimulated
  const start = performance.now()
  try {
    if (replay !== undefined) {
      const wrong = await check(load(replay))
      console.log(wrong === null ? "the program is refused now" : (wrong ?? "the executions agree now"))
      return typeof wrong === "string" ? 1 : 0
    }
    const tally: Tally = { samples: 0, refused: 0 }
    const found = await search(onSeal ? encrypted : simulated, check, { runs, seed }, tally)
    const time = formatTime(performance.now() - start)
    if (found === undefined) {
      console.log(
        `${runs} programs, ${tally.samples} samples, seed ${seed}: no mismatch in ${time} (${tally.refused} more were refused)`,
      )
      return 0
    }
    console.log(`${found.wrong}\nsaved as ${save(found.found, found.wrong, onSeal ? "--encrypted " : "")}`)
    return 1
  } finally {
    await seal?.dispose()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code ?? ""
  if (!(error instanceof ProgramError) && !code.startsWith("ERR_PARSE_ARGS") && code !== "ENOENT") throw error
  console.error(`${(error as Error).message}\n${USE}`)
  process.exitCode = 2
}
