export { evaluate, evaluateNodes, foldNode, specificationOf } from "./evaluate.ts"
export { represent } from "./exact-arithmetic.ts"
export { explain, explainProgram, type Remark } from "./explain.ts"
export {
  boundExpression,
  type Expression,
  operandName,
  parseExpression,
  parseMath,
} from "./expression/expression.ts"
export { lazily } from "./lazily.ts"
export { type Allowance, allowance, take, tooLong } from "./literal/allowance.ts"
export { mix } from "./literal/hash.ts"
export {
  type Literal,
  literal,
  literalRange,
  literalValues,
  realLiteral,
  sameLiteral,
} from "./literal/literal.ts"
export {
  type Entry,
  isIdentity,
  isSelection,
  type Matrix,
  matrixFromArrays,
  matrixFromRows,
  rowEntries,
  sliceColumns,
  takesFirst,
} from "./literal/matrix.ts"
export { partsOf } from "./literal/operand-parts.ts"
export type { Evaluated, OpDef, Pick } from "./op.ts"
export { type OpName, opDef, opNames } from "./ops/index.ts"
export { concatSources, transposeIndices } from "./ops/movement.ts"
export { matmulPlan, summedAxes } from "./ops/reduction.ts"
export { tableSize } from "./ops/table.ts"
export {
  Builder,
  type Node,
  type NodeOf,
  type Origin,
  type Origins,
  type Program,
  programForm,
} from "./program.ts"
export { programWarnings } from "./program-warnings.ts"
export { Forms, RELATED } from "./ranges/forms.ts"
export { relatedRange } from "./ranges/related-range.ts"
export { type Domain, type Tabulated, Tabulator } from "./ranges/tabulate.ts"
export { isTheorem } from "./ranges/theorem.ts"
export { inheritOrigin, rewrite, withOutputs } from "./rewrite.ts"
export { printStatement } from "./statement.ts"
export { parseType } from "./text/grammar.ts"
export { parseLiteral, printLiteral, wrapLine } from "./text/literal-text.ts"
export { attempt, fail as failAt, type Line } from "./text/located-text.ts"
export { loadOhm } from "./text/ohm.ts"
export { parse } from "./text/parse.ts"
export { print } from "./text/print.ts"
export { countUses, nodesOf, topological } from "./traverse.ts"
export {
  broadcastIndices,
  broadcastShapes,
  type IntType,
  infinite,
  intType,
  printReal,
  printType,
  type RealType,
  realType,
  rowStrides,
  type Shape,
  strideIndices,
  type Type,
  width,
} from "./type.ts"
