import type { ColumnTest, RowTest } from "../../../data/index.ts"
import { decide, type Split } from "../../graph/trees.ts"

/** A bit that a client can be asked for, and the answer that a path needs. */
export interface Literal {
  readonly test: ColumnTest
  readonly wanted: 0 | 1
}

/** Whether a feature is below a number: a test of which all of one feature stand in one order. */
export type Cut = Extract<ColumnTest, { is: "<=" | "<" | "==" }>

const bit = (value: boolean): 0 | 1 => (value ? 1 : 0)

/** What a split asks, as a test in its simplest form, and the answer that leads to one side. */
export const literalOf = (split: Split, side: boolean): Literal => {
  const { feature, test, zeroIsMissing } = split
  const isOpposite = test.is === ">" || test.is === ">=" || test.is === "!="
  const whenMissing = decide(split, new Float64Array(feature + 1).fill(Number.NaN))
  const common = {
    column: feature,
    missing: bit(whenMissing !== isOpposite),
    ...(zeroIsMissing && { zeroIsMissing: true as const }),
  }
  const wanted = bit(side !== isOpposite)
  if (test.is === "in") {
    const categories = [...test.categories].sort((a, b) => a - b)
    return { test: { ...common, is: "in", categories, truncated: test.truncated }, wanted }
  }
  return { test: { ...common, is: simplest[test.is], threshold: test.threshold }, wanted }
}

// x > t is not x <= t, and so on.
const simplest = { "<=": "<=", ">": "<=", "<": "<", ">=": "<", "==": "==", "!=": "==" } as const

export const isCut = (test: RowTest): test is Cut => test.is === "<=" || test.is === "<"

/** Negative when everything below `a` is below `b` too. */
export const compareCuts = (a: Cut, b: Cut): number =>
  a.threshold - b.threshold || Number(a.is === "<=") - Number(b.is === "<=")

/** The same for tests that are answered alike. */
export const keyOf = (test: RowTest): string => {
  if (test.is === "all") return test.of.map((one) => `${keyOf(one.test)} ${one.wanted}`).join(" and ")
  const what = test.is === "in" ? `${test.truncated} ${test.categories}` : test.threshold
  return `${test.column} ${test.is} ${test.missing} ${test.zeroIsMissing ?? ""} ${what}`
}
