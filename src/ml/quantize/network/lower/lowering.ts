import { sizeOf } from "../../../../data/index.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import type { ElementGrid, Layer, Linear } from "../network.ts"
import { unitRow } from "./linear-rows.ts"
import type { NetworkPart } from "./network-part.ts"

/** What is known of a node: linear in the network's values, or a function of one linear value, not yet a layer. */
export type Lowered = Linear | Curve

export interface Curve {
  readonly base: Linear
  readonly apply: (value: number, element: number) => number
  readonly name: string
  readonly grid?: ElementGrid
}

export const isCurve = (value: Lowered): value is Curve => "apply" in value

/** The network in the making. */
export class Lowering {
  readonly #values = new Map<FloatNode, Lowered>()
  readonly #made = new Map<Curve, Linear>()
  readonly #inputRows: Linear["rows"]
  readonly layers: Layer[] = []
  readonly substitutes: string[] = []
  inputGrid: ElementGrid | undefined
  #count: number

  /** Whether the model's own rounding of activations is left out. */
  readonly dropsGrids: boolean
  /** Quantizers that are clips when their rounding is left out. */
  readonly saturated: ReadonlySet<FloatNode>

  constructor({ entries }: NetworkPart, dropsGrids: boolean, saturated: ReadonlySet<FloatNode>) {
    this.dropsGrids = dropsGrids
    this.saturated = saturated
    let count = 0
    for (const input of entries) {
      const rows = Array.from({ length: sizeOf(input.shape) }, (_, i) => unitRow(count + i))
      this.#values.set(input, { rows, node: input })
      count += rows.length
    }
    this.#count = count
    this.#inputRows = entries.length === 1 ? this.linear(entries[0]!).rows : []
  }

  set(node: FloatNode, value: Lowered): void {
    // What follows the client's rounding is linear in the inputs, and no part of a function.
    const isInput = node.kind === "dequantize" && isCurve(value) && this.#isInput(value)
    this.#values.set(node, isInput ? { rows: value.base.rows, node } : value)
  }

  get(node: FloatNode): Lowered {
    return this.#values.get(node)!
  }

  /** A node as linear combinations of values; a function of one becomes a layer. */
  linear(node: FloatNode): Linear {
    const value = this.get(node)
    if (!isCurve(value)) return value
    let made = this.#made.get(value)
    if (made === undefined) {
      made = this.#isInput(value)
        ? { rows: value.base.rows, node }
        : this.addLayer({ kind: "curve", ...value }, node)
      this.#made.set(value, made)
    }
    return { rows: made.rows, node }
  }

  /** Inputs that are only rounded to a grid are rounded by the client. */
  #isInput({ base, grid, name }: Curve): boolean {
    if (base.rows !== this.#inputRows || grid === undefined || name !== "quantizer") return false
    if (this.inputGrid !== undefined && this.inputGrid !== grid) return false
    this.inputGrid = grid
    return true
  }

  addLayer(layer: Layer, node: FloatNode): Linear {
    this.layers.push(layer)
    const rows = layer.base.rows.map((_, i) => unitRow(this.#count + i))
    this.#count += rows.length
    return { rows, node }
  }
}
