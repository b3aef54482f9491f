/**
 * How a client turns rows of real numbers into a program's integers, and the program's integers into scores: plain data,
 * a part of the specification, applied where the secret key is.
 */
export interface RowCodec {
  /** Real numbers in a row. */
  readonly columns: number
  /** What the model's framework rounds a row to before it looks at it. */
  readonly precision: "float32" | "float64"
  /** The program's input, a vector, and how a row becomes it. */
  readonly input: string
  readonly encoding: RowEncoding
  /** The program's output, a vector, and how it becomes the scores of a row. */
  readonly output: string
  readonly decoding: readonly ScoreStep[]
}

/** A single number stands for all columns. */
export type PerColumn = readonly number[]

export type RowEncoding =
  /** One integer for each column: `clip(round(x / scale) + zero)` to the input's range. */
  | { readonly kind: "uniform"; readonly scale: PerColumn; readonly zero: PerColumn }
  /** One 0 or 1 for each question asked of a column. */
  | { readonly kind: "tests"; readonly tests: readonly RowTest[] }

/** Whether a column is below or equal to, or strictly below, a number; `missing` is the answer for NaN. */
export interface RowTest {
  readonly column: number
  readonly is: "<=" | "<"
  readonly threshold: number
  readonly missing: 0 | 1
}

/** One step from integers to scores, applied in turn. */
export type ScoreStep =
  /** `value * scale + offset`, for each score or for all. */
  | { readonly kind: "affine"; readonly scale: PerColumn; readonly offset: PerColumn }
  /** A link function, elementwise except for softmax. */
  | { readonly kind: "link"; readonly link: Link }
  /** Distances to the points of a training set become the shares of each class, or the mean of values, among the k nearest. */
  | {
      readonly kind: "nearest"
      readonly k: number
      readonly targets: readonly number[]
      readonly classes: number | null
    }

export type Link = "sigmoid" | "softmax" | "exp" | "tanh" | "erf-probability" | "complement"
