import type { Integer } from "../../../data/index.ts"
import { sizeOf } from "../../../data/index.ts"
import { broadcastIndices, broadcastShapes, literal } from "../../../ir/index.ts"
import { express } from "../../core/elementwise.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import { integersOf, isConstant, operandsOf, type TensorLike } from "../../core/operands.ts"
import { isTensor } from "../../core/tensor-base.ts"
import { argument, javascript, tensor } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { lookupClear } from "./lookup-in-clear-tensor.ts"
import { isLookupTable, type LookupTable, table, tableOptions } from "./lookup-table.ts"
import { tabulated } from "./tabulate.ts"

const isFunction = (value: unknown): boolean => typeof value === "function"

const ofOne = javascript<((value: number) => Integer | boolean) | string>(
  "what map computes",
  "a function or text",
  (value) => isFunction(value) || typeof value === "string",
)

const ofTwo = javascript<(x: number, y: number) => Integer | boolean>(
  "what map2 computes",
  "a function",
  isFunction,
)

const looked = [
  x,
  required(
    "table",
    argument<TensorLike | LookupTable>(
      "a table",
      "a list of entries",
      (value) => tensor.accepts(value) || isLookupTable(value as LookupTable),
      "tensor",
    ),
  ),
  ...tableOptions,
] as const

/**
 * A function of one element, at every element: a JavaScript function that gives an integer or a boolean for each value
 * of the proved range, or an expression over x in mathjs syntax.
 * Throws ProgramError for more than 2^16 values, and naming the point where the function gives no integer.
 */
export const map = operator("map", [x, required("fn", ofOne)], (x, fn): Tensor => {
  if (typeof fn === "string") {
    const [a] = operandsOf(x)
    const { arity } = a.builder.expression(fn)
    if (arity > 1)
      fail("wrong-argument", `map: "${fn}" names ${arity} operands, but there is only x\nuse map2 for two`, a)
    return express(() => fn, a)
  }
  const [a] = integersOf("map", x)
  return tabulated("map", [a], ([value]) => fn(value!))
})

/**
 * A function of two elements, at every pair (shapes broadcast): one table of all pairs of values, or one for each value
 * of the second where that is constant.
 * Throws ProgramError when the two ranges make more than 2^16 pairs, and naming the pair with no integer result.
 */
export const map2 = operator(
  "map2",
  [x, required("y", tensor), required("fn", ofTwo)],
  (x, y, fn): Tensor => tabulated("map2", integersOf("map2", x, y), ([a, b]) => fn(a!, b!)),
)

/**
 * Entry i of a table for value i, at every element; `offset` is the value that entry 0 stands for. A table with leading
 * axes is one table per element: its last axis holds the entries, the others broadcast against x.
 * A clear tensor that is known only at run time is read by equality, at the price of a product of clear and encrypted.
 * Throws ProgramError when a value of the proved range has no entry.
 */
export const lookup = operator("lookup", looked, (x, values, options): Tensor => {
  if (isTensor(values) && !isConstant(values) && !values.node.type.secret)
    return lookupClear(x, values, options)
  const { entries, shape, offset: lo } = isLookupTable(values) ? values : table(values, options)
  const [a] = integersOf("lookup", x)
  const tables = shape.slice(0, -1)
  const result = broadcastShapes(tables, a.shape)
  const operand = result.join() === a.shape.join() ? a : make("broadcast", [a], { shape: result })
  if (sizeOf(tables) === 1) return make("table", [operand], { lo, entries })
  if (sizeOf(result) === 0) {
    // No element, no table number: any one table serves.
    const first = Array.from({ length: shape.at(-1)! }, (_, i) => entries.values[i] ?? 0)
    return make("table", [operand], { lo, entries: literal(first) })
  }
  const index = literal(broadcastIndices(tables, result))
  return make("table", [operand], { lo, entries, index })
})
