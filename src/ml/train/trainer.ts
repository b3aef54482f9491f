import { FloatModel, type Reals } from "../float-model.ts"
import type { FloatNode, GraphBuilder, NodeOf } from "../graph/graph.ts"
import type { Targets } from "./data-set.ts"

/** How far a training is. */
export interface Progress {
  /** Epochs, trees or iterations done, and how many there will be at most. */
  readonly step: number
  readonly steps: number
  /** The mean loss over the rows: squared error, or cross-entropy in nats. Missing where none is computed. */
  readonly loss?: number
}

/** What every trainer takes. */
export interface ProgressOptions {
  /** Called after each epoch, tree or iteration. */
  readonly onProgress?: (progress: Progress) => void
}

/** Settings of a kind of model, ready to learn. */
export interface Trainer<Y> {
  /**
   * Learns from rows `x` and what belongs to each of them, `y`. The same rows and options give the same model, bit for
   * bit. Throws ProgramError for rows that cannot be learnt from.
   */
  fit(x: readonly Reals[], y: ArrayLike<Y>): FloatModel
}

/** One score for two classes, that of the second; otherwise one for each class or value. */
export const scoreCount = (targets: Targets): number =>
  targets.task === "regression" || targets.classes.length === 2 ? 1 : targets.classes.length

/** The model that gives the values of a regression, or the probabilities of classes. */
export const modelOf = (
  builder: GraphBuilder,
  input: NodeOf<"input">,
  node: FloatNode,
  targets: Targets,
): FloatModel => {
  const output = { name: "scores", node }
  const described =
    targets.task === "regression"
      ? { ...output, scores: "values" as const }
      : { ...output, scores: "probabilities" as const, classes: targets.classes }
  return new FloatModel(builder.build([input], [described], "float64"), "lutra")
}

/** The probabilities of classes from their logits. */
export const addLink = (builder: GraphBuilder, logits: FloatNode): FloatNode =>
  logits.shape[0] === 1
    ? builder.add("activation", [logits], { function: "sigmoid", parameters: {} })
    : builder.add("softmax", [logits], { axis: 0, log: false })
