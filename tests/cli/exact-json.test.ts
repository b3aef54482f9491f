import { describe, expect, test } from "vitest"
import { parseExactJson, printExactJson } from "../../src/cli/files/exact-json.ts"

describe("exact JSON", () => {
  test("reads integers as what they are, however large", () => {
    expect(parseExactJson('{"x":[1,-2,9007199254740991,9007199254740992,-9007199254740993]}')).toEqual({
      x: [1, -2, 9007199254740991, 9007199254740992n, -9007199254740993n],
    })
  })

  test("reads strings of digits as integers and leaves other strings alone", () => {
    expect(parseExactJson('["12","-12","1.5","","0x10","twelve"]')).toEqual([
      12n,
      -12n,
      "1.5",
      "",
      "0x10",
      "twelve",
    ])
  })

  test("leaves numbers that are no integers to be refused", () => {
    expect(parseExactJson("[1.5,1e300,true,null]")).toEqual([1.5, 1e300, true, null])
  })

  test("prints bigints as strings of digits", () => {
    expect(printExactJson({ y: [1, 2n ** 60n] })).toBe('{"y":[1,"1152921504606846976"]}')
  })
})
