import { fitsNumber, type Integer, printRange, sizeOf } from "../../../data/index.ts"
import { broadcastIndices, broadcastShapes, literal, type Shape, width } from "../../../ir/index.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import { type ConstantTensor, type IntTensor, isConstant } from "../../core/operands.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, mul, sub } from "../elementwise/arithmetic.ts"
import { entry, MOST_POINTS } from "./table-entry.ts"

/** The most entries of all tables that constants which differ by element call for. */
const MOST_ENTRIES = 2 ** 22

/**
 * A function of several integer tensors as one table of a number that spells their values, and one such table for each
 * combination of values that the constants among them have.
 */
export const tabulated = (
  name: string,
  tensors: readonly IntTensor[],
  fn: (values: number[]) => Integer | boolean,
): Tensor => {
  const shape = tensors.map((tensor) => tensor.shape).reduce<Shape>(broadcastShapes, [])
  const open = tensors.filter((tensor) => !isConstant(tensor))
  // A value that is given twice is one value. Constants alone are looked up by the first.
  const variables = open.length === 0 ? tensors.slice(0, 1) : distinct(open)
  checkCount(name, variables)
  const slots = tensors.map((tensor) => variables.findIndex(({ node }) => node === tensor.node))
  const constants = tensors.filter((_, i) => slots[i]! < 0) as (IntTensor & ConstantTensor)[]
  const { tuples, numbers } = constantTuples(constants, shape)
  const { points, index, lo } = spell(variables)
  if (tuples.length * points.length > MOST_ENTRIES)
    fail(
      "too-large",
      `${name} with constants that call for ${tuples.length} tables of ${points.length} entries`,
      tensors[0],
    )
  const entries = tuples.flatMap((tuple) =>
    points.map((point) => {
      let next = 0
      const values = slots.map((slot) => (slot < 0 ? tuple[next++]! : point[slot]!))
      return entry(() => fn(values), `${name} at ${values.join(", ")}`, tensors.at(-1)!)
    }),
  )
  const spread = index.shape.join() === shape.join() ? index : make("broadcast", [index], { shape })
  return make(
    "table",
    [spread],
    tuples.length === 1
      ? { lo, entries: literal(entries) }
      : { lo, entries: literal(entries), index: literal(numbers) },
  )
}

const distinct = (tensors: readonly IntTensor[]): IntTensor[] =>
  tensors.filter((tensor, i) => tensors.findIndex(({ node }) => node === tensor.node) === i)

const checkCount = (name: string, variables: readonly IntTensor[]): void => {
  const count = variables.reduce((n, { node }) => n * width(node.type), 1n)
  if (count <= MOST_POINTS && variables.every(({ node: { type } }) => fitsNumber(type.lo, type.hi))) return
  const ranges = variables.map(({ node: { type } }) => printRange(type.lo, type.hi)).join(" and ")
  const [verb, what] =
    variables.length === 1
      ? ["which has", "values"]
      : ["which make", variables.length === 2 ? "pairs" : "combinations"]
  const narrow = variables.length === 1 ? "narrow it first" : "narrow them first"
  fail(
    "too-wide",
    `${name} over ${ranges}, ${verb} more than the ${MOST_POINTS} ${what} a table is made for\n` +
      `${narrow}: declare narrower inputs, or assume(lo, hi); clip and floorDiv are tables of the same values`,
    variables.at(-1),
  )
}

/** All combinations of values, the last turning fastest, and the number that spells one: 0 for the first. */
const spell = (variables: readonly IntTensor[]): { points: number[][]; index: Tensor; lo: bigint } => {
  const [first, ...rest] = variables as [IntTensor, ...IntTensor[]]
  let points: number[][] = [[]]
  for (const { node } of variables) {
    const values = Array.from({ length: Number(width(node.type)) }, (_, i) => Number(node.type.lo) + i)
    points = points.flatMap((point) => values.map((value) => [...point, value]))
  }
  if (rest.length === 0) return { points, index: first, lo: first.node.type.lo }
  const index = rest.reduce<Tensor>(
    (high, next) => add(mul(high, width(next.node.type)), sub(next, next.node.type.lo)),
    sub(first, first.node.type.lo),
  )
  return { points, index, lo: 0n }
}

/** The combinations of values that constants have, and the number of the one at each element of a shape. */
const constantTuples = (
  constants: readonly ConstantTensor[],
  shape: Shape,
): { tuples: number[][]; numbers: number[] } => {
  const sources = constants.map((tensor) => broadcastIndices(tensor.shape, shape))
  const known = new Map<string, number>()
  const tuples: number[][] = []
  const numbers = Array.from({ length: constants.length === 0 ? 0 : sizeOf(shape) }, (_, i) => {
    const tuple = constants.map(({ node }, k) => Number(node.attrs.value.values[sources[k]![i]!]))
    const key = tuple.join()
    const number = known.get(key) ?? tuples.push(tuple) - 1
    known.set(key, number)
    return number
  })
  // No element, no constant that matters.
  return { tuples: tuples.length === 0 ? [constants.map(() => 0)] : tuples, numbers }
}
