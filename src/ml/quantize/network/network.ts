import type { FloatNode } from "../../graph/graph.ts"
import { Budget } from "../budget.ts"
import { applyRows, type Batch, type Row } from "./lower/linear-rows.ts"

/** A value of the model whose elements are linear combinations of a network's values. */
export interface Linear {
  readonly rows: readonly Row[]
  /** The node of the model that has these values: calibration reads what they should be there. */
  readonly node: FloatNode
}

/** One function of one number at every element of a linear value. */
export interface CurveLayer {
  readonly kind: "curve"
  readonly name: string
  readonly base: Linear
  /** The function at an element: it may differ from one to the next. */
  readonly apply: (value: number, element: number) => number
  /** For functions that end in a quantizer: the integers they give, and what they stand for. */
  readonly grid?: ElementGrid
}

/** The product of two linear values, element by element. */
export interface ProductLayer {
  readonly kind: "product"
  readonly name: string
  readonly base: Linear
  readonly other: Linear
}

export type Layer = CurveLayer | ProductLayer

/** Integers lo..hi at each element; integer q stands for scale * (q - zero). */
export interface ElementGrid {
  readonly scale: (element: number) => number
  readonly zero: (element: number) => number
  readonly lo: number
  readonly hi: number
}

/**
 * A model as linear maps between layers of elementwise functions. Its values are the inputs' elements and then the
 * elements of each layer; rows of a layer name values before it.
 */
export interface Network {
  readonly columns: number
  /** Columns that are 0 or 1 whatever the row is. */
  readonly indicators: ReadonlySet<number>
  /** The grid of inputs that the model itself rounds first. */
  readonly inputGrid: ElementGrid | undefined
  readonly layers: readonly Layer[]
  readonly output: Linear
  /** Where it computes something else than the model, a line each. */
  readonly substitutes: readonly string[]
}

/** The network's own scores in floating point, by output and sample. Its rounding of inputs is not applied. */
export const evaluateNetwork = (
  network: Network,
  inputs: Batch,
  budget = new Budget(),
): Promise<Float64Array[]> => evaluateFrom(network, inputs, 0, budget)

/** The scores from what is given for the inputs and the elements of the layers before number `first`. */
export const evaluateFrom = async (
  network: Network,
  known: Batch,
  first: number,
  budget: Budget,
): Promise<Float64Array[]> => {
  const count = known[0]?.length ?? 0
  const values = [...known]
  for (const layer of network.layers.slice(first)) {
    const rows = await applyRows(layer.base.rows, values, count, budget)
    if (layer.kind === "curve") {
      values.push(...rows.map((row, element) => row.map((value) => layer.apply(value, element))))
    } else {
      const others = await applyRows(layer.other.rows, values, count, budget)
      values.push(...rows.map((row, element) => row.map((value, i) => value * others[element]![i]!)))
    }
  }
  return applyRows(network.output.rows, values, count, budget)
}
