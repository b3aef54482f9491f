import type { Reals } from "../data/index.ts"
import { fail } from "./fail.ts"
import { fidelityOf, type Label, lossOf } from "./fidelity.ts"
import type { FloatModel } from "./float-model.ts"
import type { Calibration, Family } from "./integer-model.ts"
import { IntegerProgram } from "./integer-program.ts"
import { affinePart } from "./linear/affine-part.ts"
import { quantiseLinear } from "./linear/quantise-linear.ts"
import { quantiseNeighbours } from "./neighbours/quantise-neighbours.ts"
import { quantiseNetwork } from "./network/quantise-network.ts"
import { QuantisedModel } from "./quantised-model.ts"
import { quantiseTrees } from "./tree/quantise-trees.ts"
import { treesPart } from "./tree/trees-part.ts"

export interface QuantizeOptions {
  /** Rows like those that will be predicted: ranges are measured on them. A hundred or more of the training rows do. */
  readonly calibration: readonly Reals[]
  /** The true class or value of each calibration row, so that accuracy is measured and not only agreement. */
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

/** The integer twin of a model. Throws ProgramError for models, options or rows of which none can be made. */
export const quantise = async (model: FloatModel, options: QuantizeOptions): Promise<QuantisedModel> => {
  const calibration = calibrationOf(model, options)
  const family = await familyOf(model, calibration, options)
  const output = model.graph.outputs[0]!
  const { labels } = options
  const maxLoss = Math.max(options.maxLoss ?? 0.5, family.maxLoss ?? 0)
  const float = fidelityOf(calibration.scores, calibration.scores, output, labels)
  const candidates = family.candidates.map((integer) => {
    const program = new IntegerProgram(integer)
    if (integer.heldOut !== undefined) return { program, ...integer.heldOut }
    const found = calibration.rows.map((row) => program.predict(row))
    const fidelity = fidelityOf(found, calibration.scores, output, labels)
    return { program, fidelity, loss: lossOf(fidelity, float) }
  })
  return new QuantisedModel(model, { family, float, candidates, maxLoss, rows: calibration.rows.length })
}

const calibrationOf = (model: FloatModel, { calibration, labels }: QuantizeOptions): Calibration => {
  if (!Array.isArray(calibration) || calibration.length === 0) {
    return fail(
      "quantize needs calibration rows\ngive it { calibration: rows }, some of the rows it was trained on",
    )
  }
  if (labels !== undefined && labels.length !== calibration.length)
    fail(`${calibration.length} calibration rows have ${labels.length} labels; each row needs one`)
  const rows = calibration.map((row, i) => model.flatRow(row, i))
  return { rows, scores: model.predictFloat(rows) }
}

const familyOf = async (
  model: FloatModel,
  calibration: Calibration,
  options: QuantizeOptions,
): Promise<Family> => {
  const { graph } = model
  const kinds = new Set(graph.nodes.map(({ kind }) => kind))
  if (kinds.has("neighbours")) return quantiseNeighbours(graph, calibration, options)
  if (kinds.has("trees")) return quantiseTrees(graph, treesPart(graph), calibration, options)
  const linear = affinePart(graph)
  if (linear !== undefined) return quantiseLinear(graph, linear, calibration)
  return quantiseNetwork(graph, calibration, options)
}
