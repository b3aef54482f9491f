import { fail } from "../../fail.ts"
import type { FloatNode, GraphBuilder, Scores } from "../../graph/graph.ts"

/** What the loss that a model was trained with makes of its sums of leaves when it predicts. */
export interface Loss {
  readonly scores: Scores
  readonly link?: (builder: GraphBuilder, raw: FloatNode) => FloatNode
  /** Whether the results tell one class, or answer a yes-or-no question each. */
  readonly classifies?: "one" | "several"
}

const activation =
  (name: "exp" | "sigmoid"): NonNullable<Loss["link"]> =>
  (builder, raw) =>
    builder.add("activation", [raw], { function: name, parameters: {} })

const plain: Loss = { scores: "values" }
const logarithmic: Loss = { scores: "values", link: activation("exp") }
const binary: Loss = { scores: "probabilities", link: activation("sigmoid"), classifies: "one" }
const several: Loss = { scores: "probabilities", link: activation("sigmoid"), classifies: "several" }

const losses: Readonly<Record<string, Loss>> = {
  CrossEntropy: binary,
  Focal: binary,
  Logloss: binary,
  MultiClass: {
    scores: "probabilities",
    link: (builder, raw) => builder.add("softmax", [raw], { axis: 0, log: false }),
    classifies: "one",
  },
  MultiClassOneVsAll: { ...binary },
  MultiCrossEntropy: several,
  MultiLogloss: several,
  Poisson: logarithmic,
  Tweedie: logarithmic,
}

/** Losses whose results are predicted as they are. */
const PLAIN: ReadonlySet<string> = new Set([
  "Cox",
  "Expectile",
  "GroupQuantile",
  "Huber",
  "LambdaMart",
  "LogCosh",
  "LogLinQuantile",
  "Lq",
  "MAE",
  "MAPE",
  "MultiQuantile",
  "MultiRMSE",
  "MultiRMSEWithMissingValues",
  "PairLogit",
  "PairLogitPairwise",
  "Quantile",
  "QueryRMSE",
  "QuerySoftMax",
  "QueryCrossEntropy",
  "RMSE",
  "StochasticFilter",
  "StochasticRank",
  "SurvivalAft",
  "YetiRank",
  "YetiRankPairwise",
])

/** What a loss predicts; throws ProgramError for one that is not known. */
export const lossOf = (name: string, targets: number): Loss => {
  if (Object.hasOwn(losses, name)) return losses[name]!
  if (PLAIN.has(name) || name.startsWith("PythonUserDefined") || name.startsWith("UserPerObj")) return plain
  return fail(
    "unsupported-model",
    `CatBoost's loss ${name} of ${targets} results is not imported\nimported are ${[...Object.keys(losses), ...PLAIN].sort().join(", ")}`,
  )
}
