import { expect, test } from "vitest"
import {
  applySteps,
  chainSteps,
  decodeScores,
  encodeRow,
  type RowCodec,
  type RowStep,
  type RowTest,
  sizeAfter,
} from "../../src/data/index.ts"
import { enc, range, uint } from "../../src/index.ts"

const tests: RowTest[] = [
  { column: 0, is: "<=", threshold: 2, missing: 1 },
  { column: 0, is: "<", threshold: 2, missing: 0 },
  { column: 1, is: "==", threshold: 3, missing: 0 },
  { column: 1, is: "in", categories: [-1, 4], truncated: true, missing: 1 },
  { column: 1, is: "<=", threshold: -5, missing: 1, zeroIsMissing: true },
]
const codec = (changes: Partial<RowCodec>): RowCodec => ({
  columns: 2,
  precision: "float64",
  input: "x",
  encoding: { kind: "uniform", scale: [0.5, 2], zero: [1, -1] },
  output: "y",
  decoding: [],
  ...changes,
})
const bits = enc(uint(1), [5])
const integers = enc(range(-4, 4), [2])

test("tests answer for borders, categories, missing values and zeros that count as missing", () => {
  const asked = codec({ encoding: { kind: "tests", tests } })
  expect(encodeRow(asked, bits, [2, 3])).toEqual([1, 0, 1, 0, 0])
  expect(encodeRow(asked, bits, [1.9, -1.9])).toEqual([1, 1, 0, 1, 0])
  expect(encodeRow(asked, bits, [NaN, NaN])).toEqual([1, 0, 0, 1, 1])
  expect(encodeRow(asked, bits, [Infinity, 1e-36])).toEqual([0, 0, 0, 0, 1])
})

test("a joint test asks for several answers at once", () => {
  const of = [
    { test: tests[0]!, wanted: 1 },
    { test: tests[1]!, wanted: 0 },
  ] as never
  const asked = codec({ encoding: { kind: "tests", tests: [{ is: "all", of }] } })
  expect([1.9, 2, 2.1].map((x) => encodeRow(asked, enc(uint(1), [1]), [x, 0]))).toEqual([[0], [1], [0]])
})

test("rows are rounded to the precision of the model before they are compared", () => {
  const is = [{ column: 0, is: "<=", threshold: Math.fround(0.1), missing: 0 }] as const
  const asked = codec({ encoding: { kind: "tests", tests: is } })
  const above = Math.fround(0.1) + 1e-12
  expect(encodeRow(asked, enc(uint(1), [1]), [above, 0])).toEqual([0])
  expect(encodeRow({ ...asked, precision: "float32" }, enc(uint(1), [1]), [above, 0])).toEqual([1])
})

test("a uniform encoding rounds ties to even and clips finite numbers to the range", () => {
  expect(encodeRow(codec({}), integers, [0.25, 3])).toEqual([1, 1])
  expect(encodeRow(codec({}), integers, [0.75, 5])).toEqual([3, 1])
  expect(encodeRow(codec({}), integers, [1e300, -1e300])).toEqual([4, -4])
})

test.each([
  [[NaN, 1], "row 7 has no number in column 0\nthis model knows no missing values"],
  [[1, Infinity], "row 7 has Infinity in column 1\na finite number is needed"],
  [[1, 2, 3], "row 7 has 3 numbers, and the model takes 2"],
  [[1, "2"], 'row 7 has "2" in column 1, which is no number'],
  [[[1], [2, 3]], "row 7: the array has 2 entries on axis 1"],
])("a row that the model cannot take is refused by its number: %o", (row, message) => {
  expect(() => encodeRow(codec({}), integers, row as never, 7)).toThrow(message)
})

test("rows may be nested as the model's input or flat", () => {
  const image = codec({ columns: 4, encoding: { kind: "uniform", scale: [1], zero: [0] } })
  const spec = enc(uint(4), [1, 2, 2])
  expect(encodeRow(image, spec, [1, 2, 3, 4])).toEqual(
    encodeRow(image, spec, [
      [
        [1, 2],
        [3, 4],
      ],
    ]),
  )
})

test("steps before encoding fill in, scale, pick, encode, join and normalise", () => {
  const before: RowStep[] = [
    { kind: "map", function: "isNaN" },
    { kind: "constant", values: [0, 8], of: [] },
    { kind: "select", of: [1, 2, 0] },
    { kind: "affine", scale: [2], offset: [1, -1], divisor: [1, 3] },
    { kind: "pick", columns: [0], of: [3] },
    { kind: "oneHot", categories: [[3, 4]] },
    { kind: "concat", of: [4, 6] },
    { kind: "normalize", by: "maxAbs" },
  ]
  const encoding = { kind: "uniform", scale: [0.1], zero: [0] } as const
  expect(encodeRow(codec({ before, encoding }), enc(range(-99, 99), [4]), [4, NaN])).toEqual([10, 6, 0, 1])
})

test("steps of lines fold, rank and normalise each line on its own", () => {
  const steps = (...before: RowStep[]) =>
    Array.from(applySteps(before, Float64Array.of(1, 3, 2, -4), "float64"))
  expect(steps({ kind: "fold", by: "max", length: 2 })).toEqual([3, 2])
  expect(steps({ kind: "fold", by: "sumSquare" })).toEqual([30])
  expect(steps({ kind: "argument", by: "min", length: 2 })).toEqual([0, 1])
  expect(steps({ kind: "normalize", by: "l1", length: 2 })).toEqual([0.25, 0.75, 2 / 6, -4 / 6])
  const [a, b, c] = steps({ kind: "line", function: "softmax", length: 2 }) as [number, number, number]
  expect(a + b).toBeCloseTo(1)
  expect(c).toBeCloseTo(1 / (1 + Math.exp(-6)))
})

test("steps of two vectors take one number for all, and keys without a value the rest", () => {
  const steps: RowStep[] = [
    { kind: "lookup", keys: [1, NaN], values: [10, 20], otherwise: -1 },
    { kind: "fold", by: "max", of: [0] },
    { kind: "zip", function: "sub", of: [1, 2] },
  ]
  expect(Array.from(applySteps(steps, Float64Array.of(1, 5, 2), "float64"))).toEqual([5, -6, -6])
  const missing = Array.from(applySteps(steps.slice(0, 1), Float64Array.of(NaN), "float64"))
  expect(missing).toEqual([20])
})

test("two lists of steps chained are the second applied to what the first makes", () => {
  const first: RowStep[] = [
    { kind: "pick", columns: [1, 0] },
    { kind: "affine", scale: [2], offset: [0] },
  ]
  const second: RowStep[] = [
    { kind: "fold", by: "sum" },
    { kind: "zip", function: "div", of: [0, 1] },
  ]
  const once = applySteps(chainSteps(first, second), Float64Array.of(1, 3), "float64")
  expect(Array.from(once)).toEqual([0.75, 0.25])
})

test.each<[string, RowStep[], string]>([
  ["a pick beyond the end", [{ kind: "pick", columns: [2] }], "names place 2 of 2"],
  ["a pick of nothing", [{ kind: "pick", columns: [-1] }], "has nothing to fill in"],
  [
    "a later step",
    [{ kind: "zip", function: "add", of: [0, 2] }],
    "is applied to 2, which comes later or never",
  ],
  ["one vector for two", [{ kind: "zip", function: "add" }], "is applied to 1 vectors"],
  ["odd lines", [{ kind: "fold", by: "sum", length: 3 }], "takes lines of 3 numbers, and has 2"],
  ["odd rows", [{ kind: "matrix", rows: [[1]], offset: [0] }], "has rows of 1 numbers for 2 columns"],
  ["odd scales", [{ kind: "affine", scale: [1, 2, 3], offset: [0] }], "has 3 numbers for 2 columns"],
  [
    "ever more numbers",
    Array.from({ length: 24 }, (_, i): RowStep => ({ kind: "concat", of: [i, i] })),
    "more than 4194304 numbers are made of a row",
  ],
])("steps that do not fit are refused by number and kind: %s", (_, steps, message) => {
  expect(() => sizeAfter(steps, 2)).toThrow(message)
})

test("scores are scaled, mixed and put through links", () => {
  const decoding: RowCodec["decoding"] = [
    {
      kind: "matrix",
      rows: [
        [1, 1024],
        [0, 0],
      ],
      offset: [0, 1],
    },
    { kind: "affine", scale: [0.5], offset: [-512, 0] },
    { kind: "line", function: "softmax" },
  ]
  const [a, b] = decodeScores(codec({ decoding }), [1n, 1]) as [number, number]
  expect(a).toBeCloseTo(0.5)
  expect(a + b).toBeCloseTo(1)
  expect(decodeScores(codec({ decoding: [{ kind: "map", function: "square" }] }), 3)).toEqual([9])
})

test("the nearest points give shares, the earlier of equally near ones first", () => {
  const nearest = (weights: "uniform" | "distance") =>
    codec({
      decoding: [{ kind: "nearest", k: 2, p: 2, weights, results: 2, targets: [1, 0, 0, 1, 0, 1] }],
    })
  expect(decodeScores(nearest("uniform"), [4, 1, 4])).toEqual([0.5, 0.5])
  const [far, near] = decodeScores(nearest("distance"), [4, 1, 4]) as [number, number]
  expect([far, near].map((x) => x.toFixed(6))).toEqual(["0.333333", "0.666667"])
  expect(decodeScores(nearest("distance"), [0, 1, 4])).toEqual([1, 0])
})
