import { spreadOf } from "../../../math/statistics.ts"
import { type InputGrid, inputGrid, toIntegers } from "../input-grid.ts"
import {
  activate,
  type Bounds,
  boundFeatures,
  boundRow,
  type IntegerActivation,
  type IntegerLayer,
  type IntegerNetwork,
} from "../integer-network.ts"
import { applyRow, type Row } from "../lower/linear-rows.ts"
import type { Layer, Linear, Network } from "../network.ts"
import type { LayerPlan, Plan } from "../plan.ts"
import type { CalibrationData } from "./calibration-data.ts"
import { exactRows } from "./exact-rows.ts"
import { fitPowers } from "./fit-powers.ts"
import { type FittedRows, fitRows, type StepQuestion, stepForPrecision } from "./fit-rows.ts"
import { makeTables } from "./make-tables.ts"

/** What a value of the network is worth in features: a combination of some of them. */
export interface Meaning {
  readonly features: readonly number[]
  readonly factors: readonly number[]
  readonly constant: number
}

export interface Built {
  readonly network: IntegerNetwork
  /** Of the widest value that the proved bounds allow. */
  readonly bits: number
  /** Of the widest value up to each layer. */
  readonly bitsByLayer: readonly number[]
  /** What stands for each input and each element of a layer. */
  readonly meanings: readonly Meaning[]
}

/** Quantises layer by layer, each to make the best of what the layers before it have become. */
export const buildNetwork = (network: Network, data: CalibrationData, plan: Plan): Built => {
  const builder = new NetworkBuilder(network, data, plan)
  for (const [i, layer] of network.layers.entries()) builder.addLayer(layer, plan.layers[i]!)
  return builder.finish(network.output, plan.outputPrecision)
}

class NetworkBuilder {
  readonly #data: CalibrationData
  readonly #grid: InputGrid
  readonly #features: Float64Array[]
  readonly #bounds: Bounds[]
  readonly #meanings: Meaning[]
  readonly #layers: IntegerLayer[] = []
  readonly #bitsByLayer: number[] = []
  #widest = 0

  constructor(network: Network, data: CalibrationData, plan: Plan) {
    this.#data = data
    this.#grid =
      network.inputGrid === undefined
        ? inputGrid(data.inputs, plan.inputBits, plan.inputRule)
        : gridOf(network, network.inputGrid)
    const { scale, zero, lo, hi, constant } = this.#grid
    this.#features = data.inputs.map((values, c) => toIntegers(values, this.#grid, c))
    this.#bounds = data.inputs.map(() => ({ lo, hi }))
    this.#meanings = data.inputs.map((_, c) =>
      constant[c] === undefined
        ? { features: [c], factors: [scale[c]!], constant: -scale[c]! * zero[c]! }
        : { features: [], factors: [], constant: constant[c] },
    )
  }

  addLayer(layer: Layer, plan: LayerPlan): void {
    const first = this.#features.length
    if (layer.kind === "product") {
      const precision = plan.kind === "powers" ? plan.precision : 8
      const base = this.#fit(layer.base, stepForPrecision(precision))
      const other = this.#fit(layer.other, stepForPrecision(precision))
      this.#add(layer.name, base.rows, { kind: "product", other: other.rows })
      base.scale.forEach((scale, i) => {
        this.#meanings.push({ features: [first + i], factors: [scale * other.scale[i]!], constant: 0 })
      })
      return
    }
    if (plan.kind === "powers") this.#addPowers(layer, plan.powers, plan.precision)
    else {
      const { rows, activation, meanings } = makeTables(layer, plan, {
        bounds: this.#bounds,
        targets: this.#data.values.get(layer.base.node)!,
        fit: (stepOf) => this.#fit(layer.base, stepOf),
        exact: () => this.#exact(layer.base),
      })
      this.#add(layer.name, rows, activation)
      meanings.forEach(({ scale, constant }, i) => {
        this.#meanings.push({ features: [first + i], factors: [scale], constant })
      })
    }
  }

  #addPowers(layer: Layer & { kind: "curve" }, powers: readonly number[], precision: number): void {
    const first = this.#features.length
    const fitted = this.#fit(layer.base, stepForPrecision(precision))
    const isShifted = !powers.includes(1)
    const targets = this.#data.values.get(layer.base.node)!
    const rows = fitted.rows.map((row, i): Row => {
      if (!isShifted) return row
      // a x² + b x = a (x + b / 2a)² + …: the linear part of a parabola is a shift of its sum.
      const wanted = targets[i]!.map((value) => layer.apply(value, i))
      const { coefficients } = fitPowers(this.#sum(row), wanted, [1, 2])
      const [b, a] = [coefficients[0]!, coefficients[1]!]
      const { mean, deviation } = spreadOf(this.#sum(row))
      const most = 8 * deviation + Math.abs(mean)
      const shift = a === 0 ? 0 : Math.min(Math.max(b / (2 * a), -most), most)
      return { ...row, bias: Math.round(row.bias + shift) }
    })
    this.#add(layer.name, rows, { kind: "powers", powers })
    rows.forEach((row, i) => {
      const wanted = targets[i]!.map((value) => layer.apply(value, i))
      const { coefficients, constant } = fitPowers(this.#sum(row), wanted, powers)
      const features = powers.map((_, p) => first + p * rows.length + i)
      this.#meanings.push({ features, factors: Array.from(coefficients), constant })
    })
  }

  #sum(row: Row): Float64Array {
    return applyRow(row, this.#features, this.#data.count)
  }

  #exact(linear: Linear): FittedRows {
    return exactRows(linear.rows.map((row) => this.#translate(row)))
  }

  #fit(linear: Linear, stepOf: (question: StepQuestion) => number): FittedRows {
    return fitRows({
      rows: linear.rows.map((row) => this.#translate(row)),
      targets: this.#data.values.get(linear.node)!,
      features: this.#features,
      isRefitted: this.#data.count >= LEAST_ROWS,
      stepOf,
    })
  }

  /** A row over values as one over features. */
  #translate({ columns, weights, bias }: Row): Row {
    const sums = new Map<number, number>()
    let constant = bias
    columns.forEach((column, k) => {
      const meaning = this.#meanings[column]!
      constant += weights[k]! * meaning.constant
      meaning.features.forEach((feature, f) => {
        sums.set(feature, (sums.get(feature) ?? 0) + weights[k]! * meaning.factors[f]!)
      })
    })
    return {
      columns: Int32Array.from(sums.keys()),
      weights: Float64Array.from(sums.values()),
      bias: constant,
    }
  }

  #add(name: string, rows: readonly Row[], activation: IntegerActivation): void {
    const sums = rows.map((row) => this.#sum(row))
    const bounds = rows.map((row) => boundRow(row, this.#bounds))
    const made = boundFeatures(activation, bounds, this.#bounds)
    this.#note([...bounds, ...made])
    this.#bitsByLayer.push(this.#bits)
    this.#features.push(...activate(activation, sums, this.#features, this.#data.count))
    this.#bounds.push(...made)
    this.#layers.push({ name, rows, activation })
  }

  finish(output: Linear, precision: Plan["outputPrecision"]): Built {
    const { rows, scale, rest } =
      precision === "grid" ? this.#exact(output) : this.#fit(output, stepForPrecision(precision))
    this.#note(rows.map((row) => boundRow(row, this.#bounds)))
    return {
      network: { grid: this.#grid, layers: this.#layers, output: rows, scale, offset: rest },
      bits: this.#bits,
      bitsByLayer: this.#bitsByLayer,
      meanings: this.#meanings,
    }
  }

  get #bits(): number {
    return Math.log2(this.#widest + 1) + 1
  }

  #note(bounds: readonly Bounds[]): void {
    for (const { lo, hi } of bounds) this.#widest = Math.max(this.#widest, -lo, hi)
  }
}

/** Fewer rows than this are no basis for new weights: the model's own are kept. */
const LEAST_ROWS = 24

const gridOf = (network: Network, grid: NonNullable<Network["inputGrid"]>): InputGrid => {
  const columns = Array.from({ length: network.columns }, (_, c) => c)
  return {
    scale: columns.map(grid.scale),
    zero: columns.map(grid.zero),
    lo: grid.lo,
    hi: grid.hi,
    isSingle: true,
    constant: columns.map(() => undefined),
  }
}
