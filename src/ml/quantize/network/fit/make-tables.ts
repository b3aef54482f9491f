import { fail } from "../../../fail.ts"
import type { Budget } from "../../budget.ts"
import { type Bounds, boundRow, type IntegerActivation } from "../integer-network.ts"
import type { Batch, Row } from "../lower/linear-rows.ts"
import type { CurveLayer } from "../network.ts"
import type { LayerPlan } from "../plan.ts"
import type { FittedRows, StepQuestion } from "./fit-rows.ts"

interface Surroundings {
  /** Of the features that rows may read. */
  readonly bounds: readonly Bounds[]
  /** What the layer's sums are in the model, by element and sample. */
  readonly targets: Batch
  readonly fit: (stepOf: (question: StepQuestion) => number) => Promise<FittedRows>
  /** The rows as the model has them, on the grid of its weights. */
  readonly exact: () => FittedRows
  readonly budget: Budget
}

export interface TableLayer {
  readonly rows: readonly Row[]
  readonly activation: IntegerActivation & { readonly kind: "table" }
  /** An integer of element i stands for `scale * integer + constant`. */
  readonly meanings: readonly { readonly scale: number; readonly constant: number }[]
}

/** Larger tables take minutes of encrypted computation. */
const MOST_ENTRIES = 2 ** 12

/** A layer whose functions are tables: rows whose proved range fits into the table, and its entries. */
export const makeTables = async (
  layer: CurveLayer,
  plan: LayerPlan & { readonly kind: "table" | "grid" },
  { bounds, targets, fit, exact, budget }: Surroundings,
): Promise<TableLayer> => {
  const fitted =
    plan.kind === "grid" ? exact() : await fit((question) => narrowStep(question, bounds, 2 ** plan.bits))
  // Each row is shifted so that its range begins at 0: all tables have the same entries' numbers.
  const ranges = fitted.rows.map((row) => boundRow(row, bounds))
  const entries = Math.max(...ranges.map(({ lo, hi }) => hi - lo + 1))
  if (entries > MOST_ENTRIES) {
    fail(
      "too-wide",
      `the sums of "${layer.name}" take ${entries} values, and a table of them at most ${MOST_ENTRIES}\n` +
        "train with fewer bits of weights and activations, or quantize the model before it was rounded",
    )
  }
  const rows = fitted.rows.map((row, i) => ({ ...row, bias: row.bias - ranges[i]!.lo }))
  const partOf = (i: number): Part => {
    const scale = fitted.scale[i]!
    const values = Float64Array.from({ length: entries }, (_, k) =>
      layer.apply(scale * (k + ranges[i]!.lo) + fitted.rest[i]!, i),
    )
    return plan.kind === "grid" || layer.grid !== undefined
      ? onGrid(values, layer, i)
      : onRange(values, layer, i, targets[i]!, 2 ** (plan as { outputBits: number }).outputBits - 1)
  }
  const parts: Part[] = []
  for (const i of rows.keys()) {
    await budget.turn()
    parts.push(partOf(i))
  }
  const tables = parts.map(({ table }) => table)
  const isShared = tables.every((table) => table.every((value, k) => value === tables[0]![k]))
  return {
    rows,
    activation: { kind: "table", lo: 0, tables: isShared ? tables.slice(0, 1) : tables },
    meanings: parts,
  }
}

interface Part {
  readonly table: Float64Array
  readonly scale: number
  readonly constant: number
}

/** Results on the grid that the model itself rounds them to. */
const onGrid = (values: Float64Array, { grid }: CurveLayer, i: number): Part => {
  const [scale, zero] = [grid!.scale(i), grid!.zero(i)]
  return { table: values.map((value) => Math.round(value / scale) + zero), scale, constant: -scale * zero }
}

/** Results on equal steps over what the function gives on the calibration rows; beyond that they are clipped. */
const onRange = (
  values: Float64Array,
  { apply }: CurveLayer,
  i: number,
  targets: Float64Array,
  levels: number,
): Part => {
  const results = targets.map((target) => apply(target, i))
  const lo = results.reduce((a, b) => Math.min(a, b), Infinity)
  const hi = results.reduce((a, b) => Math.max(a, b), -Infinity)
  const scale = hi > lo ? (hi - lo) / levels : 1
  const table = values.map((value) => Math.round((Math.min(Math.max(value, lo), hi) - lo) / scale))
  return { table, scale, constant: lo }
}

/** The finest step at which the proved range of a row takes no more than so many values. */
const narrowStep = (question: StepQuestion, bounds: readonly Bounds[], entries: number): number => {
  const { weights, columns, round } = question
  const width = (of: ArrayLike<number>): number =>
    Array.from(columns).reduce((sum, column, k) => {
      const { lo, hi } = bounds[column]!
      return sum + Math.abs(of[k]!) * (hi - lo)
    }, 0)
  let step = width(weights) / (entries - 1)
  if (!(step > 0)) return 1
  for (let tries = 0; tries < 60 && width(round(step)) > entries - 1; tries++) step *= 1.04
  return step
}
