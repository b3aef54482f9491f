import type { IntType } from "../../../ir/index.ts"
import { express } from "../../core/elementwise.ts"
import type { Tensor } from "../../tensor/tensor.ts"

/** The bits of two's complement that hold every value of a range; without a sign bit where none is negative. */
export const bitWidth = ({ lo, hi }: Pick<IntType, "lo" | "hi">): number => {
  const digits = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length)
  return lo >= 0n ? Math.max(1, digits(hi)) : Math.max(digits(hi), digits(-lo - 1n)) + 1
}

/** Bit i of two's complement, as 0 or 1. */
export const bitAt = (x: Tensor, i: number): Tensor =>
  express((v) => (i === 0 ? `mod(${v}, 2)` : `mod(floor(${v} / ${2 ** i}), 2)`), x)
