export {
  add,
  div,
  floorDiv,
  mod,
  mul,
  neg,
  pow,
  square,
  sub,
} from "./arithmetic.ts"
export { assume } from "./assume.ts"
export type { Axes, ShapeLike } from "./axes.ts"
export { abs, clip, maximum, minimum, relu, sign, where } from "./choice.ts"
export { eq, ge, gt, le, lt, ne } from "./comparison.ts"
export { constant } from "./constant.ts"
export { dot, matmul, type ReduceOptions, sum } from "./contraction.ts"
export { at, type SliceEntry, slice } from "./indexing.ts"
export { concat, type JoinOptions, stack } from "./join.ts"
export { type LookupOptions, type LookupTable, table } from "./lookup-table.ts"
export { measureRanges } from "./measure-ranges.ts"
export { broadcastTo, expandDims, flatten, ravel, reshape, squeeze, transpose } from "./movement.ts"
export type { TensorLike } from "./operands.ts"
export {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atanh,
  cbrt,
  cos,
  cosh,
  exp,
  expm1,
  log,
  log1p,
  log2,
  log10,
  sigmoid,
  sin,
  sinh,
  sqrt,
  tan,
  tanh,
} from "./reals.ts"
export { ceil, floor, round, roundBits, toInt, trunc, truncateBits } from "./rounding.ts"
export { clear, type ElementType, enc, int, range, uint } from "./spec.ts"
export { lookup, map, map2 } from "./tables.ts"
export { tag } from "./tag.ts"
export { Tensor } from "./tensor.ts"
export { type Inputs, type Outputs, type Trace, type Traced, trace } from "./trace.ts"
