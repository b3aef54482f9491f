export { add, div, floorDiv, fmod, mod, mul, neg, pow, square, sub } from "./arithmetic.ts"
export { array, type NestedTensors } from "./array.ts"
export { assume } from "./assume.ts"
export type { Axes, ShapeLike } from "./axes.ts"
export { bits } from "./bit-fields.ts"
export { and, not, or, xor } from "./bits.ts"
export { abs, clip, maximum, minimum, relu, sign, where } from "./choice.ts"
export { eq, ge, gt, le, lt, ne } from "./comparison.ts"
export { constant } from "./constant.ts"
export { dot, inner, matmul, outer, sum, vdot } from "./contraction.ts"
export { type ConvOptions, conv1d, conv2d, conv3d } from "./convolution.ts"
export { meshgrid, tri } from "./create/grids.ts"
export { linspace } from "./create/linspace.ts"
export { arange, eye, full, identity, ones, zeros } from "./creation.ts"
export { type DiagonalOptions, diag, diagonal, tril, triu } from "./diagonal.ts"
export { argmax, argmin, max, min, ptp } from "./extremes.ts"
export { formula } from "./formula.ts"
export { at, type SliceEntry, slice } from "./indexing.ts"
export { gcd, lcm } from "./integers.ts"
export { concat, concatenate, type JoinOptions, split, stack } from "./join.ts"
export { fullLike, onesLike, zerosLike } from "./likeness.ts"
export { type LookupOptions, type LookupTable, table } from "./lookup-table.ts"
export { measureRanges } from "./measure-ranges.ts"
export { broadcastTo, expandDims, flatten, ravel, reshape, squeeze, transpose } from "./movement.ts"
export { multivariate } from "./multivariate.ts"
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
} from "./numpy-names.ts"
export type { TensorLike } from "./operands.ts"
export type { ArgOptions, AxisOptions, ReduceOptions } from "./operator/common.ts"
export { bitwiseCount } from "./operators/elementwise/bitwise-count.ts"
export { divmod } from "./operators/elementwise/divmod.ts"
export { isin, searchsorted } from "./operators/elementwise/membership.ts"
export { putAlongAxis, takeAlongAxis } from "./operators/indexing/along-axis.ts"
export type { Mask } from "./operators/indexing/booleans.ts"
export { choose, select } from "./operators/indexing/choose.ts"
export { compress } from "./operators/indexing/compress.ts"
export { nonzero, unique } from "./operators/indexing/data-dependent.ts"
export { cross } from "./operators/products/cross.ts"
export { einsum } from "./operators/products/einsum.ts"
export { kron } from "./operators/products/kron.ts"
export { tensordot } from "./operators/products/tensordot.ts"
export { average } from "./operators/reductions/average.ts"
export { bincount, histogram } from "./operators/reductions/counts.ts"
export { cumprod } from "./operators/reductions/cumprod.ts"
export { median } from "./operators/reductions/median.ts"
export { trace as traceOf } from "./operators/reductions/trace.ts"
export { std, var } from "./operators/reductions/variance.ts"
export { append, delete, insert } from "./operators/shape/edit.ts"
export { fliplr, flipud, rot90 } from "./operators/shape/rotate.ts"
export { hstack, vstack } from "./operators/shape/stacks.ts"
export { convolve, correlate } from "./operators/windows/convolve.ts"
export { gradient } from "./operators/windows/gradient.ts"
export { argsort, argTopK, type SortOptions, sort, type TopOptions, topK } from "./order.ts"
export { type PadMode, type PadOptions, type PadWidth, pad } from "./pad.ts"
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
} from "./pooling.ts"
export { prod } from "./product.ts"
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
} from "./reals.ts"
export { copy, flip, moveAxis, repeat, roll, swapAxes, tile } from "./rearrange.ts"
export { refresh } from "./refresh.ts"
export type { ResultOf } from "./result.ts"
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
} from "./rounding.ts"
export { set } from "./set.ts"
export { shl, shr } from "./shifts.ts"
export type { SliceRange } from "./slice-range.ts"
export { clear, type ElementType, enc, int, range, uint } from "./spec.ts"
export { countNonzero, cumsum, diff, mean } from "./sums.ts"
export { lookup, map, map2 } from "./tables.ts"
export { tag } from "./tag.ts"
export { take } from "./take.ts"
export { Tensor } from "./tensor.ts"
export { type Inputs, type Outputs, type Trace, type Traced, trace } from "./trace.ts"
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
} from "./truth.ts"
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
} from "./two-reals.ts"
export type { Padding, PerAxis, WindowOptions } from "./windows.ts"
