export { decodeScores } from "./decode-scores.ts"
export { encodeRow, flatRow, type Reals, roundEven } from "./encode-row.ts"
export { erf } from "./erf.ts"
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
export {
  type ColumnTest,
  type JointTest,
  type Link,
  links,
  type Norm,
  type PerColumn,
  type RowCodec,
  type RowEncoding,
  type RowStep,
  type RowTest,
  type ScoreStep,
} from "./row-codec.ts"
export { applySteps } from "./row-steps.ts"
export {
  checkNames,
  checkValues,
  fitsNumber,
  printRange,
  type Specification,
  type Values,
} from "./specification.ts"
