import { accuracy, importModel, labelOf } from "lutra/ml"
import { readTable } from "../csv.ts"

// The network was trained on grey levels from 0 to 1.
const scaled = (images: number[][]) => images.map((pixels) => pixels.map((pixel) => pixel / 16))
const test = readTable(new URL("data/test.csv", import.meta.url))
const known = new Set(test.x.map(String))
const others = readTable(new URL("../digits/data/digits.csv", import.meta.url)).x.filter(
  (pixels) => !known.has(String(pixels)),
)
const rows = scaled(test.x)

const model = await importModel(new URL("data/digits-mlp.onnx", import.meta.url))
const quantized = await model.quantize({ calibration: scaled(others.slice(0, 400)) })
const { candidates, chosen } = quantized.report()
const program = quantized.compile({ batch: 8 })

const encrypted = await program.predict(rows.slice(0, 8))
const clear = program.predictClear(rows)
const percent = (scores: number[][]) => `${(100 * accuracy(model, scores, test.y)).toFixed(1)} %`

console.log(`a network of PyTorch, quantized on 400 images that are none of the ${rows.length} here`)
console.log(`in floating point  ${percent(model.predictFloat(rows))} right`)
console.log(`in integers        ${percent(clear)} right: ${candidates[chosen!]!.notes[0]}`)
console.log(
  `equal in clear     ${encrypted.every((scores, i) => scores.every((s, k) => s === clear[i]![k]))}`,
)
for (const [i, scores] of encrypted.entries()) {
  console.log(`image ${i}: encrypted ${labelOf(model, scores)}, is ${test.y[i]}`)
}
