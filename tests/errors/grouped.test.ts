// Equal problems of a program are listed a few times and counted; what differs is listed.
import { expect, test } from "vitest"
import { compile, enc, type Tensor, uint } from "../../src/index.ts"

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error("nothing was refused")
}
const outputs = (count: number, fn: (i: number) => Tensor): Record<string, Tensor> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`o${i}`, fn(i)]))

test("of 70 real outputs four are shown, and how many more there are", () => {
  const message = messageOf(() =>
    compile({ x: enc(uint(3), [2]) }, ({ x }) => outputs(70, (i) => x.div(i + 2))),
  )
  expect(message.split("\n")[0]).toBe("program main has 70 problems")
  expect(message.match(/\^\^\^ output o\d+ is a real value/g)).toHaveLength(4)
  expect(message.split("\n").at(-1)).toMatch(/^ {2}and 66 more like this: output o4 is a real value, .*\S$/)
})

test("a few problems, and those of another kind, are all shown", () => {
  const message = messageOf(() =>
    compile({ x: enc(uint(40), [2]) }, ({ x }) => ({
      ...outputs(4, (i) => x.div(i + 2)),
      wide: x.map("floor(sqrt(x))"),
    })),
  )
  expect(message.match(/\^\^\^ output o\d+ is a real value/g)).toHaveLength(4)
  expect(message).toMatch(/\^\^\^ this value lies in 0\.\.1099511627775, a table of/)
  expect(message).not.toContain("more like this")
})
