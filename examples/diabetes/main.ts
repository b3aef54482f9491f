import { linearRegression, r2, trainTestSplit } from "lutra/ml"
import { readTable } from "../csv.ts"

const { columns, x, y } = readTable(new URL("data/diabetes.csv", import.meta.url))
const { train, test } = trainTestSplit(x, y, { seed: 1 })

const model = linearRegression({ l2: 10 }).fit(train.x, train.y)
const quantized = await model.quantize({ calibration: train.x, labels: train.y })
const program = quantized.compile({ batch: test.x.length })

const encrypted = await program.predict(test.x)
const clear = program.predictClear(test.x)

console.log(`trained on ${train.x.length} patients by ${columns.join(", ")}`)
console.log(
  `R² in floating point  ${r2(model.predictFloat(test.x), test.y).toFixed(4)} on ${test.x.length} others`,
)
console.log(`R² encrypted          ${r2(encrypted, test.y).toFixed(4)}`)
console.log(`equal in clear        ${encrypted.every(([score], i) => score === clear[i]![0])}`)
for (const [i, [score]] of encrypted.slice(0, 3).entries()) {
  console.log(`patient ${i}: progression ${score!.toFixed(1)} predicted, ${test.y[i]} measured a year later`)
}
