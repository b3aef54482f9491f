import type { Integer } from "../../data/index.ts"
import { isSelection, type Node } from "../../ir/index.ts"
import { isZero, plus, times } from "../shared/node-values.ts"
import { type Affine, affineOf } from "./affine.ts"

/** An affine map together with the values it applies to. */
export interface Form {
  readonly operands: readonly Node[]
  readonly affine: Affine
}

/** Rows that mix more values than this are not looked at further. */
const MOST_TERMS = 8

/**
 * The nodes (given operands before users) of which each element is a multiple of one element of another value, plus a
 * constant: rearranging, scaling and shifting, however many steps it took. These cost nothing to multiply out.
 */
export const selectionsOf = (nodes: readonly Node[]): Map<Node, Form> => {
  const forms = new Map<Node, Form>()
  for (const node of nodes) {
    if (!node.type.secret || node.op === "matmul") continue
    if (node.op === "linear" && !isSelection(node.attrs.matrix)) continue
    const affine = affineOf(node)
    const form = affine && selectionOf(node, affine, forms)
    if (form !== undefined) forms.set(node, form)
  }
  return forms
}

interface Place {
  readonly node: Node
  readonly column: number
  weight: Integer
}

const selectionOf = (node: Node, affine: Affine, forms: ReadonlyMap<Node, Form>): Form | undefined => {
  const rows = affine.bias.length
  const operands = new Map<Node, number>()
  const start = new Int32Array(rows + 1)
  const operand: number[] = []
  const column: number[] = []
  const weight: Integer[] = []
  const bias: Integer[] = []
  for (let r = 0; r < rows; r++) {
    const { places, constant } = resolvedRow(node, affine, r, forms)
    if (places.length > 1) return undefined
    bias.push(plus(affine.bias[r]!, constant))
    for (const place of places) {
      if (!operands.has(place.node)) operands.set(place.node, operands.size)
      operand.push(operands.get(place.node)!)
      column.push(place.column)
      weight.push(place.weight)
    }
    start[r + 1] = operand.length
  }
  return {
    operands: [...operands.keys()],
    affine: { start, operand, column, weight, bias, isSelection: true, isOrdered: true },
  }
}

/** A row in terms of values that are no selections themselves; two or more places where it is none. */
const resolvedRow = (
  node: Node,
  affine: Affine,
  row: number,
  forms: ReadonlyMap<Node, Form>,
): { places: Place[]; constant: Integer } => {
  const places: Place[] = []
  let constant: Integer = 0
  const add = (source: Node, column: number, weight: Integer): void => {
    const known = places.find((place) => place.node === source && place.column === column)
    if (known === undefined) places.push({ node: source, column, weight })
    else known.weight = plus(known.weight, weight)
  }
  for (let i = affine.start[row]!; i < affine.start[row + 1]! && places.length <= MOST_TERMS; i++) {
    const source = node.operands[affine.operand[i]!]!
    const c = affine.column[i]!
    const w = affine.weight[i]!
    const form = forms.get(source)
    if (form === undefined) {
      add(source, c, w)
      continue
    }
    const below = form.affine
    constant = plus(constant, times(w, below.bias[c]!))
    const at = below.start[c]!
    if (at < below.start[c + 1]!) {
      add(form.operands[below.operand[at]!]!, below.column[at]!, times(w, below.weight[at]!))
    }
  }
  return { places: places.filter((place) => !isZero(place.weight)), constant }
}
