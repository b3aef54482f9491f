import { expect, test } from "vitest"
import { signNetwork, signRows } from "../ml/made-networks.ts"
import { networkCase } from "../ml/network-rows.ts"

test.each([
  ["digits-mlp", 400],
  ["digits-mlp-square", 200],
  ["cancer-mlp", 398],
] as const)(
  "%s quantized on other rows loses no more than half a point on the test rows, and gives the same scores encrypted",
  async (name, count) => {
    const { model, x, y, calibration } = await networkCase(name, count)
    const program = (await model.quantize({ calibration })).compile()
    const column = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores))
    const right = (all: readonly (readonly number[])[]): number =>
      all.filter((scores, i) => column(scores) === y[i]).length
    const clear = program.predictClear(x)
    expect((right(model.predictFloat(x)) - right(clear)) / x.length).toBeLessThanOrEqual(0.005)
    expect(await program.predict(x.slice(0, 2))).toEqual(clear.slice(0, 2))
    await program.dispose()
  },
)

test("a convolutional network gives the same scores encrypted as on cleartext integers", async () => {
  const { model, x, calibration } = await networkCase("digits-cnn", 120)
  const program = (await model.quantize({ calibration, maxLoss: 5 })).compile()
  const rows = x.slice(0, 2)
  expect(await program.predict(rows)).toEqual(program.predictClear(rows))
  await program.dispose()
})

test("a network too deep for one run gives in rounds what it gives on cleartext integers", async () => {
  const layer = { by: "sign" } as const
  const quantized = await signNetwork([layer, layer, layer, layer]).quantize({ calibration: signRows })
  const program = quantized.compile({ refresh: "auto" })
  const rows = signRows.slice(0, 2)
  expect(await program.predict(rows)).toEqual(program.predictClear(rows))
  await program.dispose()
})
