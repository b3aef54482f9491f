import type { Integer } from "../../data/index.ts"
import {
  broadcastIndices,
  concatSources,
  isTheorem,
  matmulPlan,
  type Node,
  type NodeOf,
  type OpName,
  partsOf,
  rowStrides,
  type Shape,
  strideIndices,
  summedAxes,
  transposeIndices,
} from "../../ir/index.ts"
import { constantIntegers, elements, isIntegerConstant, isZero, plus, times } from "../shared/node-values.ts"

/**
 * A node as an affine map of its operands: element r of the result is `bias[r]` plus the sum of `weight[i]` times element
 * `column[i]` of operand number `operand[i]`, for `start[r] <= i < start[r + 1]`. Constant operands are in the bias.
 */
export interface Affine {
  readonly start: Int32Array
  readonly operand: ArrayLike<number>
  readonly column: ArrayLike<number>
  readonly weight: ArrayLike<Integer>
  readonly bias: readonly Integer[]
  /** Whether every row has at most one entry, so that applying the map never adds anything up. */
  readonly isSelection: boolean
  /** Whether the entries of each row have different, ascending places. */
  readonly isOrdered: boolean
}

/** Adds one term to the row under construction; operand -1 is the number one. */
type Emit = (operand: number, column: number, weight: Integer) => void
type Row = (row: number, emit: Emit) => void

/** The affine map that an integer node applies to its operands; undefined when it is none. */
export const affineOf = (node: Node): Affine | undefined => {
  if (node.type.kind === "real") return undefined
  if (node.op === "matmul") return matrixProduct(node)
  const row = (rowsOf[node.op] as ((node: Node) => Row | undefined) | undefined)?.(node)
  return row === undefined ? undefined : collect(node, row)
}

/** Whether `affineOf` gives a map. */
export const isAffine = (node: Node): boolean => {
  if (node.type.kind === "real") return false
  if (node.op === "mul" || node.op === "matmul") return constantSide(node) !== undefined
  return node.op === "assume" ? isTheorem(node) : node.op in rowsOf
}

const collect = (node: Node, row: Row): Affine => {
  const rows = elements(node)
  const constants = node.operands.map(constantIntegers)
  const start = new Int32Array(rows + 1)
  const operand: number[] = []
  const column: number[] = []
  const weight: Integer[] = []
  const bias = new Array<Integer>(rows).fill(0)
  let isSelection = true
  let isOrdered = true
  let r = 0
  const emit: Emit = (k, c, w) => {
    const known = constants[k]
    if (k < 0 || known !== undefined) {
      bias[r] = plus(bias[r]!, known === undefined ? w : times(w, known[c]!))
    } else if (!isZero(w)) {
      const last = operand.length - 1
      if (last >= start[r]!) {
        isSelection = false
        isOrdered &&= operand[last]! < k || (operand[last] === k && column[last]! < c)
      }
      operand.push(k)
      column.push(c)
      weight.push(w)
    }
  }
  for (; r < rows; r++) {
    row(r, emit)
    start[r + 1] = operand.length
  }
  return { start, operand, column, weight, bias, isSelection, isOrdered }
}

/** Each row picks one element of the only operand. */
const pick =
  (indices: ArrayLike<number | bigint>): Row =>
  (r, emit) =>
    emit(0, Number(indices[r]!), 1)

const same: Row = (r, emit) => emit(0, r, 1)

/** The operand index of each element under broadcasting, and nothing to look up where shapes agree. */
const spread = (operand: Node, shape: Shape): ((r: number) => number) => {
  if (operand.type.shape.join() === shape.join()) return (r) => r
  const indices = broadcastIndices(operand.type.shape, shape)
  return (r) => indices[r]!
}

const combination = (node: Node, weights: readonly [number, number]): Row => {
  const [a, b] = node.operands.map((operand) => spread(operand, node.type.shape)) as [
    (r: number) => number,
    (r: number) => number,
  ]
  return (r, emit) => {
    emit(0, a(r), weights[0])
    emit(1, b(r), weights[1])
  }
}

const product = (node: NodeOf<"mul">): Row | undefined => {
  const side = constantSide(node)
  if (side === undefined) return undefined
  const [x, w] = [1 - side, side].map((k) => spread(node.operands[k]!, node.type.shape)) as [
    (r: number) => number,
    (r: number) => number,
  ]
  const weights = constantIntegers(node.operands[side]!)!
  return (r, emit) => emit(1 - side, x(r), weights[w(r)]!)
}

/** Without `collect`, for it may have millions of entries. */
const matrixProduct = (node: NodeOf<"matmul">): Affine | undefined => {
  const side = constantSide(node)
  if (side === undefined) return undefined
  const weights = constantIntegers(node.operands[side]!)!
  const plan = matmulPlan(node.operands[0]!.type.shape, node.operands[1]!.type.shape)
  const { leftBatch, rightBatch } = plan.batchesOf()
  const { rows, columns, inner } = plan
  const size = elements(node as Node)
  const start = new Int32Array(size + 1)
  const column = new Int32Array(size * inner)
  const weight = weights instanceof Float64Array ? new Float64Array(size * inner) : ([] as bigint[])
  let count = 0
  for (let out = 0; out < size; out++) {
    const batch = Math.floor(out / (rows * columns))
    const left = leftBatch[batch]! * rows * inner + (Math.floor(out / columns) % rows) * inner
    const right = rightBatch[batch]! * inner * columns + (out % columns)
    for (let k = 0; k < inner; k++) {
      const value = weights[side === 0 ? left + k : right + k * columns]!
      if (isZero(value)) continue
      column[count] = side === 0 ? right + k * columns : left + k
      weight[count++] = value
    }
    start[out + 1] = count
  }
  return {
    start,
    operand: new Uint8Array(count).fill(1 - side),
    column: column.subarray(0, count),
    weight: weight.slice(0, count),
    bias: new Array<Integer>(size).fill(0),
    isSelection: start.every((from, r) => r === size || start[r + 1]! - from <= 1),
    isOrdered: true,
  }
}

const total = (node: NodeOf<"sum">): Row => {
  const { shape } = node.operands[0]!.type
  const axes = summedAxes(node.attrs, shape)
  const strides = rowStrides(shape)
  const view = (list: readonly number[]): Int32Array =>
    strideIndices(
      list.map((axis) => shape[axis]!),
      list.map((axis) => strides[axis]!),
    )
  const bases = view(shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)))
  const offsets = view([...axes].sort((a, b) => a - b))
  return (r, emit) => {
    for (const offset of offsets) emit(0, bases[r]! + offset, 1)
  }
}

const joined = (node: NodeOf<"concat">): Row => {
  const sources = concatSources(
    node.operands.map((operand) => operand.type.shape),
    Number(node.attrs.axis),
  )
  return (r, emit) => emit(sources[r]!.part, sources[r]!.index, 1)
}

const matrixRows = ({ operands, attrs: { matrix, bias } }: NodeOf<"linear">): Row => {
  const { starts, partAt } = partsOf(operands.map(elements))
  return (r, emit) => {
    emit(-1, 0, bias.values[r]!)
    for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++) {
      const column = matrix.column[i]!
      const k = partAt(column)
      emit(k, column - starts[k]!, matrix.value[i]!)
    }
  }
}

/** The number of the operand of a product that is a constant; undefined when none is. */
const constantSide = ({ operands }: Node): 0 | 1 | undefined => {
  const side = operands.findIndex(isIntegerConstant)
  return side < 0 ? undefined : (side as 0 | 1)
}

const rowsOf: { readonly [O in OpName]?: (node: NodeOf<O>) => Row | undefined } = {
  add: (node) => combination(node as Node, [1, 1]),
  sub: (node) => combination(node as Node, [1, -1]),
  neg: () => (r, emit) => emit(0, r, -1),
  mul: product,
  sum: total,
  reshape: () => same,
  transpose: (node) => pick(transposeIndices(node.operands[0]!.type.shape, node.attrs.axes)),
  broadcast: (node) => pick(broadcastIndices(node.operands[0]!.type.shape, node.type.shape)),
  gather: (node) => pick(node.attrs.indices.values),
  concat: joined,
  linear: matrixRows,
  assume: (node) => (isTheorem(node) ? same : undefined),
}
