import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { accuracy, type FloatModel, importModel, r2 } from "lutra/ml"
import { slowness } from "./bar.ts"
import { calibrationFor } from "./calibration-rows.ts"
import { formatMegabytes, formatMs, markdownTable, significant, type Table, textTable } from "./format.ts"
import { withFigures } from "./markdown.ts"
import { relinearizations } from "./reference.ts"
import { median } from "./statistics.ts"

const USAGE = `npm run bench:models -- [options]
  --only NAME      models whose file begins with this
  --folder PATH    models with a NAME.test.json beside each (default: tests/models)
  --no-run         estimates only
  --markdown FILE  write the table between the markers of a document`

/** Measures trained models: what quantizing loses, and what a prediction on encrypted rows takes. */
const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    folder: { type: "string", default: join(import.meta.dirname, "../tests/models") },
    run: { type: "boolean", default: true },
    markdown: { type: "string" },
    help: { type: "boolean", default: false },
  },
  allowNegative: true,
})
if (options.help) {
  console.log(USAGE)
  process.exit()
}

interface ModelTest {
  readonly task?: "classification" | "regression"
  readonly x: readonly number[][]
  readonly y?: readonly (number | string)[]
}

const HEADER = [
  "model",
  "float",
  "integers",
  "quantize, compile",
  "one row, estimated",
  "measured",
  "on the reference machine",
  "a row of a full batch, estimated",
  "keys",
  "request",
] as const

const relinearizationAt = relinearizations()
const files = readdirSync(options.folder)
  .filter((file) => /\.(onnx|txt|json)$/.test(file) && !file.endsWith(".test.json"))
  .filter((file) => file.startsWith(options.only))
  .sort()
const rows: string[][] = []
for (const file of files) {
  process.stderr.write(`${file}\n`)
  try {
    rows.push(await measured(file))
  } catch (error) {
    rows.push([file, `refused: ${(error as Error).message.split("\n")[0]}`, ...HEADER.slice(2).map(() => "")])
  }
}
const table: Table = { header: HEADER, rows }
console.log(textTable(table))
if (options.markdown !== undefined) {
  const document = readFileSync(options.markdown, "utf8")
  writeFileSync(options.markdown, withFigures(document, markdownTable(table), "models"))
}

async function measured(file: string): Promise<string[]> {
  const path = join(options.folder, file)
  const test = readTest(path)
  const started = performance.now()
  const model = await importModel(path)
  const quantized = await model.quantize({ calibration: calibrationFor(file, test.x) })
  const program = quantized.compile({ name: "model" })
  const seconds = (performance.now() - started) / 1000
  const report = program.report()
  const batch = quantized.compile({ batch: report.n }).report()
  const ms = options.run ? await timePrediction(program, test.x[0]!) : undefined
  const scaled = ms === undefined ? undefined : await onReference(ms, report.n)
  return [
    file,
    metricOf(model, program.predictFloat(test.x), test),
    metricOf(model, program.predictClear(test.x), test),
    `${significant(seconds)} s`,
    formatMs(report.time.run),
    ms === undefined ? "" : formatMs(ms),
    scaled === undefined ? "" : formatMs(scaled),
    formatMs(batch.time.sample),
    formatMegabytes(report.keyBytes),
    formatMegabytes(report.ciphertextBytes.request),
  ]
}

function readTest(path: string): ModelTest {
  const text = readFileSync(path.replace(/(\.lightgbm)?\.(onnx|json|txt)$/, ".test.json"), "utf8")
  return JSON.parse(text, (_, value) => (value === null ? Number.NaN : value)) as ModelTest
}

/** On the test rows. */
function metricOf(model: FloatModel, scores: number[][], { task, y }: ModelTest): string {
  if (y === undefined) return ""
  return task === "regression"
    ? `R² ${r2(scores, y.map(Number)).toFixed(4)}`
    : `${(100 * accuracy(model, scores, y)).toFixed(2)} %`
}

type Program = ReturnType<Awaited<ReturnType<Awaited<ReturnType<typeof importModel>>["quantize"]>>["compile"]>

/** Milliseconds of the server's part of one encrypted prediction. */
async function timePrediction(program: Program, row: readonly number[]): Promise<number> {
  using client = await program.client()
  using server = await program.server(client.evaluationKeys())
  const request = client.encryptRows([row])
  await server.run(request)
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const started = performance.now()
    await server.run(request)
    times.push(performance.now() - started)
  }
  return median(times)
}

/** What that would take on the reference machine, by a relinearization measured now; of no degree it has no figure for. */
async function onReference(ms: number, n: number): Promise<number | undefined> {
  if (n !== 8192 && n !== 16384) return undefined
  const relinearization = await relinearizationAt(n)
  return ms / slowness(n, relinearization())
}
