import { type UnaryName, unaries } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import { tensor, vector } from "../../graph/tensor.ts"
import { matrixOf, pickOf, type Step } from "./step.ts"

const affine: Step = (builder, x, json) => {
  const [scale, shift, divisor] = ["scale", "shift", "divisor"].map((key) => vector(json.get(key).numbers()))
  return builder.add("affine", [x], { scale: scale!, shift: shift!, divisor: divisor! })
}

const dense: Step = (builder, x, json) =>
  builder.add("dense", [x], {
    weights: matrixOf(json.get("weights")),
    bias: vector(json.get("bias").numbers()),
  })

const activation: Step = (builder, x, json) => {
  const name = json.get("function").text()
  if (!Object.hasOwn(unaries, name))
    return fail("damaged-model", `"${json.path}.function" is "${name}", which is no function of this release`)
  return builder.add("activation", [x], { function: name as UnaryName, parameters: {} })
}

// min(max(x, lo), hi)
const clip: Step = (builder, x, json) => {
  const [lo, hi] = ["lo", "hi"].map((key) => builder.constant(vector(json.get(key).numbers())))
  const above = builder.add("combine", [x, lo!], { function: "max" })
  return builder.add("combine", [above, hi!], { function: "min" })
}

const power: Step = (builder, x, json) =>
  builder.add("combine", [x, builder.constant(vector(json.get("exponents").numbers()))], {
    function: "power",
  })

/** For each result the product of the elements in a list; the product of none is 1. */
const products: Step = (builder, x, json) => {
  const lists = json
    .get("factors")
    .list()
    .map((list) => list.numbers())
  const degree = lists.reduce((most, list) => Math.max(most, list.length), 1)
  const nth = (k: number) =>
    pickOf(
      builder,
      x,
      lists.map((list) => list[k] ?? -1),
      1,
    )
  return Array.from({ length: degree - 1 }, (_, k) => k + 1).reduce(
    (product, k) => builder.add("combine", [product, nth(k)], { function: "mul" }),
    nth(0) as ReturnType<Step>,
  )
}

const normalize: Step = (builder, x, json) => {
  const by = json.get("norm").text()
  if (by !== "max" && by !== "l1" && by !== "l2")
    return fail("damaged-model", `"${json.path}.norm" is "${by}"`)
  const isUniform = json.has("uniform") && json.get("uniform").boolean()
  const attributes = { by: by === "max" ? "maxAbs" : by, axis: 0 } as const
  if (!isUniform) return builder.add("normalize", [x], attributes)
  // Where all are 0, each gets the same.
  const size = builder.add("reduce", [x], { by: "l1", axes: [0], keep: true })
  const ones = builder.constant(tensor(x.shape, new Float64Array(x.shape[0]!).fill(1)))
  const never0 = builder.add("select", [size, x, ones], {})
  return builder.add("normalize", [never0], attributes)
}

const pick: Step = (builder, x, json) => pickOf(builder, x, json.get("columns").numbers())

const softmax: Step = (builder, x) => builder.add("softmax", [x], { axis: 0, log: false })

/** Steps of arithmetic, and of moving elements. */
export const arithmeticSteps = {
  activation,
  affine,
  clip,
  dense,
  normalize,
  pick,
  power,
  products,
  softmax,
} as const satisfies Readonly<Record<string, Step>>
