import { binary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { floorDiv, mod } from "./arithmetic.ts"

/** Elementwise `[floorDiv, mod]`, as Python's `divmod`. Throws ProgramError for a divisor that may be 0. */
export const divmod = operator("divmod", binary, (a, b): Tensor[] => [floorDiv(a, b), mod(a, b)])
