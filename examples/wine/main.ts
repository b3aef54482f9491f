import { accuracy, labelOf, perceptron, trainTestSplit } from "lutra/ml"
import { readTable } from "../csv.ts"

const { columns, x, y } = readTable(new URL("data/wine.csv", import.meta.url))
const { train, test } = trainTestSplit(x, y, { test: 45, seed: 1 })

// Squares need no tables, and with weights and inputs of 4 bits values stay narrow.
const constraints = { activation: "square", weightBits: 4, inputBits: 4 } as const
const model = perceptron({ hidden: [16], ...constraints }).fit(train.x, train.y)
const quantized = await model.quantize({ calibration: train.x, labels: train.y })
const program = quantized.compile({ batch: test.x.length })

const encrypted = await program.predict(test.x)
const clear = program.predictClear(test.x)
const percent = (scores: number[][]) => `${(100 * accuracy(model, scores, test.y)).toFixed(1)} %`

console.log(`a network of squares, trained on ${train.x.length} wines by ${columns.length} measurements`)
console.log(
  `in floating point  ${percent(model.predictFloat(test.x))} of ${test.x.length} other wines told apart`,
)
console.log(`encrypted          ${percent(encrypted)}`)
console.log(
  `equal in clear     ${encrypted.every((scores, i) => scores.every((s, k) => s === clear[i]![k]))}`,
)
for (const [i, scores] of encrypted.slice(0, 4).entries()) {
  console.log(`wine ${i}: cultivar ${labelOf(model, scores)}, is ${test.y[i]}`)
}
