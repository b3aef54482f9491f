import { applySteps } from "../../../../data/index.ts"
import { classOf, type Fidelity, fidelityOf, isClassifier, type Label, lossOf } from "../../../fidelity.ts"
import type { FloatGraph } from "../../../graph/graph.ts"
import { spreadOf } from "../../../math/statistics.ts"
import type { Budget } from "../../budget.ts"
import type { Calibration } from "../../integer-model.ts"
import { type Built, buildNetwork, widthsOf } from "../fit/build-network.ts"
import { type CalibrationData, calibrate, selectRows } from "../fit/calibration-data.ts"
import { categoryColumns } from "../fit/category-columns.ts"
import { inputGrid, toIntegers } from "../input-grid.ts"
import { simulateFeatures, simulateNetwork } from "../integer-network.ts"
import { addScaled, type Batch } from "../lower/linear-rows.ts"
import type { NetworkPart } from "../lower/network-part.ts"
import { evaluateFrom, evaluateNetwork, type Network } from "../network.ts"
import type { Plan } from "../plan.ts"

/** More calibration rows than this are not looked at: every so many are taken. */
const MOST_ROWS = 600
/** Fewer rows are not held back in parts. */
const LEAST_ROWS = 24
const FOLDS = 3
/** So large a part of the rows one meets is about as hard to tell apart as rows half way between two classes. */
const HARD_SHARE = 0.07

/** Points of risk for scores that are off by as much as they vary: 0.5 points where they are off by a 25th. */
const RISK_OF_ERROR = 12.5

/** What a plan is worth. */
export interface Verdict {
  readonly plan: Plan
  /** On rows that were held back while it was fitted, each row once. */
  readonly fidelity: Fidelity
  /** Points lost on them against the floating point model, by labels where they are known. */
  readonly loss: number
  /** How many points less than one and no loss are the same to so many rows. */
  readonly noise: number
  /**
   * Points that may be lost on other rows, whatever labels say. Training rows are easier than what follows, so of classifiers it
   * also counts how far scores are off, and how many rows half way between two calibration rows of different classes change
   * theirs.
   */
  readonly risk: number
  /** Points of agreement lost on the calibration rows themselves, by the network that was fitted on all of them. */
  readonly own: number
  /** Of the widest value. */
  readonly bits: number
  /** The plan carried out on all rows. */
  readonly built: Built
}

/** What plans are tried on. */
export interface JudgeOptions {
  readonly part: NetworkPart
  readonly network: Network
  readonly calibration: Calibration
  readonly labels: readonly Label[] | undefined
  readonly prefer: "faithful" | "small"
  readonly budget: Budget
}

/** Tries plans on calibration rows by cross-validation: each part of the rows is judged by a network fitted on the others. */
export class Judge {
  readonly #part: NetworkPart
  readonly #network: Network
  readonly #prefer: "faithful" | "small"
  readonly #graph: FloatGraph
  readonly #data: CalibrationData
  readonly #scores: Calibration["scores"]
  readonly #labels: readonly Label[] | undefined
  /** Rows half way between two of one fold. */
  readonly #hard: HardRows[] = []
  readonly #known = new Map<string, Verdict>()
  readonly #budget: Budget

  private constructor(
    { part, network, calibration, labels, prefer, budget }: JudgeOptions,
    data: CalibrationData,
  ) {
    this.#prefer = prefer
    this.#budget = budget
    this.#graph = part.graph
    this.#part = part
    this.#network = network
    const chosen = chosenRows(calibration)
    this.#scores = chosen.map((r) => calibration.scores[r]!)
    this.#labels = labels && chosen.map((r) => labels[r]!)
    this.#data = data
  }

  /** A judge who has seen the rows. */
  static async of(options: JudgeOptions): Promise<Judge> {
    const { part, network, calibration, budget } = options
    const rows = chosenRows(calibration).map((r) => calibration.rows[r]!)
    const judge = new Judge(options, await calibrate(part.graph, part, network, rows, budget))
    for (let fold = 0; fold < judge.#folds; fold++) judge.#hard.push(await judge.#hardRows(rows, fold))
    return judge
  }

  get #folds(): number {
    return this.#data.count < LEAST_ROWS ? 1 : FOLDS
  }

  async #hardRows(rows: readonly Float64Array[], fold: number): Promise<HardRows> {
    const output = this.#graph.outputs[0]!
    const own = Array.from(rows.keys()).filter((r) => r % this.#folds === fold)
    const categories = categoryColumns(this.#graph)
    const classOfRow = (r: number): number => classOf(this.#scores[r]!, output)
    const middle = isClassifier(output)
      ? own.flatMap((r, k) => {
          // The next row of another class, a few places on so that sorted rows mix.
          const other = Array.from(own, (_, step) => own[(k + 1 + 3 * step) % own.length]!).find(
            (candidate) => classOfRow(candidate) !== classOfRow(r),
          )
          return other === undefined ? [] : [between(rows[r]!, rows[other]!, categories)]
        })
      : []
    const data = await calibrate(this.#graph, this.#part, this.#network, middle, this.#budget)
    const ends = data.values.get(this.#network.output.node)!
    const classes = middle.map((_, i) =>
      classOf(this.#finish(Float64Array.from(ends, (values) => values[i]!)), output),
    )
    return { data, classes }
  }

  /** About how wide values become layer by layer, from a few rows, as far as the first that is wider than `most` bits. */
  widthsOf(plan: Plan, most: number): Promise<readonly number[]> {
    const few = Array.from({ length: this.#data.count }, (_, r) => r).filter((r) => r % 16 === 0)
    return widthsOf(this.#network, selectRows(this.#data, few.slice(0, 23)), plan, most, this.#budget)
  }

  async judge(plan: Plan): Promise<Verdict> {
    // Rules that give the same grid are the same plan.
    const { inputBits, inputRule, ...others } = plan
    const { scale, zero, hi } = this.#network.inputGrid
      ? { scale: [], zero: [], hi: 0 }
      : inputGrid(this.#data.inputs, inputBits, inputRule, this.#network.indicators)
    const key = JSON.stringify([scale, zero, hi, others])
    const verdict = this.#known.get(key) ?? (await this.#judge(plan))
    this.#known.set(key, verdict)
    return verdict
  }

  async #judge(plan: Plan): Promise<Verdict> {
    const builts = await this.#builds(plan)
    const built = builts.length === 1 ? builts[0]! : await this.#build(this.#data, plan)
    const bits = Math.max(...[...builts, built].map((one) => one.bits))
    const held = await this.#measure(builts, (one, data) => this.#simulate(one, data))
    const output = this.#graph.outputs[0]!
    const found = this.#scoresOf(await this.#simulate(built, this.#data), this.#data.count)
    const own = lossOf(found, this.#scores, output, undefined).loss
    return { plan, built, bits, ...held, risk: Math.max(held.risk, own), own }
  }

  /**
   * The points at risk when nothing is an integer, only the inputs, they and the first layer, and so on to all layers; the
   * rest is computed in floating point. Of a whole plan the outputs are rounded too.
   */
  async risksByLayer(plan: Plan): Promise<number[]> {
    const network = this.#network
    const builts = await this.#builds(plan)
    const stages = network.layers.map((_, i) => i + 1)
    const budget = this.#budget
    const exact = await this.#measure(builts, (_, { inputs }) => evaluateNetwork(network, inputs, budget))
    const risks = [exact.risk]
    for (const layers of [0, ...stages]) {
      const { risk } = await this.#measure(builts, async (built, data) =>
        evaluateFrom(network, await this.#valuesOf(built, data, layers), layers, budget),
      )
      risks.push(risk)
    }
    return risks
  }

  /** What the integers of the inputs and of the first so many layers stand for. */
  async #valuesOf(
    { network, meanings }: Built,
    { inputs, count }: CalibrationData,
    layers: number,
  ): Promise<Batch> {
    const integers = inputs.map((values, c) => toIntegers(values, network.grid, c))
    const features = await simulateFeatures(network, integers, this.#budget)
    const known = this.#network.layers
      .slice(0, layers)
      .reduce((sum, { base }) => sum + base.rows.length, this.#network.columns)
    return meanings.slice(0, known).map((meaning) => {
      const values = new Float64Array(count).fill(meaning.constant)
      meaning.features.forEach((feature, f) => {
        addScaled(values, features[feature]!, meaning.factors[f]!)
      })
      return values
    })
  }

  /** For each part of the rows, the plan carried out on all others; without time only once, on all rows. */
  async #builds(plan: Plan): Promise<Built[]> {
    if (this.#folds === 1 || this.#budget.isSpent()) return [await this.#build(this.#data, plan)]
    const builts: Built[] = []
    for (let fold = 0; fold < this.#folds; fold++) {
      const others = this.#rowsWhere((r) => r % this.#folds !== fold)
      builts.push(await this.#build(selectRows(this.#data, others), plan))
    }
    return builts
  }

  #build(data: CalibrationData, plan: Plan): Promise<Built> {
    return buildNetwork(this.#network, data, plan, this.#budget)
  }

  #rowsWhere(holds: (row: number) => boolean): number[] {
    return Array.from({ length: this.#data.count }, (_, r) => r).filter(holds)
  }

  /** How good the outputs are that `endsOf` gives for the rows which were held back from each network. */
  async #measure(
    builts: readonly Built[],
    endsOf: (built: Built, data: CalibrationData) => Promise<Batch>,
  ): Promise<Pick<Verdict, "fidelity" | "loss" | "noise" | "risk">> {
    const found = new Array<number[]>(this.#data.count)
    const output = this.#graph.outputs[0]!
    let [asked, wrong, error, size] = [0, 0, 0, 0]
    for (const [fold, { data, classes }] of this.#hard.entries()) {
      const built = builts[fold % builts.length]!
      const held = this.#rowsWhere((r) => r % this.#folds === fold)
      const rows = selectRows(this.#data, held)
      const ends = await endsOf(built, rows)
      this.#scoresOf(ends, rows.count).forEach((scores, i) => {
        found[held[i]!] = scores
      })
      rows.values.get(this.#network.output.node)!.forEach((wanted, o) => {
        const { mean } = spreadOf(wanted)
        wanted.forEach((value, i) => {
          error += (value - ends[o]![i]!) ** 2
          size += (value - mean) ** 2
        })
      })
      asked += classes.length
      this.#scoresOf(await endsOf(built, data), data.count).forEach((scores, i) => {
        if (classOf(scores, output) !== classes[i]) wrong++
      })
    }
    const fidelity = fidelityOf(found, this.#scores, output, this.#labels)
    const changed = lossOf(found, this.#scores, output, undefined).loss
    const risk =
      this.#prefer === "faithful" && isClassifier(output)
        ? Math.max(
            changed,
            100 * HARD_SHARE * (wrong / Math.max(asked, 1)),
            RISK_OF_ERROR * Math.sqrt(error / (size || 1)),
          )
        : changed
    return { fidelity, ...lossOf(found, this.#scores, output, this.#labels), risk }
  }

  /** What the outputs stand for, before the client's steps. */
  async #simulate({ network }: Built, { inputs }: CalibrationData): Promise<Batch> {
    const integers = inputs.map((values, c) => toIntegers(values, network.grid, c))
    return (await simulateNetwork(network, integers, this.#budget)).map((output, o) =>
      output.map((value) => value * network.scale[o]! + network.offset[o]!),
    )
  }

  /** The scores of each row as the client would read them. */
  #scoresOf(ends: Batch, count: number): number[][] {
    return Array.from({ length: count }, (_, r) =>
      this.#finish(Float64Array.from(ends, (values) => values[r]!)),
    )
  }

  #finish(values: Float64Array): number[] {
    return Array.from(applySteps(this.#part.after, values, "float64"))
  }
}

const chosenRows = ({ rows }: Calibration): number[] => {
  const stride = Math.max(1, Math.ceil(rows.length / MOST_ROWS))
  return Array.from(rows.keys()).filter((r) => r % stride === 0)
}

/** Half way between two rows. Of columns that are categories each row gives every other. */
const between = (a: Float64Array, b: Float64Array, categories: ReadonlySet<number>): Float64Array =>
  a.map((x, c) => (categories.has(c) ? (c % 2 === 0 ? x : b[c]!) : (x + b[c]!) / 2))

interface HardRows {
  readonly data: CalibrationData
  /** What the floating point model takes them for. */
  readonly classes: readonly number[]
}
