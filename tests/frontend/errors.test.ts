import { describe, expect, it } from "vitest"
import {
  clear,
  concat,
  enc,
  int,
  type Outputs,
  range,
  relu,
  stack,
  type Tensor,
  table,
  trace,
  uint,
  where,
} from "../../src/frontend/index.ts"
import { messageOf } from "./support.ts"

interface Given {
  readonly x: Tensor
  readonly y: Tensor
  readonly wide: Tensor
  readonly known: Tensor
}

const traceWith = (fn: (given: Given) => unknown): unknown =>
  trace(
    "f",
    { x: enc(uint(4), [3]), y: enc(int(3), [3]), wide: enc(uint(20)), known: clear(uint(2)) },
    fn as (given: Given) => Outputs,
  )
/** The message, with the listing around it. */
const refusal = (fn: (given: Given) => unknown): string => messageOf(() => traceWith(fn))
/** The message without the listing: what is wrong, and the fix where there is one. */
const remark = (fn: (given: Given) => unknown): string => {
  const [lead, ...rest] = refusal(fn).split("\n")
  const fix = rest.filter((line) => !/^ {2}(%|\^)/.test(line))
  return [lead, ...fix.map((line) => line.trim())].join("\n")
}

describe("messages show the program and the place of the call", () => {
  it("where an operand is unfit", () => {
    expect(refusal(({ x, y }) => where(x.add(1), x, y))).toBe(
      [
        "ProgramError: the condition lies in 1..16; compare it first: c.ne(0)",
        '  %0 : enc 0..15[3] = input {name="x"}',
        "  %1 : clear 1..1 = constant {value=[1]}",
        "  %2 : enc 1..16[3] = add %0, %1",
        "  ^^^ the condition lies in 1..16; compare it first: c.ne(0)   (here)",
      ].join("\n"),
    )
  })

  it("where operands do not fit together", () => {
    expect(refusal(({ x }) => x.tag("layer", (v) => v.matmul([1, 2])))).toBe(
      [
        "ProgramError: matmul of shapes [3] and [2]: the inner extents are 3 and 2",
        '  %0 : enc 0..15[3] = input {name="x"}',
        "  %1 : clear 1..2[2] = constant {value=[1, 2]}",
        "  %2 = matmul %0, %1",
        "  ^^^ matmul of shapes [3] and [2]: the inner extents are 3 and 2   (layer here)",
        "      the last axis of the first and the second-to-last of the second must be equal",
      ].join("\n"),
    )
  })

  it("names the line that cannot be made, not the one its operand comes from", () => {
    let place = ""
    const message = ((): string => {
      try {
        traceWith(({ x }) => {
          const half = x.div(2)
          place = /errors\.test\.ts:\d+/.exec(new Error().stack!)![0]
          return half.sum()
        })
      } catch (error) {
        return (error as Error).message
      }
      return ""
    })()
    const [file, line] = place.split(":")
    expect(message).toContain(`${file}:${Number(line) + 1}:`)
  })
})

describe("tables", () => {
  it.each<[string, (given: Given) => unknown, string]>([
    [
      "a function over too many values",
      ({ wide }) => wide.map((v) => v),
      "map over 0..1048575, which has more than the 65537 values a table is made for\nnarrow it first: declare narrower inputs, or assume(lo, hi); clip and floorDiv are tables of the same values",
    ],
    [
      "a function that gives a fraction",
      ({ x }) => x.map((v) => v / 2),
      "map at 1: the function gives 0.5, not an integer\nround its result: Math.round(…)",
    ],
    [
      "a function that throws",
      ({ x }) =>
        x.map((v) => {
          if (v > 3) throw new Error("too large")
          return v
        }),
      "map at 4: the function throws: too large",
    ],
    [
      "a function of a real value",
      ({ x }) => x.div(2).map((v) => v),
      "map of a real value, but only integers are supported\nround it first: round, floor, ceil, trunc or toInt",
    ],
    [
      "an expression of two operands",
      ({ x }) => x.map("x + y"),
      'map: "x + y" names 2 operands, but there is only x\nuse map2 for two',
    ],
    [
      "a function over too many pairs",
      ({ x, wide }) => x.map2(wide, (a, b) => a + b),
      "map2 over 0..15 and 0..1048575, which make more than the 65537 pairs a table is made for\nnarrow them first: declare narrower inputs, or assume(lo, hi); clip and floorDiv are tables of the same values",
    ],
    [
      "a function of two that is not defined",
      ({ x, y }) => x.map2(y, (a, b) => a % b),
      "map2 at 0, 0: the function has no value (not a number)\nnarrow what it is given with clip or assume, or let it return an integer there",
    ],
    [
      "a table that is too short",
      ({ x }) => x.lookup([1, 2, 3]),
      "the table covers 0..2, but the value lies in 0..15\ngive one entry for every value, or narrow the value with clip or assume",
    ],
    [
      "a fraction in a table",
      ({ x }) => x.lookup([[1, 2.5]]),
      "entry 1 of a table is 2.5, not an integer\nround it first",
    ],
    [
      "a table of one value",
      ({ x }) => x.lookup(3),
      "a table is one value, but a list of entries was needed",
    ],
    ["an empty table", ({ x }) => x.lookup([]), "a table of shape [0] has no entries"],
    [
      "an encrypted table",
      ({ x }) => x.lookup(x),
      "Tensor<enc 0..15[3]> is given as a table, whose entries must be known while tracing\nto read a secret tensor at a secret place write table.take(x)",
    ],
    [
      "a lookup of a real value",
      ({ x }) => x.div(2).lookup([1]),
      "lookup of a real value, but only integers are supported\nround it first: round, floor, ceil, trunc or toInt",
    ],
  ])("%s", (_name, fn, message) => {
    expect(remark(fn)).toBe(`ProgramError: ${message}`)
  })
})

describe("secrets in the place of known numbers", () => {
  const fix = "to read at a secret place use x.lookup(table), or compare with eq and choose with where"
  it.each<[string, (x: Tensor, secret: never) => unknown]>([
    ["a bound of a slice", (x, secret) => x.slice([0, secret])],
    ["an axis", (x, secret) => x.sum({ axis: secret })],
    ["an axis", (x, secret) => x.transpose([secret])],
    ["an extent of a shape", (x, secret) => x.reshape([3, secret])],
    ["an extent of a shape", (x, secret) => x.broadcastTo(secret)],
  ])("as %s", (what, fn) => {
    expect(remark(({ x, y }) => fn(x, y as never))).toBe(
      `ProgramError: Tensor<enc -4..3[3]> is given as ${what}, which must be known while tracing\n${fix}`,
    )
  })
})

describe("shapes and axes", () => {
  it.each<[(given: Given) => unknown, string]>([
    [({ x }) => x.at(3), "index 3 on axis 0, which has 3 elements"],
    [({ x }) => x.at(-4), "index -4 on axis 0, which has 3 elements"],
    [({ x }) => x.at(0, 0), "2 entries for the 1 axes of shape [3]"],
    [({ x }) => x.at(0.5), "an index is 0.5, not an integer"],
    [({ x }) => x.slice([0, 2, 0]), "a slice with step 0"],
    [({ x }) => x.sum({ axis: 1 }), "axis 1 of a tensor of 1 axes; axes are -1..0"],
    [({ wide }) => wide.sum({ axis: 0 }), "axis 0 of a tensor of 0 axes; a scalar has none"],
    [({ x }) => x.sum({ axis: [0, -1] }), "axes [0, 0] name one axis twice"],
    [({ x }) => x.reshape([2, 2]), "reshape of [3] to [2, 2]: 3 elements are not 4"],
    [({ x }) => x.reshape([-1, 2]), "reshape of 3 elements to [-1, 2]: 3 is no multiple of 2"],
    [({ x }) => x.squeeze({ axis: 0 }), "squeeze of axis 0 of shape [3], whose extent is 3 and not 1"],
    [
      ({ x }) => stack([x, 1]),
      "stack of shapes [3] and []\nall shapes must be equal; use broadcastTo or concat",
    ],
    [({ wide }) => concat([wide, wide]), "concat of scalars\nuse stack to make a vector of scalars"],
    [
      ({ x }) => x.add([1, 2]),
      "shapes [3] and [2] do not broadcast: axis 0 is 3 and 2\nequal extents or an extent of 1 are needed on every axis, counted from the last",
    ],
  ])("%s", (fn, message) => {
    expect(remark(fn)).toBe(`ProgramError: ${message}`)
  })
})

describe("values", () => {
  const accepted = "give a tensor, a finite number, a bigint, a boolean, or nested or typed arrays of them"
  const round = "round it first: round, floor, ceil, trunc or toInt"
  it.each<[string, (given: Given) => unknown, string]>([
    ["text", ({ x }) => x.add("three" as never), `"three" is given where a tensor was needed\n${accepted}`],
    [
      "NaN",
      ({ x }) => x.add(Number.NaN),
      `what is not a number is given where a tensor was needed\n${accepted}`,
    ],
    ["nothing", ({ x }) => x.add(undefined as never), "b of add is missing\nwrite x.add(b)"],
    [
      "ragged arrays",
      ({ x }) => x.add([[1, 2, 3], [1]]),
      "the array has 1 entries on axis 1 where shape [2, 3] has 3",
    ],
    [
      "arrays of tensors",
      ({ x }) => x.add([x.at(0), 1, 2] as never),
      "an array holds Tensor<enc 0..15>\nwrite array([...]) to make one tensor of several",
    ],
    [
      "numbers that are not exact",
      ({ x }) => x.add(2 ** 60),
      "1152921504606847000 is beyond 2^53, where numbers are not exact\nwrite it as a bigint: 1152921504606846976n",
    ],
    [
      "no tensor at all",
      () => relu(5),
      "none of the arguments is a tensor\nmake one of them a tensor with constant(...), or compute in JavaScript",
    ],
    [
      "a sum of real values",
      ({ x }) => x.div(2).sum(),
      `sum of a real value, but only integers are supported\n${round}`,
    ],
    [
      "fractional weights",
      ({ x }) => x.matmul([0.5, 1, 2]),
      `matmul of a real value, but only integers are supported\n${round}`,
    ],
    ["a constant divisor of 0", ({ x }) => x.div([1, 0, -1]), "division by the constant 0"],
    [
      "an encrypted divisor",
      ({ x, y }) => x.floorDiv(y),
      "floorDiv by a value in -4..3, which may be 0\nexclude 0 with clip, maximum or assume, or say what comes out there in a function of two, for map2",
    ],
    [
      "an encrypted exponent",
      ({ x, y }) => x.pow(y),
      "pow of two tensors; the exponent or the base must be a constant\nuse x.map2(y, Math.pow) for small ranges",
    ],
    [
      "an assumption that widens",
      ({ x }) => x.assume(-1, 16),
      "assume -1..16 of a value proved to lie in 0..15\nan assumption may only narrow a range; leave it out",
    ],
    [
      "an assumption that cannot hold",
      ({ x }) => x.assume(20, 30),
      "assume 20..30 of a value in 0..15: the ranges do not meet",
    ],
    [
      "a real condition",
      ({ x, y }) => where(x.div(2), x, y),
      "the condition is real; compare it first: c.ne(0)",
    ],
  ])("%s", (_name, fn, message) => {
    expect(remark(fn)).toBe(`ProgramError: ${message}`)
  })

  it("a tensor of another trace", () => {
    const message = remark(({ x }) => trace("g", { z: enc(uint(4)) }, ({ z }) => z.add(x)))
    expect(message).toBe(
      "ProgramError: Tensor<enc 0..15[3]> belongs to another trace\n" +
        "a tensor lives only inside the function that was traced; return it there and pass it on as an input",
    )
  })

  it("an expression beyond 2^53", () => {
    expect(messageOf(() => trace("f", { z: enc(uint(60)) }, ({ z }) => z.mod(3)))).toContain(
      "mod(x, y) of a value in 0..1152921504606846975, but expressions are exact only up to 2^53",
    )
  })
})

describe("what a traced function may return", () => {
  const rest =
    ", which is no tensor\nreturn a tensor, an array or a record of tensors; numbers and nested arrays are constants"
  it.each<[(given: Given) => unknown, string]>([
    [() => undefined, `the traced function returned nothing${rest}`],
    [async ({ x }) => x, `the traced function returned a Promise (it must not be async)${rest}`],
    [() => () => 1, `the traced function returned a function${rest}`],
    [() => "abc", `the traced function returned "abc"${rest}`],
    [() => null, `the traced function returned null${rest}`],
    [() => new Map(), `the traced function returned a Map${rest}`],
    [({ x }) => ({ a: { b: x } }), `the traced function returned an object${rest}`],
    [() => [], "the traced function returned no outputs\nreturn a tensor, an array or a record of tensors"],
    [({ x }) => ({ "a b": x }), '"a b" is no name for an output\nuse letters, digits and _'],
  ])("%s", (fn, message) => {
    expect(remark(fn)).toBe(`ProgramError: ${message}`)
  })
})

describe("specifications", () => {
  it.each<[() => unknown, string]>([
    [() => uint(0), "the number of bits of uint is 0, not an integer from 1 to 64"],
    [() => int(65), "the number of bits of int is 65, not an integer from 1 to 64"],
    [() => range(3, 2), "the range 3..2 is empty\ngive the smaller bound first"],
    [() => range(0.5, 2), "a bound of range is 0.5, not an exact integer\nbeyond 2^53 write a bigint"],
    [() => range(0, 2n ** 64n), "the range 0..18446744073709551616 needs more than 64 bits"],
    [() => enc(uint(4), [-1]), "shape [-1] has the extent -1; extents are integers from 0"],
    [() => enc(uint(4), [1.5]), "an extent of a shape is 1.5, not an integer"],
    [() => enc(4 as never), "the type of an input is 4\ngive uint(bits), int(bits) or range(lo, hi)"],
    [
      () => trace("my program", {}, () => 1),
      '"my program" is no name for a program\nuse letters, digits and _',
    ],
    [() => table([[], []]), "a table of shape [2, 0] has no entries"],
    [
      () => trace("f", { x: uint(4) as never }, () => 1),
      'input "x" is declared as an object\nwrite enc(uint(4), [64]) or clear(int(8))',
    ],
  ])("%s", (action, message) => {
    expect(messageOf(action)).toBe(`ProgramError: ${message}`)
  })
})

describe("plain JavaScript on a tensor", () => {
  const known = "ProgramError: Tensor<enc 0..15[3]> is known only when the program runs: "
  const plus = "it has no value yet\nwrite x.add(1) in place of x + 1, x.eq(1) in place of x == 1"
  const minus =
    "it has no value yet\nwrite x.sub(1) in place of x - 1, x.gt(y) in place of x > y, x.abs() in place of Math.abs(x)"
  const text =
    "it has no value yet\nwrite x.lookup(table) in place of table[x]; to print its type, x.toString() or console.log(x)"
  const iteration = "it cannot be iterated over\nwrite x.at(i) for element i, x.shape[0] for their number"
  it.each<[string, (x: never) => unknown, string]>([
    ["x + 1", (x) => x + 1, plus],
    // biome-ignore lint/suspicious/noDoubleEquals: what must be caught
    ["x == 1", (x) => x == 1, plus],
    ["x - 1", (x) => x - 1, minus],
    ["x > 3", (x) => x > 3, minus],
    ["Math.abs(x)", (x) => Math.abs(x), minus],
    ["a template", (x) => `${x}`, text],
    ["table[x]", (x) => [1, 2, 3][x], text],
    ["spreading", (x) => [...(x as number[])], iteration],
    ["for of", (x) => Array.from(x), iteration],
    ["x[0]", (x) => (x as number[])[0], "it is not indexed with brackets\nwrite x.at(0) in place of x[0]"],
    [
      "x[12]",
      (x) => (x as number[])[12],
      "it is not indexed with brackets\nwrite x.at(12) in place of x[12]",
    ],
    [
      "x.length",
      (x) => (x as number[]).length,
      "it has no length\nwrite x.shape[0] for the first axis, x.size for all elements",
    ],
    [
      "x[0] = 1",
      (x) => {
        ;(x as number[])[0] = 1
      },
      'it cannot be changed, so "0" cannot be set\nmake a new tensor, as where and concat do',
    ],
  ])("%s throws with the method to use", (_name, misuse, message) => {
    traceWith(({ x }) => {
      expect(messageOf(() => misuse(x as never))).toBe(known + message)
      return x
    })
  })
})
