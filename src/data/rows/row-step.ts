import type { BinaryName } from "../functions/binary.ts"
import type { FoldName, LineFunctionName, Norm } from "../functions/fold.ts"
import type { Parameters, UnaryName } from "../functions/unary.ts"
import type { PerColumn } from "./row-codec.ts"

/**
 * One step on vectors of numbers; all of it is in the open for whoever has the specification. Steps of a list are numbered
 * from 1, and `of` says by these numbers what a step is applied to: 0 is the vector that the list is given. Without `of` it
 * is what the step before made. The last step makes the result.
 */
export type RowStep = StepBody & { readonly of?: readonly number[] }

/** Where `length` is given, the vector is taken apart into lines of so many numbers; without it, it is one line. */
type StepBody =
  /** `(value * scale + offset) / divisor`, for each number or for all. */
  | {
      readonly kind: "affine"
      readonly scale: PerColumn
      readonly offset: PerColumn
      readonly divisor?: PerColumn
    }
  /** `rows` times the vector, plus `offset`. */
  | { readonly kind: "matrix"; readonly rows: readonly (readonly number[])[]; readonly offset: PerColumn }
  /** The numbers at these places, and `fill` where the place is -1. */
  | { readonly kind: "pick"; readonly columns: readonly number[]; readonly fill?: number }
  /** Several vectors one after the other. */
  | { readonly kind: "concat" }
  /** The same numbers for every row. */
  | { readonly kind: "constant"; readonly values: readonly number[] }
  /** For each number 1 at the place of its category and 0 elsewhere; `strict`: what is no category is refused. */
  | {
      readonly kind: "oneHot"
      readonly categories: readonly (readonly number[])[]
      readonly strict?: true
    }
  /** The value that belongs to each number as a key. */
  | {
      readonly kind: "lookup"
      readonly keys: readonly number[]
      readonly values: readonly number[]
      readonly otherwise: number
      /** Whether a number that is no key is refused instead. */
      readonly strict?: true
    }
  /** A function of one number, for each. */
  | { readonly kind: "map"; readonly function: UnaryName; readonly parameters?: Parameters }
  /** A function of two numbers, of two vectors; one of a single number stands for all. */
  | { readonly kind: "zip"; readonly function: BinaryName }
  /** The number of the second vector where that of the first is not 0, and of the third elsewhere. */
  | { readonly kind: "select" }
  /** One number for each line. */
  | { readonly kind: "fold"; readonly by: FoldName; readonly length?: number }
  /** The place of the largest or least number of each line. */
  | { readonly kind: "argument"; readonly by: "max" | "min"; readonly length?: number }
  /** Each line as another of the same length. */
  | { readonly kind: "line"; readonly function: LineFunctionName; readonly length?: number }
  /** Each line divided by its norm, or by its largest number; zeros stay. */
  | { readonly kind: "normalize"; readonly by: Norm; readonly length?: number }
  /**
   * Distances to the points of a training set, to the power p, become the mean of what the k nearest stand for: `results`
   * targets for each point in turn. Of equal distances the earlier point comes first; a point at distance 0 outweighs all others
   * where weights are reciprocal distances.
   */
  | {
      readonly kind: "nearest"
      readonly k: number
      readonly p: number
      readonly weights: "uniform" | "distance"
      readonly results: number
      readonly targets: readonly number[]
    }

/** One list of steps and then another. */
export const chainSteps = (first: readonly RowStep[], second: readonly RowStep[]): readonly RowStep[] => [
  ...first,
  ...second.map((step) =>
    step.of === undefined ? step : { ...step, of: step.of.map((number) => number + first.length) },
  ),
]
