import * as bitFields from "../operators/bits/bit-slices.ts"
import * as bitwise from "../operators/bits/bitwise.ts"
import * as bitCounts from "../operators/bits/bitwise-count.ts"
import * as shifts from "../operators/bits/shifts.ts"
import * as arithmetic from "../operators/elementwise/arithmetic.ts"
import * as comparison from "../operators/elementwise/comparison.ts"
import * as division from "../operators/elementwise/divmod.ts"
import * as reals from "../operators/elementwise/real-functions.ts"
import * as twoReals from "../operators/elementwise/real-functions-of-two.ts"
import * as rounding from "../operators/elementwise/rounding.ts"
import * as assumption from "../operators/hints/assume.ts"
import * as refreshing from "../operators/hints/refresh.ts"
import * as tagging from "../operators/hints/tag.ts"
import * as alongAxis from "../operators/indexing/along-axis.ts"
import * as compression from "../operators/indexing/compress.ts"
import * as dataDependent from "../operators/indexing/data-dependent.ts"
import * as setting from "../operators/indexing/set.ts"
import * as indexing from "../operators/indexing/slice.ts"
import * as splitting from "../operators/indexing/split.ts"
import * as taking from "../operators/indexing/take.ts"
import * as choice from "../operators/order/choice.ts"
import * as extremes from "../operators/order/extremes.ts"
import * as medians from "../operators/order/median.ts"
import * as order from "../operators/order/sort.ts"
import * as crossing from "../operators/products/cross.ts"
import * as kronecker from "../operators/products/kron.ts"
import * as tensorProducts from "../operators/products/tensordot.ts"
import * as averages from "../operators/reductions/average.ts"
import * as cumulation from "../operators/reductions/cumprod.ts"
import * as sums from "../operators/reductions/mean-and-cumsum.ts"
import * as product from "../operators/reductions/product.ts"
import * as contraction from "../operators/reductions/sum-and-matmul.ts"
import * as traces from "../operators/reductions/trace.ts"
import * as truth from "../operators/reductions/truth.ts"
import * as variances from "../operators/reductions/variance.ts"
import * as diagonals from "../operators/shape/diagonal.ts"
import * as editing from "../operators/shape/edit.ts"
import * as likeness from "../operators/shape/filled-like.ts"
import * as joining from "../operators/shape/join.ts"
import * as padding from "../operators/shape/pad.ts"
import * as rearrangement from "../operators/shape/rearrange.ts"
import * as movement from "../operators/shape/reshape.ts"
import * as rotation from "../operators/shape/rotate.ts"
import * as stacking from "../operators/shape/stacks.ts"
import * as choosing from "../operators/tables/choose.ts"
import * as counting from "../operators/tables/counts.ts"
import * as integers from "../operators/tables/divisors.ts"
import * as tables from "../operators/tables/lookup.ts"
import * as membership from "../operators/tables/membership.ts"
import * as several from "../operators/tables/multivariate.ts"
import * as convolution from "../operators/windows/convolution.ts"
import * as convolving from "../operators/windows/convolve.ts"
import * as gradients from "../operators/windows/gradient.ts"
import * as pooling from "../operators/windows/pooling.ts"
import * as numpyNames from "./numpy-names.ts"

/** Written out so that the type of one operator is resolved without those of all others, whose tensors have it. */
type Operators = typeof alongAxis &
  typeof arithmetic &
  typeof assumption &
  typeof averages &
  typeof bitCounts &
  typeof bitFields &
  typeof bitwise &
  typeof choice &
  typeof choosing &
  typeof comparison &
  typeof compression &
  typeof contraction &
  typeof convolution &
  typeof convolving &
  typeof counting &
  typeof crossing &
  typeof cumulation &
  typeof dataDependent &
  typeof diagonals &
  typeof division &
  typeof editing &
  typeof extremes &
  typeof gradients &
  typeof indexing &
  typeof integers &
  typeof joining &
  typeof splitting &
  typeof kronecker &
  typeof likeness &
  typeof medians &
  typeof membership &
  typeof movement &
  typeof numpyNames &
  typeof order &
  typeof padding &
  typeof pooling &
  typeof product &
  typeof reals &
  typeof rearrangement &
  typeof refreshing &
  typeof rotation &
  typeof rounding &
  typeof setting &
  typeof several &
  typeof shifts &
  typeof stacking &
  typeof sums &
  typeof tables &
  typeof tagging &
  typeof taking &
  typeof tensorProducts &
  typeof traces &
  typeof truth &
  typeof twoReals &
  typeof variances

/** All functions whose first argument is a tensor and whose result is one: the modules of this list export nothing else. */
export const operators: Operators = {
  ...alongAxis,
  ...arithmetic,
  ...assumption,
  ...averages,
  ...bitCounts,
  ...bitFields,
  ...bitwise,
  ...choice,
  ...choosing,
  ...comparison,
  ...compression,
  ...contraction,
  ...convolution,
  ...convolving,
  ...counting,
  ...crossing,
  ...cumulation,
  ...dataDependent,
  ...diagonals,
  ...division,
  ...editing,
  ...extremes,
  ...gradients,
  ...indexing,
  ...integers,
  ...joining,
  ...splitting,
  ...kronecker,
  ...likeness,
  ...medians,
  ...membership,
  ...movement,
  ...numpyNames,
  ...order,
  ...padding,
  ...pooling,
  ...product,
  ...reals,
  ...rearrangement,
  ...refreshing,
  ...rotation,
  ...rounding,
  ...setting,
  ...several,
  ...shifts,
  ...stacking,
  ...sums,
  ...tables,
  ...tagging,
  ...taking,
  ...tensorProducts,
  ...traces,
  ...truth,
  ...twoReals,
  ...variances,
}
