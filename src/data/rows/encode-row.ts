import { printInline } from "../checks/form.ts"
import { RuntimeError } from "../errors.ts"
import { roundEven } from "../functions/round-even.ts"
import { flatten, isArrayLike, type Nested, unflatten } from "../nested.ts"
import type { Specification } from "../specification.ts"
import { applySteps, of } from "./apply-steps.ts"
import type { ColumnTest, RowCodec, RowTest } from "./row-codec.ts"

/** A real array as users write it: nested arrays or typed arrays. */
export type Reals = number | ArrayLike<number> | readonly Reals[]

/** Numbers up to this count as 0 where zeros count as missing, as LightGBM has it. */
const ZERO = 1e-35

/** The numbers of a row, nested in any way. Throws RuntimeError, naming the row, when their count is not that of the columns. */
export const flatRow = (row: Reals, columns: number, index: number): Float64Array => {
  let leaves: unknown[]
  try {
    leaves = isArrayLike(row) ? flatten(row) : [row]
  } catch (cause) {
    throw new RuntimeError(`row ${index}: ${(cause as Error).message}`, {
      code: "wrong-input",
      cause,
    })
  }
  if (leaves.length !== columns)
    throw new RuntimeError(`row ${index} has ${leaves.length} numbers, and the model takes ${columns}`, {
      code: "wrong-input",
    })
  const wrong = leaves.findIndex((leaf) => typeof leaf !== "number")
  if (wrong >= 0) {
    throw new RuntimeError(
      `row ${index} has ${leaves[wrong] === undefined ? "nothing" : printInline(leaves[wrong])} in column ${wrong}, which is no number\n` +
        "a value that is missing is given as not-a-number, which is 0 / 0",
      { code: "wrong-input" },
    )
  }
  return Float64Array.from(leaves as number[])
}

/**
 * The integers of one row, in the shape of the program's input. Finite numbers beyond the range of a uniform encoding
 * become its ends. Throws RuntimeError, naming row and column, for NaN and infinite numbers that the encoding has no
 * integer for.
 */
export const encodeRow = (codec: RowCodec, input: Specification, row: Reals, index = 0): Nested => {
  const { precision, before = [], encoding, columns } = codec
  const given = flatRow(row, columns, index)
  const rounded = precision === "float32" ? given.map(Math.fround) : given
  const values = applySteps(before, rounded, precision)
  if (encoding.kind === "tests") {
    return unflatten(
      encoding.tests.map((test) => answer(test, values)),
      input.shape,
    )
  }
  const [lo, hi] = [Number(input.lo), Number(input.hi)]
  const { scale, zero } = encoding
  const round = encoding.singleQuotient ? Math.fround : (x: number) => x
  const integers = Array.from(values, (value, column) => {
    if (!Number.isFinite(value)) refuseValue(given, value, index, column)
    const integer = roundEven(round(value / of(scale, column))) + of(zero, column)
    return Math.min(Math.max(integer, lo), hi)
  })
  return unflatten(integers, input.shape)
}

/** The column of the row as it was given is named, where it can be told. */
const refuseValue = (given: Float64Array, value: number, row: number, column: number): never => {
  const at = given.findIndex((x) => !Number.isFinite(x))
  const [found, where] =
    at >= 0 ? [given[at]!, `column ${at}`] : [value, `feature ${column} of what the model makes of it`]
  const fix = Number.isNaN(found)
    ? "this model knows no missing values: fill them in, or train with an imputer in the pipeline"
    : "a finite number is needed; those beyond the calibrated range are clipped to it"
  throw new RuntimeError(`row ${row} has ${Number.isNaN(found) ? "no number" : found} in ${where}\n${fix}`, {
    code: "wrong-input",
  })
}

const answer = (test: RowTest, values: Float64Array): 0 | 1 => {
  if (test.is === "all") return test.of.every((one) => answer(one.test, values) === one.wanted) ? 1 : 0
  const x = values[test.column]!
  if (Number.isNaN(x) || (test.zeroIsMissing && Math.abs(x) <= ZERO)) return test.missing
  return holds(test, x) ? 1 : 0
}

const holds = (test: ColumnTest, x: number): boolean => {
  switch (test.is) {
    case "<=":
      return x <= test.threshold
    case "<":
      return x < test.threshold
    case "==":
      return x === test.threshold
    case "in":
      return test.categories.includes(test.truncated ? Math.trunc(x) : x)
  }
}
