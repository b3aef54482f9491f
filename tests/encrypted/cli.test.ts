import { expect, test } from "vitest"
import { lutraIn, printed, SCORE } from "../cli/support.ts"

const lutra = lutraIn({ "score.ir": SCORE, "batch.json": '[{ "x": [1, 2, 3, 4] }, { "x": [15, 0, 0, 0] }]' })

test("lutra run encrypts a batch, computes and decrypts, and shows no progress where there is no terminal", async () => {
  const args = ["run", "score.ir", "--input", "batch.json", "--batch"]
  expect(await lutra.spawned(args)).toEqual(printed('[{"y":10},{"y":15}]\n'))
})

test("lutra run encrypts one object of inputs and decrypts one", async () => {
  const args = ["run", "score.ir", "--input", "-"]
  expect(await lutra(args, '{"x":[1,2,3,4]}')).toEqual(printed('{"y":10}\n'))
})

test("lutra run takes worker threads for the groups of a batch", async () => {
  const args = ["run", "score.ir", "--batch", "--input", "-", "--threads", "2"]
  const samples = Array.from({ length: 8200 }, (_, i) => ({ x: [i % 16, 0, 0, 1] }))
  const results = JSON.stringify(samples.map(({ x }) => ({ y: x[0]! + 1 })))
  expect(await lutra.spawned(args, JSON.stringify(samples))).toEqual(printed(`${results}\n`))
})

test("lutra bench measures encrypted runs and checks their results", async () => {
  const { status, stdout } = await lutra(["bench", "score.ir", "--batch", "3", "--runs", "2"])
  expect(status).toBe(0)
  const rows = stdout.split("\n").map((line) => /^ {2}([a-z ]+?) {2}/.exec(line)?.[1])
  expect(stdout).toMatch(/^score: (BFV|BGV), n = \d+; 2 requests of 3 samples, 1 thread\n/)
  expect(rows.filter((row) => row !== undefined)).toEqual([
    "compile",
    "keys",
    "server",
    "first run",
    "encrypt",
    "run",
    "decrypt",
    "noise",
    "checked",
  ])
  expect(stdout).toMatch(/ checked +9 {2}samples, all equal to the program in the clear\n$/)
})

test("lutra bench --json prints the same figures as data", async () => {
  const { status, stdout, stderr } = await lutra(["bench", "score.ir", "--runs", "1", "--json"])
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  const { milliseconds, bytes, ...rest } = JSON.parse(stdout)
  expect(Object.keys(milliseconds).sort()).toEqual(
    ["compile", "keys", "server", "firstRun", "encrypt", "run", "refresh", "decrypt"].sort(),
  )
  for (const each of [...Object.values(milliseconds), ...Object.values(bytes)])
    expect(each).toBeTypeOf("number")
  expect(rest).toMatchObject({ name: "score", requests: 1, batch: 1, threads: 1, checked: 2, warnings: [] })
})
