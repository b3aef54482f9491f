import { fitsNumber, type Integer, printRange, sizeOf } from "../data/index.ts"
import { broadcastIndices, broadcastShapes, literal, width } from "../ir/index.ts"
import { add, mul, sub } from "./arithmetic.ts"
import { express } from "./express.ts"
import { fail } from "./fail.ts"
import { isLookupTable, type LookupOptions, type LookupTable, table } from "./lookup-table.ts"
import { make } from "./make.ts"
import { integersOf, isConstant, operandsOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/** The most points at which a JavaScript function is tabulated. */
const MOST_POINTS = 2n ** 16n

/**
 * A function of one element, at every element: a JavaScript function that gives an integer or a boolean for each value
 * of the proved range, or an expression over x in mathjs syntax.
 * Throws ProgramError for more than 2^16 values, and naming the point where the function gives no integer.
 */
export const map = (x: TensorLike, fn: ((value: number) => Integer | boolean) | string): Tensor => {
  if (typeof fn === "string") {
    const [a] = operandsOf(x)
    const { arity } = a.builder.expression(fn)
    if (arity > 1) fail(`map: "${fn}" names ${arity} operands, but there is only x\nuse map2 for two`, a)
    return express(() => fn, a)
  }
  const [a] = integersOf("map", x)
  const { lo, hi } = a.node.type
  if (width(a.node.type) > MOST_POINTS || !fitsNumber(lo, hi)) {
    fail(
      `map over ${printRange(lo, hi)}, which has more than the ${MOST_POINTS} values a table is made for\n` +
        "narrow it first with clip, floorDiv or assume",
      a,
    )
  }
  const entries = Array.from({ length: Number(width(a.node.type)) }, (_, i) => {
    const value = Number(lo) + i
    return entry(() => fn(value), `map at ${value}`, a)
  })
  return make("table", [a], { lo, entries: literal(entries) })
}

/**
 * A function of two elements, at every pair (shapes broadcast): one table over (a - lo) * width + (b - lo).
 * Throws ProgramError when the two ranges make more than 2^16 pairs, and naming the pair with no integer result.
 */
export const map2 = (
  x: TensorLike,
  y: TensorLike,
  fn: (x: number, y: number) => Integer | boolean,
): Tensor => {
  const [a, b] = integersOf("map2", x, y)
  const [p, q] = [a.node.type, b.node.type]
  if (isConstant(b) && b.ndim === 0) return map(a, (value) => fn(value, Number(q.lo)))
  if (isConstant(a) && a.ndim === 0) return map(b, (value) => fn(Number(p.lo), value))
  if (width(p) * width(q) > MOST_POINTS || !fitsNumber(p.lo, p.hi) || !fitsNumber(q.lo, q.hi)) {
    fail(
      `map2 over ${printRange(p.lo, p.hi)} and ${printRange(q.lo, q.hi)}, which make more than the ${MOST_POINTS} pairs a table is made for\n` +
        "narrow them first with clip, floorDiv or assume",
      b,
    )
  }
  const columns = Number(width(q))
  const entries = Array.from({ length: Number(width(p)) * columns }, (_, i) => {
    const [v, w] = [Number(p.lo) + Math.floor(i / columns), Number(q.lo) + (i % columns)]
    return entry(() => fn(v, w), `map2 at ${v}, ${w}`, b)
  })
  const index = add(mul(sub(a, p.lo), width(q)), sub(b, q.lo))
  return make("table", [index], { lo: 0n, entries: literal(entries) })
}

const entry = (compute: () => unknown, place: string, about: Tensor): Integer => {
  let result: unknown
  try {
    result = compute()
  } catch (cause) {
    return fail(`${place}: the function throws: ${(cause as Error)?.message ?? cause}`, about, { cause })
  }
  if (typeof result === "boolean") return Number(result)
  if (typeof result === "bigint" || Number.isSafeInteger(result)) return result as Integer
  return fail(
    `${place}: the function gives ${String(result)}, not an integer\nround its result: Math.round(…)`,
    about,
  )
}

/**
 * Entry i of a table for value i, at every element; `offset` is the value that entry 0 stands for. A table with leading
 * axes is one table per element: its last axis holds the entries, the others broadcast against x.
 * Throws ProgramError when a value of the proved range has no entry.
 */
export const lookup = (
  x: TensorLike,
  values: TensorLike | LookupTable,
  options: LookupOptions = {},
): Tensor => {
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
}
