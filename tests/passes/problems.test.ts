import { describe, expect, test } from "vitest"
import { type Program, parse } from "../../src/ir/index.ts"
import { defaultTarget, depthOf, runPasses } from "../../src/passes/index.ts"
import { messageOf } from "../frontend/support.ts"

const refusal = (text: string): string =>
  messageOf(() => runPasses(parse(text) as Program, defaultTarget)).replace("ProgramError: ", "")

/** The first lines of all that is said below carets. */
const said = (message: string): string[] =>
  message.split("\n").flatMap((line) => /^ {2}\^\^\^ (.*?)(?: {3}\(|$)/.exec(line)?.[1] ?? [])

describe("one error lists everything that is wrong", () => {
  const message = refusal(`program p {
  %0 : enc 0..1099511627776000 = input {name="wide"}
  %1 : enc 0..262143 = input {name="v"}
  %2 : enc 0..262143 = apply %1 {expr="max(x, 0)"}
  %3 : enc real 0.0..131071.5 = apply %1 {expr="x / 2"}
  %4 : enc 0..511 = input {name="a"}
  %5 : enc 0..511 = input {name="b"}
  %6 : enc 0..511 = apply %4, %5 {expr="max(x, y)"}
  %7 : enc 0..2199023255552000 = add %0, %0
  return w = %7, t = %2, half = %3, pair = %6
}
`)

  test("of all passes, in the order of the program", () => {
    expect(said(message)).toEqual([
      "output w lies in 0..2199023255552000, which takes 51 bits, but at most 50 can be told apart",
      "this value lies in 0..262143, a table of 262144 entries, but tables end at 65537",
      "output half is a real value, enc real 0.0..131071.5, but only integers can be encrypted",
      "two secrets in one table: a in 0..511 and b in 0..511 make 262144 combinations, but such tables end at 4096",
    ])
  })

  test("says how many", () => {
    expect(message.split("\n")[0]).toBe("program p has 4 problems")
  })

  test("and puts a remedy that was tried below each", () => {
    expect(message).toContain("declare wide as uint(49) in place of range(0, 1099511627776000): 50 bits")
    expect(message).toContain("declare v as uint(16) in place of uint(18): 65536 entries, 16 levels")
    expect(message).toContain(
      "declare a as uint(6) and b as uint(6) in place of uint(9): 4096 entries, 12 levels",
    )
  })
})

test.each([
  [0, 65_536, ""],
  [-32_768, 32_768, ""],
  [-32_768, 32_769, "this value lies in -32768..32769, a table of 65538 entries, but tables end at 65537"],
])("a table over %d..%d has as many entries as the field has elements, or is refused", (lo, hi, expected) => {
  const text = `program p {
  %0 : enc ${lo}..${hi} = input {name="x"}
  %1 : enc 0..1 = apply %0 {expr="x > 7"}
  return y = %1
}
`
  if (expected === "") expect(depthOf(runPasses(parse(text) as Program, defaultTarget))).toBe(17)
  else expect(said(refusal(text))).toEqual([expected])
})

test("what comes of a refused table is not refused again", () => {
  const message = refusal(`program p {
  %0 : enc 0..1048575 = input {name="x"}
  %1 : enc 0..1048575 = apply %0 {expr="max(x, 0)"}
  %2 : enc 0..1048575 = apply %1 {expr="abs(x)"}
  return y = %2
}
`)
  expect(said(message)).toEqual([
    "this value lies in 0..1048575, a table of 1048576 entries, but tables end at 65537",
  ])
  expect(message).not.toContain("stand-in")
})

test("what a refused table is made from is still checked for depth, in a listing of its own", () => {
  const products = [...Array(27).keys()].map((i) => {
    const before = i === 0 ? "%0" : `%${2 * i + 1}`
    return [
      `  %${2 * i + 2} : enc 0..9 = mul ${before}, %0`,
      `  %${2 * i + 3} : enc 0..3 = assume %${2 * i + 2} {lo=0, hi=3, by="user"}`,
    ].join("\n")
  })
  const message = refusal(`program p {
  %0 : enc 0..3 = input {name="x"}
  %1 : enc 0..262143 = input {name="v"}
${products.join("\n")}
  %56 : enc 0..262146 = add %55, %1
  %57 : enc 0..2 = apply %56 {expr="mod(x, 3)"}
  return y = %57
}
`)
  expect(message.split("\n")[0]).toBe("program p has 2 problems")
  expect(said(message).filter((line) => !line.startsWith("a product"))).toEqual([
    "this value lies in 0..262146, a table of 262147 entries, but tables end at 65537",
    "the deepest output needs 27 levels of products, but at most 25 can be had",
  ])
  expect(message).toContain("\nand further on:\n")
  expect(message).not.toContain("stand-in")
})
