import { accuracy, logisticRegression, trainTestSplit } from "lutra/ml"
import { readTable } from "../csv.ts"

const { columns, x, y } = readTable(new URL("../diabetes/data/diabetes.csv", import.meta.url))
const median = y.toSorted((a, b) => a - b)[y.length >> 1]!
const outcomes = y.map((value) => (value > median ? "high" : "low"))
const { train, test } = trainTestSplit(x, outcomes, { seed: 1 })

// Classes are in the order of their names, so that the probability is that of "low" risk.
const model = logisticRegression().fit(train.x, train.y)
const quantized = await model.quantize({ calibration: train.x, labels: train.y })
const program = quantized.compile({ batch: test.x.length })

const encrypted = await program.predict(test.x)
const clear = program.predictClear(test.x)
const percent = (scores: number[][]) => `${(100 * accuracy(model, scores, test.y)).toFixed(1)} %`

console.log(`a score of ${columns.length} answers, learnt from ${train.x.length} people`)
console.log(`in floating point  ${percent(model.predictFloat(test.x))} of ${test.x.length} others told right`)
console.log(`encrypted          ${percent(encrypted)}`)
console.log(`equal in clear     ${encrypted.every(([score], i) => score === clear[i]![0])}`)
for (const [i, [probability]] of encrypted.slice(0, 4).entries()) {
  const points = Math.round(1000 * probability!)
  console.log(
    `applicant ${i}: ${points} of 1000 points, ${points > 500 ? "accepted" : "declined"}; was ${test.y[i]}`,
  )
}
