import { type IntType, type Node, tableSize, width } from "../../ir/index.ts"
import { centred } from "../arithmetic/field.ts"
import { interpolate } from "../arithmetic/interpolate.ts"
import { type Plain, ringPlain } from "../circuit/plain.ts"
import type { TableKernel } from "./table-forms.ts"
import { smallestScale } from "./table-scale.ts"
import { type Entries, scheduleTables, type TableSchedule, type TableStrategy } from "./table-schedule.ts"

export type TableNode = Extract<Node, { op: "table" }>

/** The polynomials of table nodes mod t, and how to compute them; kept because a search lowers the same program many times. */
export class TablePolynomials {
  readonly #polynomials = new Map<TableNode, Map<bigint, bigint[][]>>()
  readonly #schedules = new Map<TableNode, Map<string, TableSchedule>>()
  readonly #columns = new Map<TableNode, Map<string, ScheduleNumbers>>()

  /** The largest degree of the node's polynomials. */
  degree(node: TableNode, t: bigint): number {
    return this.interpolated(node, t).reduce((most, table) => Math.max(most, table.length - 1), 0)
  }

  /** How the tables of a node are computed mod t. */
  schedule(node: TableNode, t: bigint, strategy: TableStrategy): TableSchedule {
    return remember(
      remember(this.#schedules, node, () => new Map<string, TableSchedule>()),
      `${t} ${strategy}`,
      () => scheduleTables(reachable(node), this.interpolated(node, t), t, strategy),
    )
  }

  /**
   * The kernel for one ring of elements: `elements[e]` is the index of the vector element at ring element e, -1 where
   * there is none. Tables are interpolated on the values that the operand can take, and only there. What it computes is
   * `scale` times the table.
   */
  kernel(
    node: TableNode,
    t: bigint,
    strategy: TableStrategy,
    elements: Int32Array,
    scale: bigint,
  ): TableKernel {
    const { form, baby, shifts, coefficients } = this.#numbers(node, t, strategy, scale)
    const { index } = node.attrs
    const plain = (numbers: TableNumbers): Plain | null => {
      if (index === undefined) return numbers[0] ? { kind: "scalar", value: BigInt(numbers[0]) } : null
      return numbers.some(Boolean) ? ringPlain(onRing(numbers, index.values, elements)) : null
    }
    return { form, shift: plain(shifts), coefficients: coefficients.map(plain), baby }
  }

  /** The shift and each coefficient of all tables, as the kernels of all rings need them. */
  #numbers(node: TableNode, t: bigint, strategy: TableStrategy, scale: bigint): ScheduleNumbers {
    return remember(
      remember(this.#columns, node, () => new Map<string, ScheduleNumbers>()),
      `${t} ${strategy} ${scale}`,
      () => {
        const { form, tables, baby } = this.schedule(node, t, strategy)
        const terms = tables.reduce((most, { coefficients }) => Math.max(most, coefficients.length), 0)
        const coefficients = Array.from({ length: terms }, (_, i) =>
          tables.map((table) => narrowest(centred((table.coefficients[i] ?? 0n) * scale, t))),
        )
        return { form, baby, shifts: tables.map(({ shift }) => narrowest(shift)), coefficients }
      },
    )
  }

  /** Whether ring elements of no vector element are 0 after the table if they were before. */
  keepsZero(node: TableNode, t: bigint, strategy: TableStrategy): boolean {
    // Tables by element have no coefficients where no element is.
    if (node.attrs.index !== undefined) return true
    const { form, tables } = this.schedule(node, t, strategy)
    const { shift, coefficients } = tables[0]!
    if (form === "equality") return (coefficients[0]! + (shift === 0n ? 0n : coefficients[1]!)) % t === 0n
    return coefficients.reduceRight((sum, c) => (sum * shift + c) % t, 0n) === 0n
  }

  /** What the table is best multiplied by, mod t, where what comes after it can be divided by it for nothing. */
  scale(node: TableNode, t: bigint, strategy: TableStrategy): bigint {
    const { tables } = this.schedule(node, t, strategy)
    return tables.length > 1 ? 1n : smallestScale(tables[0]!.coefficients, t)
  }

  /** The polynomials of the tables of a node, centred coefficients, lowest first. */
  interpolated(node: TableNode, t: bigint): readonly (readonly bigint[])[] {
    return remember(
      remember(this.#polynomials, node, () => new Map<bigint, bigint[][]>()),
      t,
      () => reachable(node).map(({ lo, entries }) => interpolate(lo, entries, t).map((c) => centred(c, t))),
    )
  }
}

/** The tables of a node on the values that its operand can take. */
export const reachable = (node: TableNode): Entries[] => {
  const { lo, entries } = node.attrs
  const domain = node.operands[0]!.type as IntType
  const size = tableSize(node.attrs)
  const first = Number(domain.lo - lo)
  const values = Array.from(entries.values as ArrayLike<number | bigint>)
  return Array.from({ length: values.length / size }, (_, k) => ({
    lo: domain.lo,
    entries: values.slice(k * size + first, k * size + first + Number(width(domain))),
  }))
}

/** One number for each table of a node. */
type TableNumbers = readonly (number | bigint)[]

interface ScheduleNumbers extends Pick<TableSchedule, "form" | "baby"> {
  readonly shifts: TableNumbers
  /** For each power in turn. */
  readonly coefficients: readonly TableNumbers[]
}

/** Numbers where they are exact: most are far below 2^53, and literals of them are made far faster. */
const narrowest = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** The number of each ring element's table, 0 where there is no element. */
const onRing = (
  numbers: TableNumbers,
  index: ArrayLike<number | bigint>,
  elements: Int32Array,
): ArrayLike<number | bigint> => {
  const ring = isExact(numbers)
    ? new Float64Array(elements.length)
    : new Array<number | bigint>(elements.length)
  for (let i = 0; i < ring.length; i++) {
    const e = elements[i]!
    ring[i] = e < 0 ? 0 : numbers[Number(index[e]!)]!
  }
  return ring
}

const isExact = (numbers: TableNumbers): boolean => numbers.every((value) => typeof value === "number")

const remember = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
