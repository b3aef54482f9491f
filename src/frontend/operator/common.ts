import { axesOrNull, axisOrNull, flag, tensor } from "./argument.ts"
import type { Options } from "./operator.ts"
import { named, optional, required } from "./parameter.ts"

/** The tensor that an operator is a method of. */
export const x = required("x", tensor)

/** One tensor and nothing else. */
export const unary = [x] as const

/** Two tensors, whose shapes broadcast where not said otherwise. */
export const binary = [required("a", tensor), required("b", tensor)] as const

const keepDims = named("keepDims", flag("keepDims"))

/** A tensor, the axes that disappear, all unless given, and whether they stay with extent 1. */
export const reduction = [x, optional("axis", axesOrNull), keepDims] as const

/** The options of a reduction. */
export type ReduceOptions = Options<typeof reduction>

/** A tensor, the axis that disappears, and whether it stays with extent 1; all elements in row-major order without an axis. */
export const lineReduction = [x, optional("axis", axisOrNull), keepDims] as const

/** The options of an operator that reduces one axis. */
export type ArgOptions = Options<typeof lineReduction>

/** A tensor and the axis along which something is done; all elements in row-major order without one. */
export const alongOne = [x, optional("axis", axisOrNull)] as const

/** The options of an operator that works along one axis. */
export type AxisOptions = Options<typeof alongOne>
