import { flatten, type NestedResult } from "../nested.ts"
import { applySteps } from "./apply-steps.ts"
import type { RowCodec } from "./row-codec.ts"

/** The scores of one row from the program's output. */
export const decodeScores = ({ decoding }: RowCodec, output: NestedResult): number[] => {
  const integers = Float64Array.from(Array.isArray(output) ? flatten(output) : [output], Number)
  return Array.from(applySteps(decoding, integers, "float64"))
}
