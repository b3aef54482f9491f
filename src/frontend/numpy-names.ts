// Other names that numpy has for the same functions.

export {
  div as divide,
  div as trueDivide,
  floorDiv as floorDivide,
  mod as remainder,
  mul as multiply,
  neg as negative,
  pow as power,
  sub as subtract,
} from "./arithmetic.ts"
export { and as bitwiseAnd, not as invert, or as bitwiseOr, xor as bitwiseXor } from "./bits.ts"
export {
  abs as absolute,
  abs as fabs,
  maximum as fmax,
  minimum as fmin,
} from "./choice.ts"
export {
  eq as equal,
  ge as greaterEqual,
  gt as greater,
  le as lessEqual,
  lt as less,
  ne as notEqual,
} from "./comparison.ts"
export {
  acos as arccos,
  acosh as arccosh,
  asin as arcsin,
  asinh as arcsinh,
  atan as arctan,
  atanh as arctanh,
  degrees as rad2deg,
  radians as deg2rad,
} from "./reals.ts"
export { copy as positive } from "./rearrange.ts"
export { round as around } from "./rounding.ts"
export { shl as leftShift, shr as rightShift } from "./shifts.ts"
export { atan2 as arctan2 } from "./two-reals.ts"
