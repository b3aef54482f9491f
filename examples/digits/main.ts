import { styleText } from "node:util"
import { type Compiled, SealContext } from "lutra"
import { type LabelledImage, splitDigits } from "./data.ts"
import { drawImages } from "./draw.ts"
import { argmax, loadNetwork, type Network, reducePixels, scores } from "./network.ts"
import { compileDigits } from "./program.ts"
import { withProgress } from "./progress.ts"

const network = loadNetwork()
const { heldBack } = splitDigits()

console.log(styleText("bold", "\nHandwritten digits, read by a server that never sees them\n"))
describeNetwork(network)

const batch = await classify(
  "All held-back images in one run",
  compileDigits(network, heldBack.length),
  heldBack,
)
drawSome(heldBack, batch.predictions)
printAccuracy(heldBack, batch)

const single = await classify("One image alone", compileDigits(network, 1), heldBack.slice(0, 1))

console.log(styleText("bold", "\nIn short"))
const share = batch.seconds / heldBack.length
printRows([
  [
    "batch",
    `${heldBack.length} images in ${seconds(batch.seconds)}, ${(share * 1000).toFixed(1)} ms an image`,
  ],
  [
    "one image",
    `${seconds(single.seconds)} on the server, ${seconds(single.wholeSeconds)} with encryption and decryption`,
  ],
])
if (!batch.isExact || !single.isExact) {
  console.error(styleText("red", "\nEncrypted and cleartext scores differ."))
  process.exitCode = 1
}

interface Outcome {
  readonly predictions: readonly number[]
  /** Whether every decrypted score equals the network's own. */
  readonly isExact: boolean
  /** The server's part. */
  readonly seconds: number
  /** Encryption, the server's part, decryption. */
  readonly wholeSeconds: number
}

/** Plays client and server for some images, and prints what it took. */
async function classify(
  title: string,
  program: Compiled,
  images: readonly LabelledImage[],
): Promise<Outcome> {
  const report = program.report()
  console.log(styleText("bold", `\n${title}`))
  const started = performance.now()
  using context = await SealContext.create(program.parameters)
  using client = await withProgress("making keys", (onProgress) => program.client({ context, onProgress }))
  const keys = client.evaluationKeys()
  using server = await program.server(keys, { context })
  const keyed = performance.now()

  const samples = images.map(({ pixels }) => ({ image: reducePixels(pixels, network.brightest) }))
  const request = client.encryptBatch(samples)
  const encrypted = performance.now()
  const reply = await withProgress("the server computes", (onProgress) => server.run(request, { onProgress }))
  const computed = performance.now()
  const decrypted = client.decryptBatch(reply) as number[][]
  const finished = performance.now()

  const expected = images.map(({ pixels }) => scores(network, reducePixels(pixels, network.brightest)))
  const wrong = decrypted.flatMap((row, i) => row.filter((score, j) => score !== expected[i]![j])).length
  printRows([
    [
      "scheme",
      `${report.scheme.toUpperCase()}, ${report.security}-bit security, n = ${report.n}, t = ${report.t}`,
    ],
    ["modulus", `${report.primes.reduce((a, b) => a + b)} bits in primes of ${report.primes.join(", ")}`],
    ["layout", `${report.lanes} images a run, one in each lane of ${report.ring} slots`],
    [
      "circuit",
      `depth ${report.depth}: ${report.counts.products} products, ${report.counts.rotations} rotations, ${report.counts.plainProducts + report.counts.scalarProducts} products with weights`,
    ],
    ["noise", `${client.noiseBudget(reply)} bits of budget left, estimated before as ${report.noiseMargin}`],
    ["keys", `${megabytes(keys.length)}, made in ${seconds((keyed - started) / 1000)}`],
    [
      "request",
      `${megabytes(request.length)} for ${count(images.length, "image")}, encrypted in ${seconds((encrypted - keyed) / 1000)}`,
    ],
    ["reply", `${megabytes(reply.length)}, decrypted in ${seconds((finished - computed) / 1000)}`],
    ["server", `${seconds((computed - encrypted) / 1000)} a run on one thread`],
    [
      "exact",
      wrong === 0
        ? `all ${expected.length * 10} encrypted scores equal the cleartext ones`
        : styleText(
            "red",
            `${wrong} of ${expected.length * 10} encrypted scores differ from the cleartext ones`,
          ),
    ],
  ])
  return {
    predictions: decrypted.map(argmax),
    isExact: wrong === 0,
    seconds: (computed - encrypted) / 1000,
    wholeSeconds: (finished - keyed) / 1000,
  }
}

function describeNetwork({ hidden, output, brightest }: Network): void {
  const weights = hidden.weights.flat().filter((weight) => weight !== 0).length
  printRows([
    ["images", `${heldBack.length} held back from training, 8x8 pixels, levels 0 to ${brightest}`],
    ["network", `64 pixels, ${hidden.weights.length} neurons, ${output.weights.length} scores; all integers`],
    ["activation", `a lookup table of ${hidden.table.entries.length} entries`],
    ["weights", `${weights} in the first layer, ${output.weights.flat().length} in the second`],
  ])
}

/** Three that are read right and up to three that are not. */
function drawSome(images: readonly LabelledImage[], predictions: readonly number[]): void {
  const labelled = images.map((image, i) => ({ ...image, prediction: predictions[i]! }))
  const right = labelled.filter(({ label, prediction }) => label === prediction).slice(0, 3)
  const wrong = labelled.filter(({ label, prediction }) => label !== prediction).slice(0, 2)
  const drawings = [...right, ...wrong].map(({ pixels, label, prediction }) => ({
    pixels,
    caption: `is ${label}, read ${prediction}`,
    isWrong: label !== prediction,
  }))
  console.log(`\n${drawImages(drawings)}`)
}

function printAccuracy(images: readonly LabelledImage[], { predictions }: Outcome): void {
  const right = images.filter(({ label }, i) => label === predictions[i]).length
  const percent = ((100 * right) / images.length).toFixed(1)
  console.log(`\n  ${styleText("bold", `${right} of ${images.length} read right: ${percent} %`)}`)
}

function printRows(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, value] of rows) console.log(`  ${styleText("dim", name.padEnd(width))}  ${value}`)
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`
}
