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
import * as likeness from "./likeness.ts"
import * as movement from "./movement.ts"
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

/** All functions whose first argument is a tensor and whose result is one: the modules of this list export nothing else. */
export const operators = {
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
  ...shifts,
  ...sums,
  ...tables,
  ...tagging,
  ...taking,
  ...truth,
  ...twoReals,
}
