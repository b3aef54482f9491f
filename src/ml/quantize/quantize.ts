import {
  checkOptions,
  form,
  forms,
  isArrayLike,
  type OptionForms,
  oneOf,
  type Reals,
  warning,
} from "../../data/index.ts"
import { fail } from "../fail.ts"
import { fidelityOf, type Label, lossOf } from "../fidelity.ts"
import type { FloatModel } from "../float-model.ts"
import type { FloatOutput } from "../graph/graph.ts"
import { Budget, type BudgetOptions } from "./budget.ts"
import type { Calibration, Family } from "./integer-model.ts"
import { IntegerProgram } from "./integer-program.ts"
import { affinePart } from "./linear/affine-part.ts"
import { quantizeLinear } from "./linear/quantize-linear.ts"
import { quantizeNeighbours } from "./neighbours/quantize-neighbours.ts"
import { quantizeNetwork } from "./network/quantize-network.ts"
import { type Candidate, QuantizedModel } from "./quantized-model.ts"
import { quantizeTrees } from "./trees/quantize-trees.ts"
import { treesPart } from "./trees/trees-part.ts"

export interface QuantizeOptions extends BudgetOptions {
  /** Rows like those that will be predicted: ranges are measured on them. A hundred or more of the training rows do. */
  readonly calibration: readonly Reals[]
  /**
   * The true class or value of each calibration row, so that accuracy is measured and not only agreement. They never make
   * another model of it, and only allow more: a loss that so few rows do not tell from none is none.
   */
  readonly labels?: readonly Label[]
  /** Points of accuracy, or hundredths of R², that may be lost on the calibration rows; 0.5 by default. */
  readonly maxLoss?: number
  /**
   * Of networks: "faithful", the default, also bounds how far scores are off, because other rows are harder than those of a
   * calibration; "small" takes the narrowest integers that lose no more than `maxLoss`, for small parameters and keys.
   */
  readonly prefer?: "faithful" | "small"
  /**
   * Of trees: "shared", the default, tells clients the thresholds, of which they compute every decision exactly; "private" has
   * them send features of `bits` bits instead, and keeps thresholds on the server.
   */
  readonly thresholds?: "shared" | "private"
  /**
   * Of trees with more than four features on the way to a leaf: whether clients answer the first questions of such a way
   * as one, which halves the levels of products and tells them that these belong together; true by default.
   */
  readonly jointAnswers?: boolean
  /** Bits of each input where a family of models has a choice: of features under private thresholds 6 by default. */
  readonly bits?: number
  /**
   * Of k-nearest neighbours, who finds the nearest: "client", the default, who then sees the distance to every point of the
   * training set, or "server", which compares all pairs of points under encryption; for some dozens of points.
   */
  readonly topK?: "client" | "server"
}

const optionForms: OptionForms<QuantizeOptions> = {
  calibration: forms.anything,
  labels: form("a list with a class or value for each row", isArrayLike),
  maxLoss: forms.number,
  prefer: oneOf("faithful", "small"),
  thresholds: oneOf("shared", "private"),
  jointAnswers: forms.flag,
  bits: forms.positive,
  topK: oneOf("client", "server"),
  maxSeconds: forms.number,
  onProgress: forms.function,
  signal: forms.object,
}

/**
 * The integer twin of a model. Throws ProgramError for models, options or rows of which none can be made, and the reason of
 * `signal` where that ends it.
 */
export const quantize = async (model: FloatModel, options: QuantizeOptions): Promise<QuantizedModel> => {
  checkOptions("quantize", options, optionForms)
  const budget = new Budget(options)
  const calibration = await calibrationOf(model, options, budget)
  const family = await familyOf(model, calibration, options, budget)
  const { maxLoss = 0.5, labels } = options
  const output = model.graph.outputs[0]!
  const candidates: Candidate[] = []
  for (const [i, integer] of family.candidates.entries()) {
    budget.tell(`integer model ${i + 1} of ${family.candidates.length}`, family.candidates.length)
    const program = new IntegerProgram(integer)
    candidates.push(
      integer.heldOut === undefined
        ? await measured(program, calibration, output, labels, maxLoss, budget)
        : { program, rows: calibration.rows.length, ...integer.heldOut },
    )
  }
  budget.finish()
  return new QuantizedModel(model, {
    family,
    candidates,
    maxLoss,
    rows: Math.min(...candidates.map(({ rows }) => rows)),
    float: fidelityOf(calibration.scores, calibration.scores, output, labels),
    warnings: Object.freeze([
      ...model.graph.warnings.map((message) => warning({ code: "model", message })),
      ...warningsOf(calibration, output, labels).map((message) =>
        warning({ code: "worse-than-chance", message }),
      ),
      ...timeWarnings(budget).map((message) => warning({ code: "search-ended", message })),
    ]),
  })
}

/** At least so many rows are looked at, however long that takes. */
const LEAST_ROWS = 16

/** An integer model on the calibration rows, or on as many as there is time for. */
const measured = async (
  program: IntegerProgram,
  { rows, scores }: Calibration,
  output: FloatOutput,
  labels: readonly Label[] | undefined,
  maxLoss: number,
  budget: Budget,
): Promise<Candidate> => {
  const found: number[][] = []
  for (const row of rows) {
    if (found.length >= LEAST_ROWS && budget.isSpent()) break
    await budget.turn()
    found.push(program.predict(row))
  }
  const [float, wanted] = [scores.slice(0, found.length), labels?.slice(0, found.length)]
  const { loss, noise } = lossOf(found, float, output, wanted)
  return {
    program,
    rows: found.length,
    fidelity: fidelityOf(found, float, output, wanted),
    loss,
    noise,
    risk: Math.max(loss, 0),
    accepted: loss <= Math.max(maxLoss, noise),
  }
}

/** A model that labels contradict more often than a guess of the commonest would is read wrongly, or was given other labels. */
const warningsOf = (
  { scores }: Calibration,
  output: FloatOutput,
  labels: readonly Label[] | undefined,
): string[] => {
  const { accuracy } = fidelityOf(scores, scores, output, labels)
  if (accuracy === undefined || labels === undefined) return []
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(String(label), (counts.get(String(label)) ?? 0) + 1)
  const chance = 1 / Math.max(counts.size, 2)
  const error = Math.sqrt((chance * (1 - chance)) / labels.length)
  if (accuracy >= chance - error) return []
  const known = output.classes?.map(String) ?? scores[0]!.map((_, i) => String(i))
  const foreign = [...counts.keys()].filter((label) => !known.includes(label))
  const hint =
    foreign.length > 0
      ? `the model's classes are ${list(known)}, and labels are ${list([...counts.keys()])}`
      : "its classes may stand in another order than the labels, or its scores be those of the other class"
  return [
    `the floating point model is right on ${(100 * accuracy).toFixed(1)} % of ${labels.length} labelled rows, and chance ` +
      `on ${(100 * chance).toFixed(1)} %: ${hint}`,
  ]
}

const list = (names: readonly string[]): string =>
  names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ")

const timeWarnings = (budget: Budget): string[] =>
  budget.wasSpent
    ? [
        `the search ended after ${budget.maxSeconds} s with the best so far: a larger maxSeconds may find integers that lose ` +
          "less or cost less",
      ]
    : []

const calibrationOf = async (
  model: FloatModel,
  { calibration, labels }: QuantizeOptions,
  budget: Budget,
): Promise<Calibration> => {
  if (!Array.isArray(calibration) || calibration.length === 0) {
    return fail(
      "needs-calibration",
      "quantize needs calibration rows\ngive it { calibration: rows }, some of the rows it was trained on",
    )
  }
  if (labels !== undefined && labels.length !== calibration.length)
    fail(
      "wrong-rows",
      `${calibration.length} calibration rows have ${labels.length} labels; each row needs one`,
    )
  const rows = calibration.map((row, i) => model.flatRow(row, i))
  const scores: number[][] = []
  for (const row of rows) {
    await budget.turn()
    scores.push(...model.predictFloat([row]))
  }
  return { rows, scores }
}

const familyOf = async (
  model: FloatModel,
  calibration: Calibration,
  options: QuantizeOptions,
  budget: Budget,
): Promise<Family> => {
  const { graph } = model
  const kinds = new Set(graph.nodes.map(({ kind }) => kind))
  if (kinds.has("neighbours")) return quantizeNeighbours(graph, calibration, options)
  if (kinds.has("trees")) return quantizeTrees(graph, treesPart(graph), calibration, options)
  const linear = affinePart(graph)
  if (linear !== undefined) return quantizeLinear(graph, linear, calibration)
  return quantizeNetwork(graph, calibration, options, budget)
}
