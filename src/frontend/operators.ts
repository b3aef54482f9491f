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
type Operators = typeof arithmetic &
  typeof assumption &
  typeof bitFields &
  typeof bitwise &
  typeof choice &
  typeof comparison &
  typeof contraction &
  typeof convolution &
  typeof diagonals &
  typeof extremes &
  typeof indexing &
  typeof integers &
  typeof joining &
  typeof likeness &
  typeof movement &
  typeof numpyNames &
  typeof order &
  typeof padding &
  typeof pooling &
  typeof product &
  typeof rearrangement &
  typeof reals &
  typeof refreshing &
  typeof rounding &
  typeof setting &
  typeof several &
  typeof shifts &
  typeof sums &
  typeof tables &
  typeof tagging &
  typeof taking &
  typeof truth &
  typeof twoReals

/** All functions whose first argument is a tensor and whose result is one: the modules of this list export nothing else. */
export const operators: Operators = {
  ...arithmetic,
  ...assumption,
  ...bitFields,
  ...bitwise,
  ...choice,
  ...comparison,
  ...contraction,
  ...convolution,
  ...diagonals,
  ...extremes,
  ...indexing,
  ...integers,
  ...joining,
  ...likeness,
  ...movement,
  ...numpyNames,
  ...order,
  ...padding,
  ...pooling,
  ...product,
  ...rearrangement,
  ...reals,
  ...refreshing,
  ...rounding,
  ...setting,
  ...several,
  ...shifts,
  ...sums,
  ...tables,
  ...tagging,
  ...taking,
  ...truth,
  ...twoReals,
}
