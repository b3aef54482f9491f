import { accuracy, gradientBoosting, labelOf, trainTestSplit } from "lutra/ml"
import { readTable } from "../csv.ts"

const names = ["malignant", "benign"]
const { x, y } = readTable(new URL("data/breast-cancer.csv", import.meta.url))
const { train, test } = trainTestSplit(x, y, { seed: 1 })

// Few intervals for each feature: a client sends one bit for each threshold of the model.
const model = gradientBoosting({ trees: 40, depth: 2, learningRate: 0.3 }).fit(train.x, train.y)
const quantized = await model.quantize({ calibration: train.x, labels: train.y })
const program = quantized.compile({ batch: 64 })

const rows = test.x.slice(0, 64)
const encrypted = await program.predict(rows)
const clear = program.predictClear(rows)
const percent = (scores: number[][], labels: number[]) =>
  `${(100 * accuracy(model, scores, labels)).toFixed(1)} %`

console.log(`trained on ${train.x.length} cell samples, measured on ${test.x.length} others`)
console.log(`in floating point  ${percent(model.predictFloat(test.x), test.y)} right`)
console.log(`in integers        ${percent(program.predictClear(test.x), test.y)} right`)
console.log(`encrypted          ${percent(encrypted, test.y.slice(0, 64))} of the first 64 right`)
console.log(`equal in clear     ${encrypted.every((scores, i) => scores[0] === clear[i]![0])}`)
for (const [i, scores] of encrypted.slice(0, 4).entries()) {
  const read = names[Number(labelOf(model, scores))]
  console.log(`sample ${i}: ${read}, probability of benign ${scores[0]!.toFixed(3)}, is ${names[test.y[i]!]}`)
}
