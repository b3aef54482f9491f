import { binary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { map2 } from "./lookup.ts"

const greatestDivisor = (a: number, b: number): number => {
  let [x, y] = [Math.abs(a), Math.abs(b)]
  while (y !== 0) [x, y] = [y, x % y]
  return x
}

/** Elementwise greatest common divisor, 0 for 0 and 0: a table of all pairs. */
export const gcd = operator("gcd", binary, (a, b): Tensor => map2(a, b, greatestDivisor))

/** Elementwise least common multiple, 0 where one is 0: a table of all pairs. */
export const lcm = operator(
  "lcm",
  binary,
  (a, b): Tensor =>
    map2(a, b, (x, y) => (x === 0 || y === 0 ? 0 : (Math.abs(x) / greatestDivisor(x, y)) * Math.abs(y))),
)
