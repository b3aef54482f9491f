import type { Integer } from "../data/index.ts"
import {
  type Builder,
  inheritOrigin,
  isIdentity,
  literal,
  type Matrix,
  matrixFromArrays,
  type Node,
  nodesOf,
  type Program,
  type Shape,
  withOutputs,
} from "../ir/index.ts"
import { expandProducts } from "./linearise/expand-products.ts"
import { type Plan, planRoots, type Root } from "./linearise/plan-roots.ts"
import { type Block, emptyBlock, tidy } from "./linearise/sparse-block.ts"
import type { Pass } from "./pass.ts"
import { elements, isWithin, isZero, sameShape } from "./shared/node-values.ts"
import { narrowedTo, RANGE } from "./shared/proved-range.ts"
import { untilStable } from "./shared/sweep.ts"
import { trimmedTable } from "./shared/trim-table.ts"

/**
 * Turns everything linear on secrets into `linear`, consecutive ones multiplied together. What remains of a secret:
 * inputs reshaped to vectors; `linear` with a vector as result; `table`, `assume`, `refresh` and `mul` of two vectors of equal length;
 * outputs reshaped from vectors. Clear values are computed as they were and enter reshaped to vectors.
 */
export const linearise: Pass = {
  name: "linearise",
  doc: "Turns all linear and data-movement operators on secrets into `linear`, multiplies consecutive ones together, and flattens tensors to vectors.",
  run: (program, _target, made) =>
    untilStable(program, made, (before, builder) => {
      const expanded = expandProducts(before, builder)
      return build(expanded, planRoots(expanded), builder)
    }),
}

/** Makes the planned vectors, operands before users. */
const build = (program: Program, { needed, roots }: Plan, builder: Builder): Program => {
  const images = new Map<Node, Node>()
  const firstSecret = program.inputs.find((input) => input.type.secret)
  const vectorOf = (node: Node): Node => asVector(builder, images.get(node)!)
  for (const node of nodesOf(program)) {
    if (node.type.secret && node.op !== "input" && !needed.has(node)) continue
    const root = roots.get(node)
    const fresh =
      root !== undefined
        ? makeRoot(builder, node, root, vectorOf, firstSecret!)
        : isElementwiseVector(node)
          ? makeElementwise(builder, node, node.operands.map(vectorOf))
          : makeAgain(
              builder,
              node,
              node.operands.map((operand) => withShape(builder, images.get(operand)!, operand.type.shape)),
            )
    inheritOrigin(program, node, fresh)
    images.set(node, fresh)
  }
  for (const node of program.outputs.values()) {
    images.set(node, withShape(builder, images.get(node)!, node.type.shape))
  }
  return withOutputs(program, images)
}

/** Operators that work on flattened secrets as they do on tensors, once their operands have one shape. */
const isElementwiseVector = ({ op, type, operands }: Node): boolean =>
  type.secret &&
  (op === "table" || op === "assume" || op === "mul" || op === "refresh") &&
  operands.every((operand) => sameShape(operand.type.shape, type.shape))

const makeElementwise = (builder: Builder, node: Node, operands: readonly Node[]): Node => {
  const [operand] = operands
  if (node.op === "assume" && isWithin(operand!.type, node.type)) return operand!
  const fresh = makeAgain(builder, node, operands)
  if (fresh.op !== "table") return fresh
  return builder.make("table", fresh.operands, trimmedTable(fresh.attrs, fresh.operands[0]!.type))
}

/** With the range that it had, which may have followed from operators that are merged into its operands. */
const makeAgain = (builder: Builder, node: Node, operands: readonly Node[]): Node => {
  const fresh = builder.remake(node, operands)
  return node.type.kind === "int" ? narrowedTo(node.type, fresh, builder) : fresh
}

const makeRoot = (
  builder: Builder,
  node: Node,
  { blocks, bias }: Root,
  vectorOf: (node: Node) => Node,
  firstSecret: Node,
): Node => {
  const terms = mergedTerms(blocks, vectorOf)
  // x * 0 + c is still a secret: it needs a ciphertext, of whatever input.
  if (![...terms.keys()].some((term) => term.type.secret)) {
    const rest = [...terms]
    terms.clear()
    terms.set(vectorOf(firstSecret), emptyBlock)
    for (const [term, block] of rest) terms.set(term, block)
  }
  const matrix = assemble(elements(node), terms)
  const operands = [...terms.keys()]
  const isCopy = operands.length === 1 && isIdentity(matrix) && bias.every((value) => isZero(value))
  const fresh = isCopy
    ? operands[0]!
    : builder.make("linear", operands, { matrix, bias: literal(bias), shape: [elements(node)] })
  return narrowedTo(node.type, fresh, builder, node.op === "assume" ? node.attrs.by : RANGE)
}

/** Terms by the vector they multiply: different nodes may have become the same vector. */
const mergedTerms = (
  blocks: ReadonlyMap<Node, readonly Block[]>,
  vectorOf: (node: Node) => Node,
): Map<Node, Block> => {
  const sums = new Map<Node, Block[]>()
  for (const [node, parts] of blocks) {
    const vector = vectorOf(node)
    const known = sums.get(vector)
    if (known === undefined) sums.set(vector, [tidy(parts)])
    else known.push(tidy(parts))
  }
  const terms = new Map<Node, Block>()
  for (const [vector, parts] of sums) {
    const block = tidy(parts)
    if (block.rows.length > 0) terms.set(vector, block)
  }
  return terms
}

/** Blocks side by side as one matrix: their entries sorted by row, in time that grows with the entries only. */
const assemble = (rows: number, terms: ReadonlyMap<Node, Block>): Matrix => {
  const start = new Int32Array(rows + 1)
  for (const block of terms.values()) {
    for (let i = 0; i < block.rows.length; i++) start[block.rows[i]! + 1]!++
  }
  for (let r = 0; r < rows; r++) start[r + 1]! += start[r]!
  const next = start.slice()
  const column = new Int32Array(start[rows]!)
  const value = new Array<Integer>(column.length)
  let offset = 0
  for (const [vector, block] of terms) {
    for (let i = 0; i < block.rows.length; i++) {
      const at = next[block.rows[i]!]!++
      column[at] = offset + block.columns[i]!
      value[at] = block.values[i]!
    }
    offset += elements(vector)
  }
  return matrixFromArrays(offset, { start, column, value })
}

const asVector = (builder: Builder, node: Node): Node => withShape(builder, node, [elements(node)])

/** The same elements under a shape; reshapes do not pile up. */
const withShape = (builder: Builder, node: Node, shape: Shape): Node => {
  if (sameShape(node.type.shape, shape)) return node
  if (node.op === "reshape") return withShape(builder, node.operands[0]!, shape)
  return builder.make("reshape", [node], { shape })
}
