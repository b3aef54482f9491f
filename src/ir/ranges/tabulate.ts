import { sizeOf, type Values } from "../../data/index.ts"
import { type Literal, literal } from "../literal/literal.ts"
import type { Evaluated } from "../op.ts"
import { opDef } from "../ops/index.ts"
import { tableSize } from "../ops/table.ts"
import type { Node, NodeOf } from "../program.ts"
import { broadcastIndices, broadcastShapes, realType, type Type } from "../type.ts"
import { isTheorem } from "./theorem.ts"

/**
 * A node as a function of the position in a domain: `columns[k]` holds its value at each position, and element i of the
 * node has column `index[i]`. Without an index all elements have column 0. A column of length 1 is a constant.
 */
export interface Tabulated {
  readonly columns: readonly Values[]
  readonly index: Int32Array | undefined
}

/** Where values come from: the domain's size, and the values of its sources at each position. */
export interface Domain {
  readonly size: number
  readonly sources: ReadonlyMap<Node, Values>
}

/** Thrown where a region has more values than were allowed. */
export class TooManyValues extends Error {}

export interface TabulatorOptions {
  /**
   * Whether integers that have no value at some position may be anything there, because their types are proved: no element
   * reaches that position.
   */
  readonly isProved?: boolean
  /** The most values that are computed in all. */
  readonly most?: number
}

/** Evaluates elementwise regions over whole domains, each node once as long as it is not dropped. */
export class Tabulator {
  readonly #known = new Map<Node, Map<object, Tabulated>>()
  readonly #isProved: boolean
  #left: number

  constructor({ isProved = false, most = Infinity }: TabulatorOptions = {}) {
    this.#isProved = isProved
    this.#left = most
  }

  /** The node over a domain. `key` stands for the domain: equal keys, equal domains. */
  tabulate(node: Node, key: object, domain: Domain): Tabulated {
    const stack = [node]
    for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
      if (this.#get(at, key) !== undefined) {
        stack.pop()
        continue
      }
      const source = domain.sources.get(at)
      const missing =
        source === undefined
          ? at.operands.filter((o) => this.#get(o, key) === undefined && o.op !== "constant")
          : []
      if (missing.length > 0) {
        stack.push(...missing)
        continue
      }
      const result =
        source === undefined
          ? this.#evaluate(
              at,
              at.operands.map((o) => (o.op === "constant" ? constantColumns(o) : this.#get(o, key)!)),
              domain.size,
            )
          : { columns: [source], index: undefined }
      const byKey = this.#known.get(at) ?? new Map<object, Tabulated>()
      this.#known.set(at, byKey.set(key, result))
      stack.pop()
    }
    return this.#get(node, key)!
  }

  /** Forgets a node that nothing else will ask for. */
  drop(node: Node): void {
    this.#known.delete(node)
  }

  /** Combines the columns of the operands as the elements of the result do, each combination once. */
  #evaluate(node: Node, operands: readonly Tabulated[], size: number): Tabulated {
    const { chosen, index } = meetingColumns(node, operands)
    this.#left -= chosen.length * size
    if (this.#left < 0) throw new TooManyValues()
    const columns = chosen.map((picked) => evaluateColumn(node, operands, picked, size, this.#isProved))
    return { columns, index }
  }

  #get(node: Node, key: object): Tabulated | undefined {
    return this.#known.get(node)?.get(key)
  }
}

/** The values of a constant, each once. */
export const constantColumns = ({ attrs: { value } }: NodeOf<"constant">): Tabulated => {
  // A map takes -0 and 0 for one key; as a text the first is told apart.
  const numbers = new Map<number | bigint | "-0", number>()
  const index = Int32Array.from(value.values as ArrayLike<number>, (v) =>
    numberOf(numbers, Object.is(v, -0) ? "-0" : v),
  )
  const columns = [...numbers.keys()].map((v) => (typeof v === "bigint" ? [v] : Float64Array.of(Number(v))))
  return { columns, index: columns.length > 1 ? index : undefined }
}

/** The number of a key in order of first appearance. */
const numberOf = <K>(numbers: Map<K, number>, key: K): number => {
  const known = numbers.get(key)
  if (known !== undefined) return known
  numbers.set(key, numbers.size)
  return numbers.size - 1
}

/** Which columns of the operands meet in some element of a node, each combination once, and which of them each element has. */
export const meetingColumns = (
  node: Node,
  operands: readonly Tabulated[],
): { readonly chosen: readonly (readonly number[])[]; readonly index: Int32Array | undefined } => {
  const shape = node.operands.map(({ type }) => type.shape).reduce(broadcastShapes)
  const own = node.op === "table" ? node.attrs.index : undefined
  const parts: { at: Int32Array | undefined; index: ArrayLike<number | bigint> }[] = []
  operands.forEach(({ index }, k) => {
    if (index === undefined) return
    const from = node.operands[k]!.type.shape
    parts[k] = { at: from.join() === shape.join() ? undefined : broadcastIndices(from, shape), index }
  })
  if (own !== undefined) parts[operands.length] = { at: undefined, index: own.values }
  const pick = (i: number): number[] =>
    Array.from({ length: operands.length + 1 }, (_, k) => {
      const part = parts[k]
      return part === undefined ? 0 : Number(part.index[part.at?.[i] ?? i]!)
    })
  if (parts.length === 0) return { chosen: [pick(0)], index: undefined }
  const combinations = new Map<string, number>()
  const chosen: number[][] = []
  const index = new Int32Array(sizeOf(shape))
  for (let i = 0; i < index.length; i++) {
    const picked = pick(i)
    index[i] = numberOf(combinations, picked.join())
    if (index[i] === chosen.length) chosen.push(picked)
  }
  return { chosen, index }
}

const evaluateColumn = (
  node: Node,
  operands: readonly Tabulated[],
  picked: readonly number[],
  size: number,
  isProved: boolean,
): Values => {
  const values = operands.map(({ columns }, k) => columns[picked[k]!]!)
  if (isTheorem(node)) return clamp(values[0]!, node.type)
  const evaluated = values.map(
    (column, k): Evaluated => ({
      type: { ...node.operands[k]!.type, shape: column.length === size ? [size] : [] },
      values: column,
    }),
  )
  if (isProved && node.op === "apply" && node.type.kind === "int") {
    const real = realType(node.type.secret, Number(node.type.lo), Number(node.type.hi), [size])
    const reals = opDef("apply").evaluate(evaluated, node.attrs as never, real) as Float64Array
    return clamp(
      reals.map((v) => (Number.isNaN(v) ? real.lo : v + 0)),
      node.type,
    )
  }
  const attrs = node.op === "table" ? singleTable(node.attrs, picked.at(-1)!) : node.attrs
  return clamp(opDef(node.op).evaluate(evaluated, attrs as never, { ...node.type, shape: [size] }), node.type)
}

/**
 * Values outside a proved range belong to positions that no element reaches, because elements have narrower intervals than
 * the domain or because of a theorem; whatever stands there is as good.
 */
const clamp = (values: Values, type: Type): Values => {
  const { lo, hi } = type
  if (type.kind === "real") return values
  if (!(values instanceof Float64Array)) return values.map((v) => (v < lo ? type.lo : v > hi ? type.hi : v))
  const [least, most] = [Number(lo), Number(hi)]
  return values.some((v) => v < least || v > most)
    ? values.map((v) => Math.min(Math.max(v, least), most))
    : values
}

const singleTable = (attrs: NodeOf<"table">["attrs"], k: number): { lo: bigint; entries: Literal } => {
  if (attrs.index === undefined) return attrs
  const size = tableSize(attrs)
  return {
    lo: attrs.lo,
    entries: literal(attrs.entries.values.slice(k * size, (k + 1) * size) as Int32Array),
  }
}
