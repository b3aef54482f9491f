import { fail } from "../../fail.ts"
import { type FloatGraph, type FloatNode, type FloatOutput, GraphBuilder } from "../../graph/graph.ts"
import type { Json } from "../json.ts"
import { arithmeticSteps } from "./arithmetic-steps.ts"
import { encoderSteps } from "./encoder-steps.ts"
import { modelSteps } from "./model-steps.ts"
import { pickOf, type Step } from "./step.ts"

export const SKLEARN_FORMAT = "lutra.sklearn"

const DEEPEST = 12

/** Reads what `scripts/export_sklearn.py` writes. Throws ProgramError where it is damaged. */
export const importSklearn = (json: Json): FloatGraph => {
  const version = json.get("version").integer()
  if (version !== 1)
    fail(
      "unsupported-model",
      `the scikit-learn model has version ${version} of its format\nexport it again with the export_sklearn.py of this release`,
    )
  const builder = new GraphBuilder()
  const input = builder.input("x", [json.get("features").integer(1)])
  const node = applySteps(builder, input, json.get("steps"), 0)
  const scores = json.get("scores").text()
  if (scores !== "values" && scores !== "logits" && scores !== "probabilities")
    return fail("damaged-model", `"scores" is "${scores}"`)
  const output: FloatOutput = {
    name: "scores",
    node,
    scores,
    ...(json.has("classes") && { classes: json.get("classes").list().map(label) }),
    ...(json.has("separate") && json.get("separate").boolean() && { separate: true }),
    ...(json.has("threshold") && { threshold: json.get("threshold").number() }),
  }
  return builder.build([input], [output], "float64")
}

const label = (json: Json): number | string => (typeof json.value === "string" ? json.value : json.number())

const applySteps = (builder: GraphBuilder, x: FloatNode, steps: Json, depth: number): FloatNode => {
  if (depth > DEEPEST) fail("too-large", `steps hold steps more than ${DEEPEST} levels deep`)
  return steps.list().reduce((node, step) => {
    const type = step.get("type").text()
    if (type === "columns" || type === "sum") return joined(builder, node, step, depth)
    const apply = Object.hasOwn(stepTypes, type)
      ? stepTypes[type]!
      : fail(
          "damaged-model",
          `"${step.path}.type" is "${type}"\none of ${[...Object.keys(stepTypes), "columns", "sum"].sort().join(", ")} is needed`,
        )
    return apply(builder, node, step)
  }, x)
}

/** Parts with steps of their own on some columns or all: joined in order, or added. */
const joined = (builder: GraphBuilder, x: FloatNode, json: Json, depth: number): FloatNode => {
  const parts = json
    .get("parts")
    .list()
    .map((part) => {
      const own = part.has("columns") ? pickOf(builder, x, part.get("columns").numbers()) : x
      return applySteps(builder, own, part.get("steps"), depth + 1)
    })
  const [first, ...rest] = parts
  if (first === undefined) return fail("damaged-model", `"${json.path}.parts" is empty`)
  if (json.get("type").text() === "columns") return builder.add("concat", parts, { axis: 0 })
  return rest.reduce((sum, part) => builder.add("combine", [sum, part], { function: "add" }), first)
}

const stepTypes: Readonly<Record<string, Step>> = { ...arithmeticSteps, ...encoderSteps, ...modelSteps }
