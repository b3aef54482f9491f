import type { Tensor } from "../tensor/tensor.ts"
import { make } from "./make.ts"

/** The same value with the range that a theorem named `by` proves and that interval arithmetic on its parts misses. */
export const proved = (by: string, x: Tensor, lo: bigint, hi: bigint): Tensor =>
  make("assume", [x], { lo, hi, by })
