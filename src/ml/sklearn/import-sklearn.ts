import { type UnaryName, unaries } from "../../data/index.ts"
import { fail } from "../fail.ts"
import {
  checkShape,
  type FloatGraph,
  type FloatNode,
  type FloatOutput,
  GraphBuilder,
} from "../graph/graph.ts"
import { type Tensor, tensor, vector } from "../graph/tensor.ts"
import type { Split, Trees } from "../graph/trees.ts"
import type { Json } from "../json.ts"
import { limited } from "../limits.ts"

export const SKLEARN_FORMAT = "lutra.sklearn"

type Step = (builder: GraphBuilder, x: FloatNode, json: Json) => FloatNode

/** Reads what `scripts/export_sklearn.py` writes. Throws ProgramError where it is damaged. */
export const importSklearn = (json: Json): FloatGraph => {
  const version = json.get("version").integer()
  if (version !== 1)
    fail(
      `the scikit-learn model has version ${version} of its format\nexport it again with the export_sklearn.py of this release`,
    )
  const builder = new GraphBuilder()
  const input = builder.input("x", [json.get("features").integer(1)])
  const node = applySteps(builder, input, json.get("steps"))
  const scores = json.get("scores").text()
  if (scores !== "values" && scores !== "logits" && scores !== "probabilities")
    return fail(`"scores" is "${scores}"`)
  const output: FloatOutput = { name: "scores", node, scores }
  const classes = json.has("classes") ? { classes: json.get("classes").list().map(label) } : {}
  return builder.build([input], [{ ...output, ...classes }], "float64")
}

const label = (json: Json): number | string => (typeof json.value === "string" ? json.value : json.number())

const applySteps = (builder: GraphBuilder, x: FloatNode, steps: Json, depth = 0): FloatNode => {
  if (depth > 8) fail("transformers of columns are nested too deep")
  let node = x
  for (const step of steps.list()) {
    const type = step.get("type").text()
    if (type === "columns") node = columns(builder, node, step, depth)
    else {
      const apply = Object.hasOwn(stepTypes, type)
        ? stepTypes[type]!
        : fail(`"${step.path}.type" is "${type}"\none of ${Object.keys(stepTypes).join(", ")} is needed`)
      node = apply(builder, node, step)
    }
  }
  return node
}

const matrix = (json: Json): Tensor => {
  const { rows, columns, values } = json.matrix()
  checkShape([rows, columns])
  return tensor([rows, columns], values)
}

const affine: Step = (builder, x, json) => {
  const [scale, shift, divisor] = ["scale", "shift", "divisor"].map((key) => vector(json.get(key).numbers()))
  return builder.add("affine", [x], { scale: scale!, shift: shift!, divisor: divisor! })
}

const dense: Step = (builder, x, json) =>
  builder.add("dense", [x], {
    weights: matrix(json.get("weights")),
    bias: vector(json.get("bias").numbers()),
  })

const activation: Step = (builder, x, json) => {
  const name = json.get("function").text()
  if (!Object.hasOwn(unaries, name))
    return fail(`"${json.path}.function" is "${name}", which is no function of this release`)
  return builder.add("activation", [x], { function: name as UnaryName, parameters: {} })
}

const normalize: Step = (builder, x, json) => {
  const by = json.get("norm").text()
  if (by !== "max" && by !== "l1" && by !== "l2") return fail(`"${json.path}.norm" is "${by}"`)
  return builder.add("normalize", [x], { by: by === "max" ? "maxAbs" : by, axis: 0 })
}

const impute: Step = (builder, x, json) => {
  const filled = builder.constant(vector(json.get("values").numbers()))
  const isMissing = builder.add("activation", [x], { function: "isNaN", parameters: {} })
  return builder.add("select", [isMissing, filled, x], {})
}

const oneHot: Step = (builder, x, json) =>
  builder.add("oneHot", [x], {
    categories: json
      .get("categories")
      .list()
      .map((list) => Float64Array.from(list.numbers())),
  })

/** Splits and leaves as parallel lists; a child below 0 is the leaf ~child. */
const trees: Step = (builder, x, json) => {
  const features = json.get("feature").numbers()
  const count = features.length
  limited("treeNodes", count)
  const thresholds = json.get("threshold").numbers(count)
  const [lefts, rights] = [json.get("left").numbers(count), json.get("right").numbers(count)]
  const missing = json.get("missing_left").numbers(count)
  const leaves = matrix(json.get("leaves"))
  const aggregate = json.get("aggregate").text()
  if (aggregate !== "sum" && aggregate !== "mean") return fail(`"${json.path}.aggregate" is "${aggregate}"`)
  const splits = features.map(
    (feature, i): Split => ({
      feature,
      test: { is: "<=", threshold: thresholds[i]! },
      whenTrue: lefts[i]!,
      whenFalse: rights[i]!,
      missing: missing[i] ? "true" : "false",
      zeroIsMissing: false,
    }),
  )
  const ensemble: Trees = {
    features: x.shape[0] ?? 0,
    targets: leaves.shape[1]!,
    roots: json.get("roots").numbers(),
    splits,
    leaves: leaves.values,
    aggregate,
    base: Float64Array.from(json.get("base").numbers()),
  }
  return builder.add("trees", [x], { trees: ensemble })
}

const neighbours: Step = (builder, x, json) => {
  const weights = json.get("weights").text()
  if (weights !== "uniform" && weights !== "distance") return fail(`"${json.path}.weights" is "${weights}"`)
  return builder.add("neighbours", [x], {
    points: matrix(json.get("points")),
    targets: matrix(json.get("targets")),
    k: json.get("k").integer(1),
    p: json.get("p").number(),
    weights,
  })
}

/** Some columns through steps of their own, joined in order. */
const columns = (builder: GraphBuilder, x: FloatNode, json: Json, depth: number): FloatNode => {
  const parts = json
    .get("parts")
    .list()
    .map((part) => {
      const indices = Int32Array.from(part.get("columns").numbers())
      const picked = builder.add("pick", [x], { shape: [indices.length], indices, fill: 0 })
      return applySteps(builder, picked, part.get("steps"), depth + 1)
    })
  return builder.add("concat", parts, { axis: 0 })
}

const stepTypes: Readonly<Record<string, Step>> = {
  activation,
  affine,
  dense,
  impute,
  neighbours,
  normalize,
  oneHot,
  softmax: (builder, x) => builder.add("softmax", [x], { axis: 0, log: false }),
  trees,
}
