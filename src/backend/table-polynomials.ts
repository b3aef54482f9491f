import { type IntType, type Node, tableSize, width } from "../ir/index.ts"
import type { Coefficients } from "./evaluate-polynomial.ts"
import { centred } from "./field.ts"
import { interpolate } from "./interpolate.ts"
import { ringPlain } from "./multiply-matrix.ts"

type TableNode = Extract<Node, { op: "table" }>

/** The polynomials of table nodes mod t, kept because a search lowers the same program many times. */
export class TablePolynomials {
  readonly #byTable = new Map<TableNode, Map<bigint, bigint[][]>>()

  /**
   * The coefficients for one ring of elements: `elements[e]` is the index of the vector element at ring element e, -1
   * where there is none. Tables are interpolated on the values that the operand can take, and only there.
   */
  coefficients(node: TableNode, t: bigint, elements: Int32Array): Coefficients {
    const tables = this.#interpolated(node, t)
    const { index } = node.attrs
    if (index === undefined) {
      return tables[0]!.map((c) => (c === 0n ? null : { kind: "scalar", value: c }))
    }
    const terms = tables.reduce((most, table) => Math.max(most, table.length), 0)
    return Array.from({ length: terms }, (_, i) => {
      const ring = Array.from(elements, (element) => {
        const coefficient = element < 0 ? 0n : (tables[Number(index.values[element]!)]![i] ?? 0n)
        return coefficient
      })
      return ring.every((c) => c === 0n) ? null : ringPlain(ring)
    })
  }

  /** The largest degree of the node's polynomials. */
  degree(node: TableNode, t: bigint): number {
    return this.#interpolated(node, t).reduce((most, table) => Math.max(most, table.length - 1), 0)
  }

  #interpolated(node: TableNode, t: bigint): bigint[][] {
    const byModulus = this.#byTable.get(node) ?? new Map<bigint, bigint[][]>()
    this.#byTable.set(node, byModulus)
    const known = byModulus.get(t)
    if (known !== undefined) return known
    const { lo, entries } = node.attrs
    const domain = node.operands[0]!.type as IntType
    const size = tableSize(node.attrs)
    const first = Number(domain.lo - lo)
    const values = Array.from(entries.values as ArrayLike<number | bigint>)
    const tables = Array.from({ length: values.length / size }, (_, k) => {
      const reachable = values.slice(k * size + first, k * size + first + Number(width(domain)))
      return interpolate(domain.lo, reachable, t).map((c) => centred(c, t))
    })
    byModulus.set(t, tables)
    return tables
  }
}
