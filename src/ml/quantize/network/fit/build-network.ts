import { isConstant, spreadOf } from "../../../math/statistics.ts"
import { Budget } from "../../budget.ts"
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
import { applyRow, applyRows, type Row } from "../lower/linear-rows.ts"
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

/**
 * Quantizes layer by layer, each to make the best of what the layers before it have become; without time plainly, with the
 * model's own weights.
 */
export const buildNetwork = async (
  network: Network,
  data: CalibrationData,
  plan: Plan,
  budget = new Budget(),
): Promise<Built> => {
  const builder = new NetworkBuilder(network, data, plan, budget, budget.isSpent())
  for (const [i, layer] of network.layers.entries()) await builder.addLayer(layer, plan.layers[i]!)
  return builder.finish(network.output, plan.outputPrecision)
}

/** How wide values are up to each layer and at the end, as far as the first layer at which that is more than `most` bits. */
export const widthsOf = async (
  network: Network,
  data: CalibrationData,
  plan: Plan,
  most: number,
  budget: Budget,
): Promise<readonly number[]> => {
  const builder = new NetworkBuilder(network, data, plan, budget, true)
  for (const [i, layer] of network.layers.entries()) {
    await builder.addLayer(layer, plan.layers[i]!)
    if (builder.bits > most) return builder.bitsByLayer
  }
  const { bits, bitsByLayer } = await builder.finish(network.output, plan.outputPrecision)
  return [...bitsByLayer, bits]
}

class NetworkBuilder {
  readonly #data: CalibrationData
  readonly #grid: InputGrid
  readonly #features: Float64Array[]
  readonly #bounds: Bounds[]
  readonly #meanings: Meaning[]
  readonly #layers: IntegerLayer[] = []
  readonly #budget: Budget
  readonly #isPlain: boolean
  readonly #elsewhere = new Map<number, number>()
  readonly bitsByLayer: number[] = []
  #widest = 0

  /** A plain network keeps the model's own weights and rounds them one by one, which takes no time. */
  constructor(network: Network, data: CalibrationData, plan: Plan, budget: Budget, isPlain: boolean) {
    this.#isPlain = isPlain
    this.#budget = budget
    this.#data = data
    // Columns that these rows do not tell of are taken from all.
    const still = data.inputs.map((values) => isConstant(spreadOf(values)))
    const seen = data.inputs.map((values, c) => (still[c] ? data.all[c]! : values))
    this.#grid =
      network.inputGrid === undefined
        ? inputGrid(seen, plan.inputBits, plan.inputRule, network.indicators)
        : gridOf(network, network.inputGrid)
    const { scale, zero, lo, hi, constant } = this.#grid
    this.#features = data.inputs.map((values, c) => toIntegers(values, this.#grid, c))
    still.forEach((isStill, c) => {
      if (isStill && constant[c] === undefined) {
        const spread = spreadOf(toIntegers(data.all[c]!, this.#grid, c))
        this.#elsewhere.set(c, isConstant(spread) ? rareDeviation(data.count) : spread.deviation)
      }
    })
    this.#bounds = data.inputs.map(() => ({ lo, hi }))
    this.#meanings = data.inputs.map((_, c) =>
      constant[c] === undefined
        ? { features: [c], factors: [scale[c]!], constant: -scale[c]! * zero[c]! }
        : { features: [], factors: [], constant: constant[c] },
    )
  }

  async addLayer(layer: Layer, plan: LayerPlan): Promise<void> {
    const first = this.#features.length
    if (layer.kind === "product") {
      const precision = plan.kind === "powers" ? plan.precision : 8
      const base = await this.#fit(layer.base, stepForPrecision(precision))
      const other = await this.#fit(layer.other, stepForPrecision(precision))
      await this.#add(layer.name, base.rows, { kind: "product", other: other.rows })
      base.scale.forEach((scale, i) => {
        this.#meanings.push({ features: [first + i], factors: [scale * other.scale[i]!], constant: 0 })
      })
      return
    }
    if (plan.kind === "powers") await this.#addPowers(layer, plan.powers, plan.precision)
    else {
      const { rows, activation, meanings } = await makeTables(layer, plan, {
        bounds: this.#bounds,
        targets: this.#data.values.get(layer.base.node)!,
        fit: (stepOf) => this.#fit(layer.base, stepOf),
        exact: () => this.#exact(layer.base),
        budget: this.#budget,
      })
      await this.#add(layer.name, rows, activation)
      meanings.forEach(({ scale, constant }, i) => {
        this.#meanings.push({ features: [first + i], factors: [scale], constant })
      })
    }
  }

  async #addPowers(
    layer: Layer & { kind: "curve" },
    powers: readonly number[],
    precision: number,
  ): Promise<void> {
    const first = this.#features.length
    const fitted = await this.#fit(layer.base, stepForPrecision(precision))
    const isShifted = !powers.includes(1)
    const targets = this.#data.values.get(layer.base.node)!
    const shifted = (row: Row, i: number): Row => {
      // a x² + b x = a (x + b / 2a)² + …: the linear part of a parabola is a shift of its sum.
      const wanted = targets[i]!.map((value) => layer.apply(value, i))
      const { coefficients } = fitPowers(this.#sum(row), wanted, [1, 2])
      const [b, a] = [coefficients[0]!, coefficients[1]!]
      const { mean, deviation } = spreadOf(this.#sum(row))
      const most = 8 * deviation + Math.abs(mean)
      const shift = a === 0 ? 0 : Math.min(Math.max(b / (2 * a), -most), most)
      return { ...row, bias: Math.round(row.bias + shift) }
    }
    const rows: Row[] = []
    for (const [i, row] of fitted.rows.entries()) {
      await this.#budget.turn()
      rows.push(isShifted ? shifted(row, i) : row)
    }
    await this.#add(layer.name, rows, { kind: "powers", powers })
    for (const [i, row] of rows.entries()) {
      await this.#budget.turn()
      const wanted = targets[i]!.map((value) => layer.apply(value, i))
      const { coefficients, constant } = fitPowers(this.#sum(row), wanted, powers)
      const features = powers.map((_, p) => first + p * rows.length + i)
      this.#meanings.push({ features, factors: Array.from(coefficients), constant })
    }
  }

  #sum(row: Row): Float64Array {
    return applyRow(row, this.#features, this.#data.count)
  }

  #exact(linear: Linear): FittedRows {
    return exactRows(linear.rows.map((row) => this.#translate(row)))
  }

  #fit(linear: Linear, stepOf: (question: StepQuestion) => number): Promise<FittedRows> {
    return fitRows({
      budget: this.#budget,
      rows: linear.rows.map((row) => this.#translate(row)),
      targets: this.#data.values.get(linear.node)!,
      features: this.#features,
      elsewhere: this.#elsewhere,
      isRefitted: !this.#isPlain && this.#data.count >= LEAST_ROWS,
      isCorrected: !this.#isPlain,
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

  async #add(name: string, rows: readonly Row[], activation: IntegerActivation): Promise<void> {
    const sums = await applyRows(rows, this.#features, this.#data.count, this.#budget)
    const bounds = rows.map((row) => boundRow(row, this.#bounds))
    const made = boundFeatures(activation, bounds, this.#bounds)
    this.#note([...bounds, ...made])
    this.bitsByLayer.push(this.bits)
    this.#features.push(...activate(activation, sums, this.#features, this.#data.count))
    this.#bounds.push(...made)
    this.#layers.push({ name, rows, activation })
  }

  async finish(output: Linear, precision: Plan["outputPrecision"]): Promise<Built> {
    const { rows, scale, rest } =
      precision === "grid" ? this.#exact(output) : await this.#fit(output, stepForPrecision(precision))
    this.#note(rows.map((row) => boundRow(row, this.#bounds)))
    return {
      network: { grid: this.#grid, layers: this.#layers, output: rows, scale, offset: rest },
      bits: this.bits,
      bitsByLayer: this.bitsByLayer,
      meanings: this.#meanings,
    }
  }

  /** Of the widest value so far. */
  get bits(): number {
    return Math.log2(this.#widest + 1) + 1
  }

  #note(bounds: readonly Bounds[]): void {
    for (const { lo, hi } of bounds) this.#widest = Math.max(this.#widest, -lo, hi)
  }
}

/** The standard deviation of 0s and 1s that were the same in so many rows: as if one more had been other. */
const rareDeviation = (rows: number): number => Math.sqrt(rows) / (rows + 1)

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
