import {
  Builder,
  type IntType,
  inheritOrigin,
  literal,
  type Matrix,
  matrixFromRows,
  type Node,
  type NodeOf,
  nodesOf,
  type Program,
  rowEntries,
  withOutputs,
} from "../ir/index.ts"
import type { Pass } from "./pass.ts"
import { elements } from "./shared/node-values.ts"

/** Fewer diagonals than this are not worth gaps. */
const MANY_DIAGONALS = 16
/** By what part the diagonals must become fewer. */
const LEAST_GAIN = 2

/**
 * A matrix in a ring costs its diagonals, the differences of column and row. Where every row takes columns near each
 * other, as in a convolution, rows placed beside their first columns have few; what comes after works on single elements
 * and then on matrices, whose columns follow. Between the rows there are gaps, which hold a constant and which nothing takes.
 */
export const orderRows: Pass = {
  name: "order-rows",
  doc: "Places the rows of matrices beside the columns that they take, with gaps, where few diagonals are left then.",
  run: (program, _target, builder = new Builder(program.origins)) => {
    const places = placesOf(program)
    return places.size === 0 ? program : rebuild(program, places, builder)
  },
}

/** Where the elements of a vector go. */
interface Places {
  readonly length: number
  readonly of: Int32Array
}

/** The vectors whose elements are to move. Those that elementwise operations join have one object. */
const placesOf = (program: Program): Map<Node, Places> => {
  const places = new Map<Node, Places>()
  for (const vectors of movableVectors(program)) {
    const producers = vectors.filter((node) => node.op === "linear")
    const [first] = producers
    if (first === undefined || first.operands.length !== 1) continue
    const found = besideColumns(first.attrs.matrix)
    const before = producers.reduce((sum, node) => sum + diagonals(node.attrs.matrix), 0)
    if (before < MANY_DIAGONALS) continue
    const after = producers.reduce((sum, node) => sum + diagonals(node.attrs.matrix, found), 0)
    if (after * LEAST_GAIN <= before) for (const node of vectors) places.set(node, found)
  }
  return places
}

/**
 * Vectors in sets that elementwise operations join; only sets that are made by matrices and that only
 * matrices take in the end.
 */
const movableVectors = (program: Program): Node[][] => {
  const nodes = nodesOf(program)
  const sets = new Map<Node, Set<Node>>()
  const fixed = new Set<Node>(program.outputs.values())
  const setOf = (node: Node): Set<Node> => {
    const set = sets.get(node) ?? new Set([node])
    sets.set(node, set)
    return set
  }
  const join = (a: Set<Node>, b: Set<Node>): void => {
    const [few, many] = a.size < b.size ? [a, b] : [b, a]
    if (few === many) return
    for (const member of few) {
      many.add(member)
      sets.set(member, many)
    }
  }
  for (const node of nodes) {
    if (node.op === "linear" && node.type.shape.length === 1) continue
    if (!isElementwise(node)) {
      fixed.add(node)
      for (const operand of node.operands) fixed.add(operand)
      continue
    }
    for (const operand of node.operands) join(setOf(node), setOf(operand))
  }
  const wanted = new Set(nodes.flatMap((node) => (node.type.secret ? [setOf(node)] : [])))
  return [...wanted].map((set) => [...set]).filter((set) => !set.some((node) => fixed.has(node)))
}

const isElementwise = (node: Node): boolean =>
  (node.op === "table" || node.op === "mul") &&
  node.type.shape.length === 1 &&
  node.operands.every(({ type }) => type.secret)

/** The next power of two: rotations of a ring of that period bring a column beside every row. */
const periodFrom = (columns: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, columns)))

/** Each row at its first column; the next one with the same first column a period further on. */
const besideColumns = (matrix: Matrix): Places => {
  const period = periodFrom(matrix.columns)
  const taken = new Map<number, number>()
  const of = new Int32Array(matrix.rows)
  let length = 0
  for (let r = 0; r < matrix.rows; r++) {
    const isEmpty = matrix.start[r] === matrix.start[r + 1]
    const first = isEmpty ? 0 : matrix.column[matrix.start[r]!]!
    const before = taken.get(first) ?? 0
    taken.set(first, before + 1)
    of[r] = before * period + first
    length = Math.max(length, of[r]! + 1)
  }
  return { length, of }
}

/** How many differences of column and row a matrix has, modulo its period. */
const diagonals = (matrix: Matrix, places?: Places): number => {
  const period = periodFrom(matrix.columns)
  const found = new Set<number>()
  for (let r = 0; r < matrix.rows; r++) {
    const row = places === undefined ? r : places.of[r]!
    for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++) {
      found.add((((matrix.column[i]! - row) % period) + period) % period)
    }
  }
  return found.size
}

const rebuild = (program: Program, places: ReadonlyMap<Node, Places>, builder: Builder): Program => {
  const image = new Map<Node, Node>()
  for (const node of nodesOf(program)) {
    const operands = node.operands.map((operand) => image.get(operand)!)
    const own = places.get(node)
    const fresh =
      node.op === "linear"
        ? placeLinear(node, operands, places, builder)
        : node.op === "table" && own !== undefined && node.attrs.index !== undefined
          ? builder.make("table", operands, { ...node.attrs, index: spread(node.attrs.index.values, own) })
          : builder.remake(node, operands)
    inheritOrigin(program, node, fresh)
    image.set(node, fresh)
  }
  return withOutputs(program, image)
}

/** The same matrix with rows and columns where they are now; rows of gaps are a constant that the others reach too. */
const placeLinear = (
  node: NodeOf<"linear">,
  operands: readonly Node[],
  places: ReadonlyMap<Node, Places>,
  builder: Builder,
): Node => {
  const own = places.get(node)
  const moves = node.operands.map((operand) => places.get(operand))
  if (own === undefined && moves.every((move) => move === undefined)) return builder.remake(node, operands)
  const { matrix, bias } = node.attrs
  const columns: number[] = []
  let width = 0
  node.operands.forEach((operand, k) => {
    const size = elements(operand)
    for (let c = 0; c < size; c++) columns.push(width + (moves[k]?.of[c] ?? c))
    width += moves[k]?.length ?? size
  })
  const length = own?.length ?? matrix.rows
  const { lo, hi } = node.type as IntType
  const gap = lo > 0n ? lo : hi < 0n ? hi : 0n
  const rows = Array.from({ length }, () => [] as { column: number; value: number | bigint }[])
  const offsets = new Array<number | bigint>(length).fill(gap)
  for (let r = 0; r < matrix.rows; r++) {
    const row = own?.of[r] ?? r
    rows[row] = rowEntries(matrix, r).map(({ column, value }) => ({ column: columns[column]!, value }))
    offsets[row] = bias.values[r]!
  }
  const attrs = { matrix: matrixFromRows(width, rows), bias: literal(offsets), shape: [length] }
  return builder.make("linear", operands, attrs)
}

/** The tables of elements in their new places; gaps are looked up in the first of them. */
const spread = (index: ArrayLike<number | bigint>, { length, of }: Places) => {
  const moved = new Array<number | bigint>(length).fill(index[0]!)
  of.forEach((place, i) => {
    moved[place] = index[i]!
  })
  return literal(moved)
}
