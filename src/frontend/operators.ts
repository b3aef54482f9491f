import * as arithmetic from "./arithmetic.ts"
import * as assumption from "./assume.ts"
import * as bitFields from "./bit-fields.ts"
import * as bitwise from "./bits.ts"
import * as choice from "./choice.ts"
import * as comparison from "./comparison.ts"
import * as contraction from "./contraction.ts"
import * as convolution from "./convolution.ts"
import * as diagonals from "./diagonal.ts"
import * as extremes from "./extremes.ts"
import * as indexing from "./indexing.ts"
import * as integers from "./integers.ts"
import * as joining from "./join.ts"
import * as likeness from "./likeness.ts"
import * as movement from "./movement.ts"
import * as several from "./multivariate.ts"
import * as numpyNames from "./numpy-names.ts"
import * as bitCounts from "./operators/elementwise/bitwise-count.ts"
import * as division from "./operators/elementwise/divmod.ts"
import * as membership from "./operators/elementwise/membership.ts"
import * as alongAxis from "./operators/indexing/along-axis.ts"
import * as choosing from "./operators/indexing/choose.ts"
import * as compression from "./operators/indexing/compress.ts"
import * as dataDependent from "./operators/indexing/data-dependent.ts"
import * as crossing from "./operators/products/cross.ts"
import * as kronecker from "./operators/products/kron.ts"
import * as tensorProducts from "./operators/products/tensordot.ts"
import * as averages from "./operators/reductions/average.ts"
import * as counting from "./operators/reductions/counts.ts"
import * as cumulation from "./operators/reductions/cumprod.ts"
import * as medians from "./operators/reductions/median.ts"
import * as traces from "./operators/reductions/trace.ts"
import * as variances from "./operators/reductions/variance.ts"
import * as editing from "./operators/shape/edit.ts"
import * as rotation from "./operators/shape/rotate.ts"
import * as stacking from "./operators/shape/stacks.ts"
import * as convolving from "./operators/windows/convolve.ts"
import * as gradients from "./operators/windows/gradient.ts"
import * as order from "./order.ts"
import * as padding from "./pad.ts"
import * as pooling from "./pooling.ts"
import * as product from "./product.ts"
import * as reals from "./reals.ts"
import * as rearrangement from "./rearrange.ts"
import * as refreshing from "./refresh.ts"
import * as rounding from "./rounding.ts"
import * as setting from "./set.ts"
import * as shifts from "./shifts.ts"
import * as sums from "./sums.ts"
import * as tables from "./tables.ts"
import * as tagging from "./tag.ts"
import * as taking from "./take.ts"
import * as truth from "./truth.ts"
import * as twoReals from "./two-reals.ts"

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
