export { allowance, tooLong } from "./allowance.ts"
export { represent } from "./arithmetic.ts"
export { evaluate, evaluateNodes, foldNode, specificationOf } from "./evaluate.ts"
export { explain, explainProgram, type Remark } from "./explain.ts"
export { boundExpression, type Expression, operandName, parseExpression, parseMath } from "./expression.ts"
export { parseType } from "./grammar.ts"
export { mix } from "./hash.ts"
export { lazily } from "./lazily.ts"
export { attempt, fail as failAt, type Line } from "./line.ts"
export { type Literal, literal, literalRange, literalValues, realLiteral, sameLiteral } from "./literal.ts"
export { parseLiteral, printLiteral, wrapLine } from "./literal-text.ts"
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
} from "./matrix.ts"
export { loadOhm } from "./ohm.ts"
export type { Evaluated, OpDef, Pick } from "./op.ts"
export { type OpName, opDef, opNames } from "./ops/index.ts"
export { concatSources, transposeIndices } from "./ops/movement.ts"
export { matmulPlan, summedAxes } from "./ops/reduction.ts"
export { tableSize } from "./ops/table.ts"
export { parse } from "./parse.ts"
export { partsOf } from "./parts.ts"
export { print } from "./print.ts"
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
