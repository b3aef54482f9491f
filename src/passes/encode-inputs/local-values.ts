import { type Integer, sizeOf } from "../../data/index.ts"
import { type IntType, isTheorem, type Node, type NodeOf, partsOf, tableSize } from "../../ir/index.ts"
import { elements, integersBetween } from "../shared/node-values.ts"

/** An element that depends on one element of one input and on nothing else; on none where it is a constant. */
export interface LocalElement {
  readonly input: NodeOf<"input"> | undefined
  /** The flat index in the input. */
  readonly element: number
  /** What it is for each value of that element, in order; a constant is one value. */
  readonly values: Float64Array
}

/** The most values of functions that are looked at in one program. */
const MOST_VALUES = 2 ** 23

/**
 * The secret nodes (given operands before users) that work on each element of the inputs by itself, with what they make of
 * it. Rearranging, `table`, and sums and products of values of one element keep to that; `inputs` are where it begins.
 */
export const localValues = (
  nodes: readonly Node[],
  inputs: ReadonlySet<Node>,
): Map<Node, readonly LocalElement[]> => {
  const locals = new Map<Node, readonly LocalElement[]>()
  const functions = new Functions()
  for (const node of nodes) {
    if (!node.type.secret || (node.op === "input" && !inputs.has(node))) continue
    const local = localElements(node, locals, functions)
    if (local?.some(({ input }) => input !== undefined)) locals.set(node, local)
  }
  return locals
}

const localElements = (
  node: Node,
  locals: ReadonlyMap<Node, readonly LocalElement[]>,
  functions: Functions,
): readonly LocalElement[] | undefined => {
  if (node.op === "input") {
    const values = Float64Array.from(integersBetween(node.type as IntType), Number)
    return Array.from({ length: elements(node) }, (_, element) => ({ input: node, element, values }))
  }
  if (node.op === "linear") return sums(node, locals, functions)
  const operands = node.operands.map((operand) => locals.get(operand))
  const [a, b] = operands
  if (a === undefined) return undefined
  if (node.op === "reshape" || (node.op === "assume" && isTheorem(node))) return a
  if (node.op === "table") return lookups(node, a, functions)
  if (node.op === "mul" && b?.length === a.length && elements(node) === a.length) {
    return every(a, (x, i) => functions.combine([x, b[i]!], ([p, q]) => exact(p! * q!)))
  }
  return undefined
}

const lookups = (
  { attrs }: NodeOf<"table">,
  operand: readonly LocalElement[],
  functions: Functions,
): LocalElement[] | undefined => {
  const { lo, entries, index } = attrs
  const size = tableSize(attrs)
  return every(operand, (x, i) => {
    const table = index === undefined ? 0 : Number(index.values[i]!)
    const first = table * size - Number(lo)
    return functions.apply(x, table, entries.values, (value) => Number(entries.values[first + value]!))
  })
}

const sums = (
  { operands, attrs: { matrix, bias } }: NodeOf<"linear">,
  locals: ReadonlyMap<Node, readonly LocalElement[]>,
  functions: Functions,
): LocalElement[] | undefined => {
  const { starts, partAt } = partsOf(operands.map(({ type }) => sizeOf(type.shape)))
  return every(Array.from(bias.values as ArrayLike<Integer>), (constant, row) => {
    const terms: LocalElement[] = []
    const weights: number[] = []
    for (let i = matrix.start[row]!; i < matrix.start[row + 1]!; i++) {
      const part = partAt(matrix.column[i]!)
      const term = locals.get(operands[part]!)?.[matrix.column[i]! - starts[part]!]
      if (term === undefined) return undefined
      terms.push(term)
      weights.push(Number(matrix.value[i]!))
    }
    if (terms.length === 1 && weights[0] === 1 && Number(constant) === 0) return terms[0]
    return functions.combine(terms, (values) =>
      values.reduce((sum, value, k) => exact(sum + exact(weights[k]! * value)), exact(Number(constant))),
    )
  })
}

/** An integer that is exact as a number; NaN, and all that is computed from it, where it may not be. */
const exact = (value: number): number => (Number.isSafeInteger(value) ? value : NaN)

/** All results in order; undefined as soon as one is. */
const every = <T, R>(items: readonly T[], of: (item: T, i: number) => R | undefined): R[] | undefined => {
  const results: R[] = []
  for (const [i, item] of items.entries()) {
    const result = of(item, i)
    if (result === undefined) return undefined
    results.push(result)
  }
  return results
}

/** Makes functions of one element, equal tables of equal values once, and no more of them than memory allows. */
class Functions {
  #left = MOST_VALUES
  readonly #applied = new Map<Float64Array, Map<object, Map<number, Float64Array>>>()

  /** Table number `table` of `entries` of an element. */
  apply(
    x: LocalElement,
    table: number,
    entries: object,
    of: (value: number) => number,
  ): LocalElement | undefined {
    const byEntries = this.#applied.get(x.values) ?? new Map<object, Map<number, Float64Array>>()
    this.#applied.set(x.values, byEntries)
    const known = byEntries.get(entries) ?? new Map<number, Float64Array>()
    byEntries.set(entries, known)
    const made = known.get(table) ?? this.combine([x], ([value]) => of(value!))?.values
    if (made === undefined) return undefined
    known.set(table, made)
    return { ...x, values: made }
  }

  /** A function of elements, which must depend on one and the same; undefined where they do not or it is not exact. */
  combine(
    terms: readonly LocalElement[],
    of: (values: readonly number[]) => number,
  ): LocalElement | undefined {
    const source = terms.find(({ input }) => input !== undefined)
    const isLocal = terms.every(
      ({ input, element }) => input === undefined || (input === source!.input && element === source!.element),
    )
    const length = source?.values.length ?? 1
    if (!isLocal || this.#left < length) return undefined
    this.#left -= length
    const values = new Float64Array(length)
    const point = new Array<number>(terms.length)
    for (let v = 0; v < length; v++) {
      terms.forEach((term, k) => {
        point[k] = term.values[term.input === undefined ? 0 : v]!
      })
      values[v] = of(point) + 0
      if (!Number.isSafeInteger(values[v])) return undefined
    }
    return { input: source?.input, element: source?.element ?? 0, values }
  }
}
