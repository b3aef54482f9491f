export { ProgramError, RuntimeError } from "./errors.ts"
export {
  flatten,
  type Integer,
  isArrayLike,
  type Nested,
  type NestedOf,
  type NestedResult,
  printShape,
  shapeOf,
  sizeOf,
  unflatten,
} from "./nested.ts"
export { type OneHot, oneHotValues, tellsApart } from "./one-hot.ts"
export { canLoadSeal, SEAL_NEEDS } from "./platform.ts"
export type { Link, PerColumn, RowCodec, RowEncoding, RowTest, ScoreStep } from "./row-codec.ts"
export {
  checkNames,
  checkValues,
  fitsNumber,
  printRange,
  type Specification,
  type Values,
} from "./specification.ts"
