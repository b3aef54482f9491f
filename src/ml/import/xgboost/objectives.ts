import { fail } from "../../fail.ts"
import type { FloatNode, GraphBuilder, Scores } from "../../graph/graph.ts"
import { scalar } from "../../graph/tensor.ts"

/** What an objective makes of raw scores, and the raw score that a base score stands for. */
export interface Objective {
  readonly scores: Scores
  /** From raw scores to what XGBoost predicts; raw scores themselves where it is left out. */
  readonly link?: (builder: GraphBuilder, raw: FloatNode) => FloatNode
  /** From a base score to what is added to raw scores; the base score itself where it is left out. */
  readonly margin?: (base: number) => number
  readonly classifies?: true
}

const logit = (p: number): number => Math.log(p / (1 - p))
const exp: Objective["link"] = (builder, raw) =>
  builder.add("activation", [raw], { function: "exp", parameters: {} })
const sigmoid: Objective["link"] = (builder, raw) =>
  builder.add("activation", [raw], { function: "sigmoid", parameters: {} })
const softmax: Objective["link"] = (builder, raw) => builder.add("softmax", [raw], { axis: 0, log: false })
// 1 above 0, and 0 elsewhere
const step: Objective["link"] = (builder, raw) =>
  builder.add("combine", [raw, builder.constant(scalar(0))], { function: "greater" })

const plain: Objective = { scores: "values" }
const logarithmic: Objective = { scores: "values", link: exp, margin: Math.log }
const logistic: Objective = { scores: "probabilities", link: sigmoid, margin: logit }
const classes: Objective = { scores: "probabilities", link: softmax, classifies: true }

const objectives: Readonly<Record<string, Objective>> = {
  "binary:hinge": { scores: "probabilities", link: step, classifies: true },
  "binary:logistic": { ...logistic, classifies: true },
  // Its base score is a raw score already.
  "binary:logitraw": { scores: "logits", classifies: true },
  "count:poisson": logarithmic,
  "multi:softmax": classes,
  "multi:softprob": classes,
  "rank:map": plain,
  "rank:ndcg": plain,
  "rank:pairwise": plain,
  "reg:absoluteerror": plain,
  "reg:expectileerror": plain,
  "reg:gamma": logarithmic,
  "reg:linear": plain,
  "reg:logistic": logistic,
  "reg:pseudohubererror": plain,
  "reg:quantileerror": plain,
  "reg:squarederror": plain,
  "reg:squaredlogerror": plain,
  "reg:tweedie": logarithmic,
  "survival:aft": logarithmic,
  "survival:cox": logarithmic,
}

/** The objective of a name. Throws ProgramError for one that is not known. */
export const objectiveOf = (name: string): Objective =>
  Object.hasOwn(objectives, name)
    ? objectives[name]!
    : fail(
        "unsupported-model",
        `XGBoost's objective "${name}" is not imported\nimported are ${Object.keys(objectives).join(", ")}`,
      )
