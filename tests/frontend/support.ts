import type { NestedResult } from "../../src/data/index.ts"
import {
  enc,
  type Inputs,
  type Outputs,
  range,
  type Tensor,
  type TensorLike,
  type Traced,
  trace,
} from "../../src/frontend/index.ts"
import { evaluate } from "../../src/ir/index.ts"

/** Traces and evaluates a function with one output. */
export const run = <const I extends Inputs>(
  inputs: I,
  fn: (inputs: Traced<I>) => TensorLike,
  values: Record<string, unknown>,
): NestedResult => evaluate(trace("f", inputs, fn as (inputs: Traced<I>) => Outputs).program, values)["y"]!

export const integers = (lo: number, hi: number): number[] =>
  Array.from({ length: hi - lo + 1 }, (_, i) => lo + i)

/** The results of a traced function of one value at every value of lo..hi. */
export const atEach = (lo: number, hi: number, fn: (x: Tensor) => TensorLike): NestedResult => {
  const x = integers(lo, hi)
  return run({ x: enc(range(lo, hi), [x.length]) }, ({ x }) => fn(x), { x })
}

/** The results of a traced function of two values at every pair from two ranges, row by row. */
export const atEachPair = (
  [lo, hi]: readonly [number, number],
  [low, high]: readonly [number, number],
  fn: (x: Tensor, y: Tensor) => TensorLike,
): NestedResult => {
  const x = integers(lo, hi).map((value) => [value])
  const y = integers(low, high)
  return run(
    { x: enc(range(lo, hi), [x.length, 1]), y: enc(range(low, high), [y.length]) },
    ({ x, y }) => fn(x, y),
    { x, y },
  )
}

/** The same table from a plain function. */
export const expectedPairs = (
  [lo, hi]: readonly [number, number],
  [low, high]: readonly [number, number],
  fn: (x: number, y: number) => number,
): number[][] => integers(lo, hi).map((x) => integers(low, high).map((y) => fn(x, y) + 0))

/** The whole message an action throws, with places of this folder's tests written as (here). */
export const messageOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`.replaceAll(
      /\w+\.test\.ts:\d+:\d+/g,
      "here",
    )
  }
  return "nothing is thrown"
}
