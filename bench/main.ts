import { readFileSync, writeFileSync } from "node:fs"
import { arch, cpus, loadavg } from "node:os"
import { parseArgs } from "node:util"
import { alternativesTable, choicesTable } from "./alternatives-tables.ts"
import { type CompileTime, compileTimes } from "./compile-times.ts"
import { markdownTable, type Table, textTable } from "./format.ts"
import { judge } from "./judge.ts"
import { withFigures } from "./markdown.ts"
import { type Effort, failureText, isFailed, measure } from "./measure.ts"
import { type Alternatives, measureAlternatives } from "./measure-alternatives.ts"
import { measurePrimitives, type PrimitiveTimes } from "./primitives.ts"
import { relinearizations } from "./reference.ts"
import {
  circuitsTable,
  compileTimesTable,
  handWrittenTable,
  primitivesTable,
  type Row,
  threadsTable,
  timesTable,
} from "./tables.ts"
import { measureThreads, type ThreadTimes } from "./threads.ts"
import { workloads } from "./workloads.ts"

const USAGE = `npm run bench -- [options]
  --alternatives   measures instead whether the compiler's choice is the best of what it might have chosen
  --quick          fewer programs and repeats, under two minutes
  --only NAME      one workload, whatever it takes: ${workloads.map(({ name }) => name).join(", ")};
                   or primitives, threads, compile-times
  --json FILE      keep the figures
  --markdown FILE  write the tables between the markers of a document`

/** Measures what Lutra exists for: each program of the bar, against the primitives of the same run and against hand-written code. */
const { values: options } = parseArgs({
  options: {
    alternatives: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    json: { type: "string" },
    markdown: { type: "string" },
    help: { type: "boolean", default: false },
  },
})
if (options.help) {
  console.log(USAGE)
  process.exit()
}
const chosen = workloads.filter(({ name, isQuick }) =>
  options.only === undefined ? isQuick || !options.quick : name === options.only,
)
const PARTS = ["primitives", "threads", "compile-times"]
if (chosen.length === 0 && (options.alternatives || !PARTS.includes(options.only ?? ""))) {
  console.error(`there is no workload "${options.only}"\n${USAGE}`)
  process.exit(2)
}

const effort: Effort = {
  relinearization: relinearizations(),
  repeats: options.quick ? 2 : 5,
  longestRun: options.only !== undefined ? Infinity : options.quick ? 5000 : 90_000,
}
const machine = {
  cpu: cpus()[0]?.model.trim() ?? arch(),
  cores: cpus().length,
  node: process.version,
  load: loadavg()[0]!,
}

const primitives = isAsked("primitives") ? await primitiveTimes() : []
const rows = options.alternatives ? [] : await workloadRows()
const threads = isAsked("threads") ? await timeThreads() : []
const compiling = isAsked("compile-times") ? timeCompiler() : []
const alternatives = options.alternatives ? await timeAlternatives() : []
const sections: readonly (readonly [string, Table])[] = [
  ["Programs of the bar", timesTable(rows)],
  ["What was compiled", circuitsTable(rows)],
  ["Generated and hand-written code", handWrittenTable(rows)],
  ["SEAL's operations, one thread, milliseconds", primitivesTable(primitives)],
  ["Two threads on a batch", threadsTable(threads)],
  ["Compile time of growing programs", compileTimesTable(compiling)],
  ["The choice by the best", choicesTable(alternatives)],
  ["What might have been chosen", alternativesTable(alternatives)],
]
const shown = sections.filter(([, { rows }]) => rows.length > 0)
const where = `${machine.cpu}, ${machine.cores} shared cores, one thread; Node ${machine.node}; load ${machine.load.toFixed(1)} at the start and ${loadavg()[0]!.toFixed(1)} at the end; medians`

console.log(where)
if (rows.some(({ outcome }) => isFailed(outcome) && outcome.step === "run")) process.exitCode = 1
if (alternatives.some(({ measured }) => measured.some(({ failure }) => failure))) process.exitCode = 1
for (const [title, table] of shown) console.log(`\n${title}\n\n${textTable(table)}`)
if (options.json !== undefined) {
  const text = JSON.stringify(
    { machine, primitives, workloads: rows, threads, compileTimes: compiling, alternatives },
    exactly,
    2,
  )
  writeFileSync(options.json, `${text}\n`)
}
if (options.markdown !== undefined) {
  const figures = shown.map(([title, table]) => `### ${title}\n\n${markdownTable(table)}`).join("\n\n")
  const document = readFileSync(options.markdown, "utf8")
  const part = options.alternatives ? "alternatives" : "figures"
  writeFileSync(options.markdown, withFigures(document, `${where}.\n\n${figures}`, part))
}

async function primitiveTimes(): Promise<PrimitiveTimes[]> {
  const times: PrimitiveTimes[] = []
  for (const n of [8192, 16384]) {
    for (const scheme of ["bfv", "bgv"] as const) {
      progress(`primitives of ${scheme} at n = ${n}`)
      times.push(await measurePrimitives(scheme, n, options.quick ? 5 : 15))
    }
  }
  return times
}

async function workloadRows(): Promise<Row[]> {
  const rows: Row[] = []
  for (const [i, workload] of chosen.entries()) {
    const place = `[${i + 1}/${chosen.length}] ${workload.title}`
    const outcome = await measure(workload, effort, (doing) => progress(`${place}: ${doing}`))
    rows.push({
      outcome,
      verdict: isFailed(outcome) ? undefined : judge(outcome, workload.bar),
    })
  }
  return rows
}

async function timeAlternatives(): Promise<Alternatives[]> {
  const all: Alternatives[] = []
  for (const [i, workload] of chosen.entries()) {
    const place = `[${i + 1}/${chosen.length}] ${workload.title}`
    all.push(await measureAlternatives(workload, effort, (doing) => progress(`${place}: ${doing}`)))
  }
  return all
}

/** Parts other than workloads: in a full run, or alone. */
function isAsked(part: string): boolean {
  if (options.alternatives) return false
  return options.only === undefined || options.only === part
}

async function timeThreads(): Promise<ThreadTimes[]> {
  progress("two threads on a batch of ciphertexts")
  const workload = workloads.find(({ name }) => name === (options.quick ? "table-4" : "table-6"))!
  try {
    return [await measureThreads(workload, 4, options.quick ? 1 : 3)]
  } catch (error) {
    progress(`not measured: ${failureText(error)}`)
    return []
  }
}

function timeCompiler(): CompileTime[] {
  progress("compile times of growing programs")
  return compileTimes(options.quick)
}

function progress(doing: string): void {
  process.stderr.write(`${(performance.now() / 1000).toFixed(1).padStart(7)} s  ${doing}\n`)
}

/** Whole numbers of any size as JSON. */
function exactly(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value
}
