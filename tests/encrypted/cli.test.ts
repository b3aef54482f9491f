import { expect, test } from "vitest"
import { lutraIn, printed, SCORE } from "../cli/support.ts"

const lutra = lutraIn({ "score.ir": SCORE, "batch.json": '[{ "x": [1, 2, 3, 4] }, { "x": [15, 0, 0, 0] }]' })

test("lutra run encrypts a batch, computes and decrypts, and shows no progress where there is no terminal", async () => {
  const args = ["run", "score.ir", "--input", "batch.json", "--batch"]
  expect(await lutra(args)).toEqual(printed('[{"y":10},{"y":15}]\n'))
})

test("lutra run encrypts one object of inputs and decrypts one", async () => {
  const args = ["run", "score.ir", "--input", "-"]
  expect(await lutra(args, '{"x":[1,2,3,4]}')).toEqual(printed('{"y":10}\n'))
})

test("lutra run takes worker threads for the groups of a batch", async () => {
  const args = ["run", "score.ir", "--batch", "--input", "-", "--threads", "2"]
  const samples = Array.from({ length: 8200 }, (_, i) => ({ x: [i % 16, 0, 0, 1] }))
  const results = JSON.stringify(samples.map(({ x }) => ({ y: x[0]! + 1 })))
  expect(await lutra(args, JSON.stringify(samples))).toEqual(printed(`${results}\n`))
})
