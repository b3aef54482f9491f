import { expect, test } from "vitest"
import { signNetwork, signRows } from "../ml/made-networks.ts"
import { networkCase, networks } from "../ml/network-rows.ts"

test.each(networks)(
  "%s gives the same scores encrypted as on cleartext integers",
  async (name) => {
    const { model, x, calibration } = await networkCase(name, 120)
    const program = (await model.quantize({ calibration, maxLoss: 5 })).compile()
    const rows = x.slice(0, 2)
    expect(await program.predict(rows)).toEqual(program.predictClear(rows))
    await program.dispose()
  },
  90_000,
)

test("a network too deep for one run gives in rounds what it gives on cleartext integers", async () => {
  const layer = { by: "sign" } as const
  const quantised = await signNetwork([layer, layer, layer, layer]).quantize({ calibration: signRows })
  const program = quantised.compile({ refresh: "auto" })
  const rows = signRows.slice(0, 2)
  expect(await program.predict(rows)).toEqual(program.predictClear(rows))
  await program.dispose()
})
