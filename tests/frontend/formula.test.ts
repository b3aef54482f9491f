import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  add,
  argmax,
  clear,
  concat,
  conv1d,
  enc,
  eye,
  formula,
  type Inputs,
  int,
  logicalAnd,
  matmul,
  mul,
  pad,
  stack,
  sub,
  Tensor,
  type TensorLike,
  type Traced,
  trace,
  uint,
  where,
} from "../../src/frontend/index.ts"
import { print } from "../../src/ir/index.ts"
import { messageOf } from "./support.ts"

const W = [
  [1, -2, 3],
  [0, 4, 1],
]
const b = [5, -6]
const inputs = {
  x: enc(uint(4), [3]),
  s: enc(int(4)),
  A: enc(uint(2), [2, 3]),
  known: clear(uint(3), [3]),
} satisfies Inputs
type Given = Traced<typeof inputs>

const textOf = (fn: (given: Given) => TensorLike): string => print(trace("f", inputs, fn).program)
const inTrace = (text: string): string => textOf((given) => formula(text, { ...given, W, b }))
const refusal = (text: string): string => messageOf(() => inTrace(text))

describe("a formula makes the nodes of the methods", () => {
  it.each<[string, (given: Given) => TensorLike]>([
    ["relu(W * x + b) > 3", ({ x }) => matmul(W, x).add(b).relu().gt(3)],
    ["W * x", ({ x }) => matmul(W, x)],
    [
      "x * W'",
      ({ x }) =>
        x.matmul([
          [1, 0],
          [-2, 4],
          [3, 1],
        ]),
    ],
    ["x * x", ({ x }) => x.matmul(x)],
    ["A * A'", ({ A }) => A.matmul(A.T)],
    ["2 * x - s * known", ({ x, s, known }) => sub(mul(2, x), s.mul(known))],
    ["2 x", ({ x }) => mul(2, x)],
    ["x .* known", ({ x, known }) => x.mul(known)],
    ["floor(x ./ [1, 2, 3])", ({ x }) => x.div([1, 2, 3]).floor()],
    ["x .^ 2", ({ x }) => x.pow(2)],
    ["s ^ 3", ({ s }) => s.pow(3)],
    ["-s", ({ s }) => s.neg()],
    ["+s", ({ s }) => s],
    ["-3 + s", ({ s }) => add(-3, s)],
    ["x % 3", ({ x }) => x.mod(3)],
    ["x mod 3", ({ x }) => x.mod(3)],
    ["s < 1", ({ s }) => s.lt(1)],
    ["s <= 1", ({ s }) => s.le(1)],
    ["s > 1", ({ s }) => s.gt(1)],
    ["s >= 1", ({ s }) => s.ge(1)],
    ["x == known", ({ x, known }) => x.eq(known)],
    ["x != known", ({ x, known }) => x.ne(known)],
    ["x < known <= 5", ({ x, known }) => logicalAnd(x.lt(known), known.le(5))],
    ["s > 1 and x > 2", ({ s, x }) => s.gt(1).logicalAnd(x.gt(2))],
    ["s or x", ({ s, x }) => s.logicalOr(x)],
    ["s xor x", ({ s, x }) => s.logicalXor(x)],
    ["not (s == 2)", ({ s }) => s.eq(2).logicalNot()],
    ["x & 5", ({ x }) => x.and(5)],
    ["x | 5", ({ x }) => x.or(5)],
    ["x ^| 5", ({ x }) => x.xor(5)],
    ["~x", ({ x }) => x.not()],
    ["x << 2", ({ x }) => x.shl(2)],
    ["x >> 2", ({ x }) => x.shr(2)],
    ["s > 2 ? s : -s", ({ s }) => where(s.gt(2), s, s.neg())],
    ["s ? x : 7", ({ s, x }) => where(s.ne(0), x, 7)],
    ["A'", ({ A }) => A.T],
    ["x[2]", ({ x }) => x.at(1)],
    ["x[1:2]", ({ x }) => x.slice([0, 2])],
    ["x[2:end]", ({ x }) => x.slice([1])],
    ["x[:]", ({ x }) => x.slice([])],
    ["x[end:-1:1]", ({ x }) => x.slice([null, null, -1])],
    ["A[2, :]", ({ A }) => A.slice(1)],
    ["A[:, end - 1]", ({ A }) => A.slice([], 1)],
    ["A[2, 2:3]", ({ A }) => A.slice(1, [1])],
    [
      "s + [1, 2; 3, 4]",
      ({ s }) =>
        s.add([
          [1, 2],
          [3, 4],
        ]),
    ],
    ["[s, s + 1]", ({ s }) => stack([s, s.add(1)])],
    ["s + (1:3)", ({ s }) => s.add([1, 2, 3])],
    ["s + true", ({ s }) => s.add(1)],
    ["round(10 * sin(s / 4))", ({ s }) => mul(10, s.div(4).sin()).round()],
    ["round(s * pi + e)", ({ s }) => s.mul(Math.PI).add(Math.E).round()],
    ["round(s / 3, {decimals: 0})", ({ s }) => s.div(3).round()],
    ["sum(A)", ({ A }) => A.sum()],
    ["sum(A, {axis: 1, keepDims: true})", ({ A }) => A.sum({ axis: 1, keepDims: true })],
    ["sum(A, {axis: [0, 1]})", ({ A }) => A.sum({ axis: [0, 1] })],
    ["max(x) - min(x)", ({ x }) => x.max().sub(x.min())],
    ["argmax(x, {axis: null})", ({ x }) => argmax(x, { axis: null })],
    ['pad(x, [1, 2], {mode: "edge"})', ({ x }) => pad(x, [1, 2], { mode: "edge" })],
    ["conv1d(reshape(x, [1, 1, 3]), [[[1, 2]]])", ({ x }) => conv1d(x.reshape([1, 1, 3]), [[[1, 2]]])],
    ["clip(s, -2, 3)", ({ s }) => s.clip(-2, 3)],
    ["where(s > 0, x, known)", ({ s, x, known }) => where(s.gt(0), x, known)],
    ["roundBits(x, 2)", ({ x }) => x.roundBits(2)],
    ["transpose(A, [1, 0])", ({ A }) => A.transpose([1, 0])],
    ["at(A, 1, 2)", ({ A }) => A.at(1, 2)],
    ["lookup(x, [0:15])", ({ x }) => x.lookup([Array.from({ length: 16 }, (_, i) => i)])],
    [
      "lookup(s, 1:16, {offset: -8})",
      ({ s }) =>
        s.lookup(
          Array.from({ length: 16 }, (_, i) => i + 1),
          { offset: -8 },
        ),
    ],
    ["concat(x, known, {axis: 0})", ({ x, known }) => concat([x, known], { axis: 0 })],
    ["eye(3) * x", ({ x }) => eye(3).matmul(x)],
    ["h = W * x; h[1] + h[2]", ({ x }) => matmul(W, x).at(0).add(matmul(W, x).at(1))],
    ["h = s + 1\nh = h * h # squared\nh - 1", ({ s }) => s.add(1).mul(s.add(1)).sub(1)],
    ["(s)", ({ s }) => s],
    ["0x1F + s", ({ s }) => add(31, s)],
  ])("%s", (text, fn) => {
    expect(inTrace(text)).toBe(textOf(fn))
  })
})

describe("the names of a formula", () => {
  it("are those of its inputs before those of constants", () => {
    const text = textOf(({ s }) => formula("e + s", { s, e: 2 }))
    expect(text).toBe(textOf(({ s }) => add(2, s)))
  })

  it("may be those of functions", () => {
    expect(textOf(({ x }) => formula("sum(sum)", { sum: x }))).toBe(textOf(({ x }) => x.sum()))
  })

  it("need no tensor among them", () => {
    expect(formula("[1, 2; 3, 4] * [1, 10]").toString()).toBe("Tensor<clear 21..43[2]>")
    expect(formula("n + 1", { n: 2n ** 60n }).toString()).toBe(
      `Tensor<clear ${2n ** 60n + 1n}..${2n ** 60n + 1n}>`,
    )
  })

  it("are exact beyond 2^53", () => {
    expect(formula("9007199254740993").toString()).toBe("Tensor<clear 9007199254740993..9007199254740993>")
  })
})

it("every operator of tensors is called by its name or says why not", () => {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(Tensor.prototype))
  const unknown = names.filter(
    (name) => name !== "constructor" && refusal(`${name}()`).includes("there is no"),
  )
  expect(names.length).toBeGreaterThan(50)
  expect(unknown).toEqual([])
})

describe("what is wrong with a formula is shown at its place", () => {
  const refusals = (...formulas: string[]): string => formulas.map(refusal).join("\n\n")

  it("in names", () => {
    expect(
      refusals(
        "rleu(W * x)",
        "relu(W * y + b)",
        "relu(W * xx)",
        "x + relu",
        "3 * x(2)",
        "# a comment\n  x + nope",
        "no_such(x)",
      ),
    ).toMatchInlineSnapshot(`
      "ProgramError: line 1: there is no function rleu; did you mean relu?
      rleu(W * x)
      ^

      ProgramError: line 1: there is no y; there are x, s, A, known, W, b, pi, e, tau
      relu(W * y + b)
               ^

      ProgramError: line 1: there is no xx; did you mean x?
      relu(W * xx)
               ^

      ProgramError: line 1: relu is a function
      x + relu
          ^
      write relu(…)

      ProgramError: line 1: x is a value and no function
      3 * x(2)
          ^
      write x[…] for its elements, x * (…) for a product

      ProgramError: line 2: there is no nope; there are x, s, A, known, W, b, pi, e, tau
        x + nope
            ^

      ProgramError: line 1: there is no function no_such
      no_such(x)
      ^
      functions are the operators of tensors"
    `)
  })

  it("in calls", () => {
    expect(
      refusals(
        "relu(x, 3)",
        "x + sum(x, 0, 1)",
        "swapAxes(A, 1)",
        "concat({axis: 0})",
        "x + sum(x, {axsi: 0})",
        "x + relu(x, {axis: 0})",
        "map(x, 1)",
        "s + roundBits(x, s)",
      ),
    ).toMatchInlineSnapshot(`
      "ProgramError: line 1: relu of 2 arguments; it takes 1
      relu(x, 3)
      ^

      ProgramError: line 1: sum of 3 arguments; it takes 1 to 2, and {axis, keepDims}
      x + sum(x, 0, 1)
          ^

      ProgramError: line 1: swapAxes of 2 arguments; it takes 3
      swapAxes(A, 1)
      ^

      ProgramError: line 1: concat of 0 arguments; it takes 1 or more, and {axis}
      concat({axis: 0})
      ^

      ProgramError: line 1: sum has no option axsi; did you mean axis?
      x + sum(x, {axsi: 0})
                  ^

      ProgramError: line 1: relu takes no options
      x + relu(x, {axis: 0})
                   ^

      ProgramError: line 1: map takes a JavaScript function, which formulas do not have
      map(x, 1)
      ^
      write what it computes as part of the formula

      ProgramError: line 1: argument 2 of roundBits is Tensor<enc -8..7>, which is known only when the program runs
      s + roundBits(x, s)
          ^
      give a constant"
    `)
  })

  it("in shapes", () => {
    expect(
      refusals("W * [1, 2]", "x + b", "x / A", "2 ^ x", "h = W * x\nrelu(h + [1, 2, 3])"),
    ).toMatchInlineSnapshot(`
      "ProgramError: line 1: matmul of shapes [2, 3] and [2]: the inner extents are 3 and 2
      W * [1, 2]
        ^
        %0 : clear -2..4[2,3] = constant {value=[1, -2, 3, … 3 more]}
        %1 : clear 1..2[2] = constant {value=[1, 2]}
        %2 = matmul %0, %1
        ^^^ matmul of shapes [2, 3] and [2]: the inner extents are 3 and 2   (here)
            the last axis of the first and the second-to-last of the second must be equal

      ProgramError: line 1: shapes [3] and [2] do not broadcast: axis 0 is 3 and 2
      x + b
        ^
        %0 : enc 0..15[3] = input {name="x"}
        %1 : clear -6..5[2] = constant {value=[5, -6]}
        %2 = add %0, %1
        ^^^ shapes [3] and [2] do not broadcast: axis 0 is 3 and 2   (here)
            equal extents or an extent of 1 are needed on every axis, counted from the last

      ProgramError: line 1: / by a value of shape [2, 3]
      x / A
        ^
      write ./ to divide element by element

      ProgramError: line 1: ^ of shapes [] and [3]
      2 ^ x
        ^
      write .^ for the power of each element

      ProgramError: line 2: shapes [2] and [3] do not broadcast: axis 0 is 2 and 3
      relu(h + [1, 2, 3])
             ^
        %0 : clear -2..4[2,3] = constant {value=[1, -2, 3, … 3 more]}
        %1 : enc 0..15[3] = input {name="x"}
        %2 : enc -30..75[2] = matmul %0, %1
        %3 : clear 1..3[3] = constant {value=[1, 2, 3]}
        %4 = add %2, %3
        ^^^ shapes [2] and [3] do not broadcast: axis 0 is 2 and 3   (here)
            equal extents or an extent of 1 are needed on every axis, counted from the last"
    `)
  })

  it("in indices", () => {
    expect(
      refusals(
        "A[1]",
        "s[1]",
        "x[0]",
        "A[1, 4]",
        "A[1, x[1]]",
        "x[1, 2]",
        "x[1.5]",
        "1:1e9",
        "1:0:5",
        "x + end",
        "x + (1:)",
      ),
    ).toMatchInlineSnapshot(`
      "ProgramError: line 1: 1 index of a value of 2 axes (shape [2, 3])
      A[1]
       ^
      give one for each axis: x[1, :]

      ProgramError: line 1: index 1 of a value of no axes
      s[1]
        ^

      ProgramError: line 1: index 0 on an axis of 3 elements, which formulas count from 1
      x[0]
        ^

      ProgramError: line 1: index 4 on an axis of 3 elements, which formulas count from 1
      A[1, 4]
         ^

      ProgramError: line 1: an index is Tensor<enc 0..15>
      A[1, x[1]]
         ^
      write at(x, i), which counts from 0, for an index that is not constant

      ProgramError: line 1: index 2 of a value of 1 axis (shape [3])
      x[1, 2]
         ^

      ProgramError: line 1: index 1.5 on an axis of 3 elements, which formulas count from 1
      x[1.5]
        ^

      ProgramError: line 1: a range of 1000000000 integers, of which at most 1048576 are made
      1:1e9
       ^

      ProgramError: line 1: a range with step 0
      1:0:5
       ^

      ProgramError: line 1: end stands only inside an index: x[end]
      x + end
          ^

      ProgramError: line 1: a range without an end stands only inside an index
      x + (1:)
            ^"
    `)
  })

  it("in syntax", () => {
    expect(
      refusals(
        "x +",
        "W * (x, 2)",
        "[1, 2; 3]",
        "s! + 1",
        "s * 5%",
        "x.T",
        "x[1] = 2",
        "f(a) = a + 1",
        "{a: 1}",
        "s + 'text'",
        "null",
        "1e999",
        "123456789012345678901",
        "",
        "# nothing",
      ),
    ).toMatchInlineSnapshot(`
      "ProgramError: line 1: Unexpected end of expression
      x +
         ^

      ProgramError: line 1: Parenthesis ) expected
      W * (x, 2)
            ^

      ProgramError: line 1: Column dimensions mismatch (1 !== 2)
      [1, 2; 3]
               ^

      ProgramError: line 1: formulas have no operator !
      s! + 1
       ^
      operators are + - * / ^ % .* ./ .^ ' < <= > >= == != & | ^| ~ << >>, and or xor not, and ? :

      ProgramError: line 1: per cent are not read
      s * 5%
           ^
      write / 100

      ProgramError: line 1: formulas do not read properties
      x.T
       ^
      write relu(x) for x.relu(), x' for x.T

      ProgramError: line 1: only names are assigned to
      x[1] = 2
      ^
      write x = set(x, [0], value), which counts from 0, to replace elements

      ProgramError: line 1: formulas have no definitions of functions
      f(a) = a + 1
      ^

      ProgramError: line 1: {…} stands only as the last argument of a function: sum(x, {axis: 0})
      {a: 1}
      ^

      ProgramError: line 1: text in quotes is no number
      s + 'text'
          ^

      ProgramError: line 1: null is no number
      null
      ^

      ProgramError: line 1: a number that is not finite is no operand
      1e999
      ^

      ProgramError: line 1: a constant reaches 123456789012345678901, beyond 64 bits
      123456789012345678901
      ^

      ProgramError: the formula is empty

      ProgramError: the formula is empty"
    `)
  })

  it("in long formulas", () => {
    const [, line, pointer] = refusal(`${"x + ".repeat(300)}nope`).split("\n")
    expect(line).toMatch(/^….{50}nope$/)
    expect(pointer!.indexOf("^")).toBe(line!.indexOf("nope"))
  })
})

describe("hostile formulas", () => {
  it.each([
    'import("fs")',
    'evaluate("1")',
    'x.constructor("return 1")',
    'constructor.constructor("return process")',
    "__proto__",
    "toString(x)",
    "hasOwnProperty(x)",
    "valueOf",
    "cos.transform",
    'x["constructor"]',
    '{"__proto__": 1}',
    "sum(x, {constructor: 1})",
    'parse("1")',
    'createUnit("a")',
    "x ?? 1",
    "s to cm",
    "(".repeat(9000),
    `${"(".repeat(600)}x${")".repeat(600)}`,
    `${"x + ".repeat(2000)}x`,
    "x".repeat(20_000),
    "[".repeat(3000) + "]".repeat(3000),
    "1:1e300",
    `${"#".repeat(9000)}\n+`,
    `${"' ".repeat(4500)}x`,
    "zeros([1000000, 1000000])",
  ])("number %# is refused", (text) => {
    expect(refusal(text)).toMatch(/^ProgramError: /)
  })

  it("are refused whatever they are", () => {
    const words = [
      "x",
      "A",
      "1",
      "2.5",
      "(",
      ")",
      "[",
      "]",
      ",",
      ";",
      ":",
      "+",
      "-",
      "*",
      ".*",
      "^",
      "'",
      "end",
      "=",
      "sum",
      "{",
      "}",
      "axis",
      "?",
      "==",
      "<",
      "not",
      "and",
      " ",
      "\n",
      "%",
      "!",
      '"',
      "#",
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (parts) => {
        const said = refusal(parts.join(""))
        expect(said.startsWith("ProgramError: ") || said === "nothing is thrown", said).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

it("the place of every name is found, whatever stands around it", () => {
  const leaf = fc.constantFrom("x", "s", "3", "0.5", "W", "end_", "pi", "0x1f", "'q'", "true")
  const { any } = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc
        .tuple(
          tie("any"),
          fc.constantFrom(" + ", "-", "*", ".*", "^", "./", " == ", "<", " and ", " xor ", " % ", ":"),
          tie("any"),
        )
        .map(([a, op, b]) => `(${a})${op}(${b})`),
      tie("any").map((a) => `-(${a})`),
      tie("any").map((a) => `(${a})'`),
      tie("any").map((a) => `sum(${a}, {axis: 0})`),
      tie("any").map((a) => `x[:, 1, ${a}, 2:end]`),
      fc.tuple(tie("any"), tie("any")).map(([a, b]) => `[${a}, ${b}]`),
      fc.tuple(tie("any"), tie("any"), tie("any")).map(([a, b, c]) => `(${a} ? (${b}) : ${c})`),
      fc
        .tuple(tie("any"), tie("any"))
        .map(([a, b]) => `(${a}) # nope\n < (${b}) <= 1`)
        .map((text) => `(${text})`),
    ),
  }))
  fc.assert(
    fc.property(any, any, (before, after) => {
      const text = `(${before}) + nope + (${after})`.replaceAll("'q'", "1")
      const place = text.indexOf(" + nope + ") + 3
      const [, line, pointer] = refusal(text).split("\n")
      fc.pre(refusal(text).includes("there is no nope"))
      expect(line!.slice(pointer!.length - 1)).toMatch(/^nope/)
      expect(text.slice(place, place + 4)).toBe("nope")
    }),
  )
})
