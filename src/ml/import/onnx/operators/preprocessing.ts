import { fail } from "../../../fail.ts"
import { checkShape } from "../../../graph/graph.ts"
import { scalar, vector } from "../../../graph/tensor.ts"
import { type Import, type ImportTable, value } from "../onnx-op.ts"
import { isReal } from "../tensor-data.ts"
import { affine } from "./elementwise.ts"
import { features } from "./features.ts"

// (x - offset) * scale
const scaler: Import = (op) => {
  const x = op.node(0)
  const n = x.shape.at(-1) ?? 1
  const full = (list: readonly number[] | undefined, otherwise: number): Float64Array =>
    new Float64Array(n).map((_, i) => list?.[i] ?? (list?.length === 1 ? list[0]! : otherwise))
  const [offset, scale] = [full(op.floats("offset"), 0), full(op.floats("scale"), 1)]
  return value(affine(op, affine(op, x, scalar(1), vector(offset.map((o) => -o))), vector(scale), scalar(0)))
}

const normalizer: Import = (op) => {
  const by = op.text("norm", "MAX").toLowerCase()
  if (by !== "max" && by !== "l1" && by !== "l2") return fail("damaged-model", `the norm ${by} is unknown`)
  const x = op.node(0)
  return value(op.add("normalize", [x], { by, axis: x.shape.length - 1 }))
}

const oneHotEncoder: Import = (op) => {
  const x = op.node(0)
  if (op.texts("cats_strings")?.length)
    fail("unsupported-model", "its categories are strings\nencode them as integers before the model")
  const list = Float64Array.from(
    op.ints("cats_int64s") ?? fail("damaged-model", "the categories are missing"),
  )
  const n = x.shape.reduce((a, b) => a * b, 1)
  checkShape([n, list.length])
  const type = op.typeOf(0)
  const whole = type === undefined || isReal(type) ? op.activate(x, "truncate") : x
  const hot = op.add("oneHot", [op.reshape(whole, [n])], {
    categories: Array.from({ length: n }, () => list),
    ...(op.int("zeros", 1) === 0 && { strict: true }),
  })
  return value(op.reshape(hot, [...x.shape, list.length]))
}

/** Keys and values of a label encoder, of whatever types are numbers. */
const labelEncoder: Import = (op) => {
  const read = (name: string): readonly number[] | undefined => {
    const numbers = op.ints(`${name}_int64s`)
    if (numbers?.length) return numbers
    const floats = op.floats(`${name}_floats`)
    return floats?.length
      ? floats
      : op.tensor(`${name}_tensor`) && Array.from(op.tensor(`${name}_tensor`)!.values)
  }
  const keys = read("keys")
  const entry = op.input(0)
  if (entry.is === "labels") {
    const names = op.texts("values_strings")
    const values = names?.length ? names : read("values")
    const classes = (entry.classes ?? keys)?.map((c) => values?.[keys?.indexOf(Number(c)) ?? -1] ?? c)
    return classes === undefined ? entry : { ...entry, classes }
  }
  const values = read("values")
  if (keys === undefined || values === undefined)
    return fail("unsupported-model", "it maps strings\nencode them as integers outside the model")
  if (keys.length !== values.length) fail("damaged-model", `${keys.length} keys have ${values.length} values`)
  const isWhole = op.ints("values_int64s")?.length
  const otherwise =
    op.tensor("default_tensor")?.values[0] ??
    (isWhole ? op.int("default_int64", -1) : op.float("default_float", 0))
  // Of equal keys the first counts, and NaN is none before operator set 4.
  const knowsNaN = op.around.opset("ai.onnx.ml") >= 4
  const known = new Map<number, number>()
  keys.forEach((key, i) => {
    if (!known.has(key) && (knowsNaN || !Number.isNaN(key))) known.set(key, values[i]!)
  })
  const attributes = {
    keys: Float64Array.from(known.keys()),
    values: Float64Array.from(known.values()),
    otherwise,
  }
  return value(op.add("lookup", [op.node(0)], attributes))
}

const featureExtractor: Import = (op) => {
  const [data, index] = [op.input(0), op.input(1)]
  if (data.is === "value") {
    const at = op.constant(1)
    const indices = Int32Array.from(at.values)
    return value(op.pick(features(op), [indices.length], () => indices))
  }
  if (index.is === "labels") return index
  // classes[argmax(scores)]: the label, known once the scores are
  let node =
    index.is === "value" ? index.node : fail("unsupported-model", "classes are looked up by no index")
  while (node.kind === "reshape") node = node.operands[0]!
  if (node.kind !== "argument")
    return fail("unsupported-model", "classes are looked up by an index that is no ArgMax")
  const classes = data.is === "strings" ? data.values : Array.from(op.constant(0).values)
  return { is: "labels", scores: node.operands[0]!, classes }
}

const imputer: Import = (op) => {
  const x = features(op)
  const integers = op.ints("imputed_value_int64s")
  const given = integers?.length ? integers : (op.floats("imputed_value_floats") ?? [])
  const replaced = integers?.length ? op.int("replaced_value_int64", 0) : op.float("replaced_value_float", 0)
  const filled = op.around.builder.constant(
    vector(new Float64Array(x.shape[0]!).map((_, i) => given[i] ?? given[0] ?? 0)),
  )
  const isReplaced = Number.isNaN(replaced)
    ? op.activate(x, "isNaN")
    : op.add("combine", [x, op.around.builder.constant(scalar(replaced))], { function: "equal" })
  return value(op.add("select", [isReplaced, filled, x], {}))
}

/** The first of the features of each operand, as many as are listed, filled up with zeros. */
const featureVectorizer: Import = (op) => {
  const counts = op.ints("inputdimensions")
  const parts = op.inputs.map((_, i) => {
    const x = features(op, i)
    const count = counts?.[i] ?? x.shape[0]!
    if (count === x.shape[0]) return x
    return op.pick(x, [count], () =>
      Int32Array.from({ length: count }, (_, at) => (at < x.shape[0]! ? at : -1)),
    )
  })
  return value(op.add("concat", parts, { axis: 0 }))
}

/** What ai.onnx.ml does with features before a model and with labels after it. */
export const preprocessingOperators: ImportTable = {
  "ai.onnx.ml.ArrayFeatureExtractor": featureExtractor,
  "ai.onnx.ml.Binarizer": (op) =>
    value(
      op.add("combine", [op.node(0), op.around.builder.constant(scalar(op.float("threshold", 0)))], {
        function: "greater",
      }),
    ),
  "ai.onnx.ml.FeatureVectorizer": featureVectorizer,
  "ai.onnx.ml.Imputer": imputer,
  "ai.onnx.ml.LabelEncoder": labelEncoder,
  "ai.onnx.ml.Normalizer": normalizer,
  "ai.onnx.ml.OneHotEncoder": oneHotEncoder,
  "ai.onnx.ml.Scaler": scaler,
  "ai.onnx.ml.ZipMap": (op) => op.input(0),
}
