export type { Axes, ShapeLike } from "./core/axes.ts"
export { measureRanges } from "./core/measure-ranges.ts"
export type { TensorLike } from "./core/operands.ts"
export { proved } from "./core/prove.ts"
export { clear, type ElementType, enc, int, range, uint } from "./core/spec.ts"
export { array, type NestedTensors } from "./create/array-of-tensors.ts"
export { constant } from "./create/constant.ts"
export { arange, eye, full, identity, ones, zeros } from "./create/filled.ts"
export { meshgrid, tri } from "./create/grids.ts"
export { linspace } from "./create/linspace.ts"
export { formula } from "./formula/formula.ts"
export type { ArgOptions, AxisOptions, ReduceOptions } from "./operator/common.ts"
export { bits } from "./operators/bits/bit-slices.ts"
export { and, not, or, xor } from "./operators/bits/bitwise.ts"
export { bitwiseCount } from "./operators/bits/bitwise-count.ts"
export { shl, shr } from "./operators/bits/shifts.ts"
export {
  add,
  div,
  floorDiv,
  fmod,
  mod,
  mul,
  neg,
  pow,
  square,
  sub,
} from "./operators/elementwise/arithmetic.ts"
export { eq, ge, gt, le, lt, ne } from "./operators/elementwise/comparison.ts"
export { divmod } from "./operators/elementwise/divmod.ts"
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
  degrees,
  exp,
  exp2,
  expm1,
  log,
  log1p,
  log2,
  log10,
  radians,
  reciprocal,
  sigmoid,
  sin,
  sinh,
  spacing,
  sqrt,
  tan,
  tanh,
} from "./operators/elementwise/real-functions.ts"
export {
  atan2,
  copysign,
  floatPower,
  heaviside,
  hypot,
  ldexp,
  logaddexp,
  logaddexp2,
  nextafter,
} from "./operators/elementwise/real-functions-of-two.ts"
export {
  ceil,
  floor,
  type RoundOptions,
  rint,
  round,
  roundBits,
  toInt,
  trunc,
  truncateBits,
} from "./operators/elementwise/rounding.ts"
export { assume } from "./operators/hints/assume.ts"
export { refresh } from "./operators/hints/refresh.ts"
export { tag } from "./operators/hints/tag.ts"
export { putAlongAxis, takeAlongAxis } from "./operators/indexing/along-axis.ts"
export type { Mask } from "./operators/indexing/booleans.ts"
export { compress } from "./operators/indexing/compress.ts"
export { nonzero, unique } from "./operators/indexing/data-dependent.ts"
export { set } from "./operators/indexing/set.ts"
export { at, type SliceEntry, slice } from "./operators/indexing/slice.ts"
export type { SliceRange } from "./operators/indexing/slice-range.ts"
export { split } from "./operators/indexing/split.ts"
export { take } from "./operators/indexing/take.ts"
export { abs, clip, maximum, minimum, relu, sign, where } from "./operators/order/choice.ts"
export { argmax, argmin, max, min, ptp } from "./operators/order/extremes.ts"
export { median } from "./operators/order/median.ts"
export {
  argsort,
  argTopK,
  type SortOptions,
  sort,
  type TopOptions,
  topK,
} from "./operators/order/sort.ts"
export { cross } from "./operators/products/cross.ts"
export { einsum } from "./operators/products/einsum.ts"
export { kron } from "./operators/products/kron.ts"
export { tensordot } from "./operators/products/tensordot.ts"
export { average } from "./operators/reductions/average.ts"
export { cumprod } from "./operators/reductions/cumprod.ts"
export { countNonzero, cumsum, diff, mean } from "./operators/reductions/mean-and-cumsum.ts"
export { prod } from "./operators/reductions/product.ts"
export { dot, inner, matmul, outer, sum, vdot } from "./operators/reductions/sum-and-matmul.ts"
export { trace as traceOf } from "./operators/reductions/trace.ts"
export {
  all,
  any,
  isfinite,
  isinf,
  isnan,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  signbit,
} from "./operators/reductions/truth.ts"
export { std, var } from "./operators/reductions/variance.ts"
export { type DiagonalOptions, diag, diagonal, tril, triu } from "./operators/shape/diagonal.ts"
export { append, delete, insert } from "./operators/shape/edit.ts"
export { fullLike, onesLike, zerosLike } from "./operators/shape/filled-like.ts"
export { concat, concatenate, type JoinOptions, stack } from "./operators/shape/join.ts"
export { type PadMode, type PadOptions, type PadWidth, pad } from "./operators/shape/pad.ts"
export { copy, flip, moveAxis, repeat, roll, swapAxes, tile } from "./operators/shape/rearrange.ts"
export {
  broadcastTo,
  expandDims,
  flatten,
  ravel,
  reshape,
  squeeze,
  transpose,
} from "./operators/shape/reshape.ts"
export { fliplr, flipud, rot90 } from "./operators/shape/rotate.ts"
export { hstack, vstack } from "./operators/shape/stacks.ts"
export { choose, select } from "./operators/tables/choose.ts"
export { bincount, histogram } from "./operators/tables/counts.ts"
export { gcd, lcm } from "./operators/tables/divisors.ts"
export { lookup, map, map2 } from "./operators/tables/lookup.ts"
export { type LookupOptions, type LookupTable, table } from "./operators/tables/lookup-table.ts"
export { isin, searchsorted } from "./operators/tables/membership.ts"
export { multivariate } from "./operators/tables/multivariate.ts"
export { type ConvOptions, conv1d, conv2d, conv3d } from "./operators/windows/convolution.ts"
export { convolve, correlate } from "./operators/windows/convolve.ts"
export { gradient } from "./operators/windows/gradient.ts"
export {
  type AvgPoolOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  globalAvgPool,
  globalMaxPool,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from "./operators/windows/pooling.ts"
export type { Padding, PerAxis, WindowOptions } from "./operators/windows/windows.ts"
export {
  absolute,
  arccos,
  arccosh,
  arcsin,
  arcsinh,
  arctan,
  arctan2,
  arctanh,
  around,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  deg2rad,
  divide,
  equal,
  fabs,
  floorDivide,
  fmax,
  fmin,
  greater,
  greaterEqual,
  invert,
  leftShift,
  less,
  lessEqual,
  multiply,
  negative,
  notEqual,
  positive,
  power,
  rad2deg,
  remainder,
  rightShift,
  subtract,
  trueDivide,
} from "./tensor/numpy-names.ts"
export type { ResultOf } from "./tensor/result.ts"
export { Tensor } from "./tensor/tensor.ts"
export { type Inputs, type Outputs, type Trace, type Traced, trace } from "./tensor/trace.ts"
