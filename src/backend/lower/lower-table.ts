import type { NodeOf } from "../../ir/index.ts"
import { type Layout, type Placement, ringIndices } from "../circuit/layout.ts"
import type { Recorder } from "../circuit/recorder.ts"
import type { Product, Relinearizing } from "../circuit/relinearizing.ts"
import { weighKernel } from "../tables/kernel-cost.ts"
import { hasRoomForPowers, spreadPolynomial, weighSpread } from "../tables/spread-powers.ts"
import { evaluateTable } from "../tables/table-forms.ts"
import type { TableNode, TablePolynomials } from "../tables/table-polynomials.ts"
import type { TableStrategy } from "../tables/table-schedule.ts"

/** A secret vector while a program is lowered; `clean` when ring elements of no vector element are 0. */
export interface Vector {
  readonly pieces: readonly Product<number>[]
  readonly placement: Placement
  readonly clean: boolean
  /** By what all elements are multiplied mod t; 1 but for tables that only matrices take. */
  readonly scale?: bigint
}

/** What tables are lowered with. */
export interface TableMachine {
  readonly layout: Layout
  readonly t: bigint
  readonly recorder: Recorder
  readonly ops: Relinearizing<number>
  readonly polynomials: TablePolynomials
  readonly strategy: TableStrategy
  /** Told of each table that is computed by spread powers. */
  readonly onSpread: ((node: TableNode) => void) | undefined
}

/** A table of a vector; multiplied by what makes its coefficients small where `isScalable`. */
export const lowerTable = (
  machine: TableMachine,
  node: NodeOf<"table">,
  x: Vector,
  isScalable: boolean,
): Vector => {
  const { polynomials, recorder, t } = machine
  const depth = Math.ceil(Math.log2(Math.max(1, polynomials.degree(node, t))))
  recorder.expect("multiply", depth)
  return spreadTable(machine, node, x) ?? polynomialTable(machine, node, x, isScalable)
}

/** The table by powers in the copies of its operand, if that is asked for and costs less. */
const spreadTable = (
  { layout, t, ops, polynomials, strategy, onSpread }: TableMachine,
  node: NodeOf<"table">,
  { pieces, placement }: Vector,
): Vector | null => {
  if (strategy !== "spread") return null
  const tables = polynomials.interpolated(node, t)
  const terms = tables.reduce((most, { length }) => Math.max(most, length), 0)
  const { cost } = polynomials.schedule(node, t, strategy)
  if (terms < 4 || !hasRoomForPowers(layout, placement.period, terms)) return null
  if (weighSpread(terms) >= weighKernel(cost)) return null
  onSpread?.(node)
  const { index } = node.attrs
  const coefficient = (power: number, element: number): bigint => {
    if (element >= placement.length) return 0n
    return tables[Number(index?.values[element] ?? 0)]![power] ?? 0n
  }
  const [x] = pieces as [Product<number>]
  const value = spreadPolynomial(ops, layout, placement.period, x, terms, coefficient)
  return { pieces: [value], placement, clean: true }
}

const polynomialTable = (
  { layout, t, recorder, ops, polynomials, strategy }: TableMachine,
  node: NodeOf<"table">,
  { pieces, placement, clean }: Vector,
  isScalable: boolean,
): Vector => {
  const { cost } = polynomials.schedule(node, t, strategy)
  // Other tables of the vector may share its powers.
  recorder.expect("multiply", cost.products / 2)
  const scale = isScalable ? polynomials.scale(node, t, strategy) : 1n
  const results = pieces.map((piece, p) => {
    const elements = ringIndices(layout, placement, p)
    const kernel = polynomials.kernel(node, t, strategy, elements, scale)
    const result = evaluateTable(ops, piece, kernel, t)
    if (result !== null && "value" in result) return result.value
    const zero = ops.sub(piece, piece)
    return result === null ? zero : ops.addPlain(zero, result.constant)
  })
  return { pieces: results, placement, clean: clean && polynomials.keepsZero(node, t, strategy), scale }
}
