import type { RowStep } from "./row-step.ts"

/**
 * How a client turns rows of real numbers into a program's integers, and the program's integers into scores: plain data,
 * a part of the specification, applied where the secret key is.
 */
export interface RowCodec {
  /** Real numbers in a row. */
  readonly columns: number
  /** What the model's framework rounds a row, and what `before` makes of it, to. */
  readonly precision: "float32" | "float64"
  /** What the model does to a row in clear before anything is encrypted. */
  readonly before?: readonly RowStep[]
  /** The program's input, and how a row becomes it, in row-major order. */
  readonly input: string
  readonly encoding: RowEncoding
  /** The program's output, and how it becomes the scores of a row. */
  readonly output: string
  readonly decoding: readonly RowStep[]
}

/** A single number stands for all columns. */
export type PerColumn = readonly number[]

export type RowEncoding =
  /** One integer for each column: `clip(round(x / scale) + zero)` to the input's range, ties to the even one. */
  | {
      readonly kind: "uniform"
      readonly scale: PerColumn
      readonly zero: PerColumn
      /** Whether the quotient is rounded to single precision, which decides ties in ONNX Runtime. */
      readonly singleQuotient?: true
    }
  /** One 0 or 1 for each question asked of a column. */
  | { readonly kind: "tests"; readonly tests: readonly RowTest[] }

/** A question of one column, or whether several are answered in a certain way. */
export type RowTest = ColumnTest | JointTest

export interface JointTest {
  readonly is: "all"
  readonly of: readonly { readonly test: ColumnTest; readonly wanted: 0 | 1 }[]
}

/** A question of a column, and what is answered for NaN. */
export type ColumnTest = ColumnQuestion & {
  readonly column: number
  readonly missing: 0 | 1
  /** Whether numbers up to 1e-35 count as missing too. */
  readonly zeroIsMissing?: true
}

/** Whether a number is below, below or equal to, or equal to another, or, cut to an integer when `truncated`, one of several. */
export type ColumnQuestion =
  | { readonly is: "<=" | "<" | "=="; readonly threshold: number }
  | { readonly is: "in"; readonly categories: readonly number[]; readonly truncated: boolean }
