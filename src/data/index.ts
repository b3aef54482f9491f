export { type AddressName, addressTrouble } from "./addresses.ts"
export { checkArguments, checkArity, type Failure, mismatch, optional } from "./checks/arguments.ts"
export {
  type Form,
  form,
  forms,
  isPlainObject,
  oneOf,
  printGiven,
  printInline,
  printKind,
} from "./checks/form.ts"
export { nearest, nearestOf } from "./checks/nearest.ts"
export { checkOptionNames, checkOptions, type OptionForms } from "./checks/options.ts"
export {
  type CodedOptions,
  isRuntimeErrorCode,
  PROGRAM_ERROR_CODES,
  ProgramError,
  type ProgramErrorCode,
  RUNTIME_ERROR_CODES,
  RuntimeError,
  type RuntimeErrorCode,
} from "./errors.ts"
export { fileTrouble, printPath } from "./file-trouble.ts"
export { formatBytes, formatTime } from "./format.ts"
export { type BinaryName, binaries } from "./functions/binary.ts"
export { erf } from "./functions/erf.ts"
export {
  argumentOf,
  type FoldName,
  folds,
  type LineFunctionName,
  lineFunctions,
  type Norm,
  normalizeLine,
} from "./functions/fold.ts"
export { roundEven } from "./functions/round-even.ts"
export { type Parameters, type UnaryName, unaries, unaryFunction } from "./functions/unary.ts"
export {
  flatten,
  type Integer,
  isArrayLike,
  type Nested,
  type NestedOf,
  type NestedOfShape,
  type NestedResult,
  type ProgramResult,
  printShape,
  shapeOf,
  sizeOf,
  unflatten,
} from "./nested.ts"
export { networkTrouble } from "./network-trouble.ts"
export { type OneHot, oneHotValues, tellsApart } from "./one-hot.ts"
export { canLoadSeal, SEAL_NEEDS } from "./platform.ts"
export { applySteps } from "./rows/apply-steps.ts"
export { decodeScores } from "./rows/decode-scores.ts"
export { encodeRow, flatRow, type Reals } from "./rows/encode-row.ts"
export type {
  ColumnTest,
  JointTest,
  PerColumn,
  RowCodec,
  RowEncoding,
  RowTest,
} from "./rows/row-codec.ts"
export { chainSteps, type RowStep } from "./rows/row-step.ts"
export { sizeAfter } from "./rows/size-after.ts"
export { unknownCategory } from "./rows/unknown-category.ts"
export {
  checkNames,
  checkValues,
  fitsNumber,
  type InputsOf,
  printRange,
  type Specification,
  type Values,
} from "./specification.ts"
export {
  fitsSymbols,
  type Symbols,
  type SymbolTable,
  symbolOffset,
  symbolValues,
  symbolWeights,
} from "./symbols.ts"
export {
  type Place,
  placeFrom,
  WARNING_CODES,
  type Warning,
  type WarningCode,
  warning,
  warningLines,
} from "./warning.ts"
