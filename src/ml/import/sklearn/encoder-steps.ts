import { fail } from "../../fail.ts"
import type { FloatNode } from "../../graph/graph.ts"
import { tensor, vector } from "../../graph/tensor.ts"
import { listsFor, pickOf, repeated, type Step } from "./step.ts"

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

/** For each element a table of its own. */
const lookup: Step = (builder, x, json) => {
  const tables = json.get("tables").list()
  if (tables.length !== x.shape[0])
    fail("damaged-model", `"${json.path}.tables" has ${tables.length} entries, not ${x.shape[0]}`)
  const parts = tables.map((table, i): FloatNode => {
    const keys = Float64Array.from(table.get("keys").numbers())
    const values = Float64Array.from(table.get("values").numbers(keys.length))
    const element = pickOf(builder, x, [i])
    if (table.has("otherwise"))
      return builder.add("lookup", [element], { keys, values, otherwise: table.get("otherwise").number() })
    return builder.add("lookup", [element], { keys, values, otherwise: 0, strict: true })
  })
  return parts.length === 1 ? parts[0]! : builder.add("concat", parts, { axis: 0 })
}

/** How many edges of its own each element is not below. */
const bins: Step = (builder, x, json) => {
  const edges = listsFor(json.get("edges"), x)
  const most = edges.reduce((max, list) => Math.max(max, list.length), 1)
  const padded = edges.flatMap((list) => Array.from({ length: most }, (_, k) => list[k] ?? Infinity))
  const constants = builder.constant(tensor([edges.length, most], padded))
  const passed = builder.add("combine", [repeated(builder, x, most), constants], {
    function: "greaterOrEqual",
  })
  return builder.add("reduce", [passed], { by: "sum", axes: [1], keep: false })
}

interface Points {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/**
 * What each element is on a line through points of its own, constant before the first and after the last: the first height, and
 * of each piece its slope times the part of it that the element has passed.
 */
const lines: Step = (builder, x, json) => {
  const all = json
    .get("points")
    .list()
    .map((points): Points => {
      const [xs, ys] = points.list().map((list) => list.numbers())
      const grows = xs?.every((at, k) => k === 0 || at > xs[k - 1]!)
      if (xs === undefined || ys?.length !== xs.length || xs.length === 0 || !grows)
        return fail(
          "damaged-model",
          `"${points.path}" is no list of growing places and a list of as many heights`,
        )
      return { x: xs, y: ys }
    })
  if (all.length !== x.shape[0])
    fail("damaged-model", `"${json.path}.points" has ${all.length} entries, not ${x.shape[0]}`)
  const most = all.reduce((max, points) => Math.max(max, points.x.length - 1), 1)
  const pieces = (at: (points: Points, k: number) => number) =>
    builder.constant(
      tensor(
        [all.length, most],
        all.flatMap((points) => Array.from({ length: most }, (_, k) => at(points, k))),
      ),
    )
  const last = ({ x: xs }: Points, k: number): number => xs[Math.min(k, xs.length - 1)]!
  const [starts, ends] = [pieces(last), pieces((points, k) => last(points, k + 1))]
  const slopes = pieces(({ x: xs, y: ys }, k) =>
    k + 1 < xs.length ? (ys[k + 1]! - ys[k]!) / (xs[k + 1]! - xs[k]!) : 0,
  )
  const from = builder.add("combine", [repeated(builder, x, most), starts], { function: "max" })
  const clipped = builder.add("combine", [from, ends], { function: "min" })
  const passed = builder.add("combine", [clipped, starts], { function: "sub" })
  const risen = builder.add("combine", [passed, slopes], { function: "mul" })
  const sums = builder.add("reduce", [risen], { by: "sum", axes: [1], keep: false })
  const first = builder.constant(vector(all.map(({ y }) => y[0]!)))
  return builder.add("combine", [sums, first], { function: "add" })
}

/** Steps that put numbers in the place of others, by what clients know. */
export const encoderSteps = { bins, impute, lines, lookup, oneHot } as const satisfies Readonly<
  Record<string, Step>
>
