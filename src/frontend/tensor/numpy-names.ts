// Other names that numpy has for the same functions.

export {
  and as bitwiseAnd,
  not as invert,
  or as bitwiseOr,
  xor as bitwiseXor,
} from "../operators/bits/bitwise.ts"
export { shl as leftShift, shr as rightShift } from "../operators/bits/shifts.ts"
export {
  div as divide,
  div as trueDivide,
  floorDiv as floorDivide,
  mod as remainder,
  mul as multiply,
  neg as negative,
  pow as power,
  sub as subtract,
} from "../operators/elementwise/arithmetic.ts"
export {
  eq as equal,
  ge as greaterEqual,
  gt as greater,
  le as lessEqual,
  lt as less,
  ne as notEqual,
} from "../operators/elementwise/comparison.ts"
export {
  acos as arccos,
  acosh as arccosh,
  asin as arcsin,
  asinh as arcsinh,
  atan as arctan,
  atanh as arctanh,
  degrees as rad2deg,
  radians as deg2rad,
} from "../operators/elementwise/real-functions.ts"
export { atan2 as arctan2 } from "../operators/elementwise/real-functions-of-two.ts"
export { round as around } from "../operators/elementwise/rounding.ts"
export {
  abs as absolute,
  abs as fabs,
  maximum as fmax,
  minimum as fmin,
} from "../operators/order/choice.ts"
export { copy as positive } from "../operators/shape/rearrange.ts"
