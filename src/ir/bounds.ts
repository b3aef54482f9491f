import { fitsNumber, sizeOf, type Values } from "../data/index.ts"
import { represent } from "./exact-arithmetic.ts"
import { rangeOf } from "./literal/literal.ts"
import type { Bounded, BoundsRule, OpDef, Operand } from "./op.ts"
import { type Bounds, type IntType, intType, max, min, type Type } from "./type.ts"

/** Tensors of more elements are bounded as a whole, and so is what is made of operands of more. */
const MOST_ELEMENTS = 2 ** 20
const MOST_OPERAND_ELEMENTS = 2 ** 22

/** Told how many bytes the intervals of the elements of one tensor will take, before they do. */
export type TakeRoom = (bytes: number) => void

/** The bounds of each element of an integer type, written out where they are all alike. */
export const boundsOf = (type: IntType): Bounds =>
  type.each ?? { lo: filled(type.lo, sizeOf(type.shape)), hi: filled(type.hi, sizeOf(type.shape)) }

const filled = (value: bigint, length: number): Values =>
  fitsNumber(value, value)
    ? new Float64Array(length).fill(Number(value))
    : new Array<bigint>(length).fill(value)

/** The bounds of an operation that grows with each of its operands: its values at the lowest and at the highest ones. */
export const increasing: BoundsRule = (operands, evaluate) => ({
  lo: evaluate(operands.map(({ type, bounds }) => ({ type, values: bounds.lo }))),
  hi: evaluate(operands.map(({ type, bounds }) => ({ type, values: bounds.hi }))),
})

/** Smallest and largest of several vectors of equal length, element by element. */
export const envelope = (vectors: readonly Values[], type: Type): Bounds => {
  const pick = (better: (a: number | bigint, b: number | bigint) => boolean): Values =>
    represent(
      Array.from(vectors[0]! as ArrayLike<number | bigint>, (_, i) =>
        vectors.reduce<number | bigint>((best, v) => (better(v[i]!, best) ? v[i]! : best), vectors[0]![i]!),
      ),
      type,
    )
  return { lo: pick((a, b) => a < b), hi: pick((a, b) => a > b) }
}

/** The type of a node with the bounds of each element: never wider than before, often narrower as a whole. */
export const refine = (
  type: Type,
  def: Pick<OpDef, "bounds" | "setsApart" | "evaluate">,
  operands: readonly Operand[],
  attrs: never,
  takeRoom?: TakeRoom,
): Type => {
  const size = sizeOf(type.shape)
  if (def.bounds === undefined || type.kind === "real" || size === 0 || size > MOST_ELEMENTS) return type
  const types = operands.flatMap((operand) => (operand.type.kind === "int" ? [operand.type] : []))
  if (types.length < operands.length) return type
  if (def.setsApart !== true && !types.some((operand) => operand.each !== undefined)) return type
  if (types.some((operand) => sizeOf(operand.shape) > MOST_OPERAND_ELEMENTS)) return type
  takeRoom?.(2 * Float64Array.BYTES_PER_ELEMENT * size)
  const bounded = operands.map((node, i): Bounded => ({ node, type: types[i]!, bounds: boundsOf(types[i]!) }))
  const rule = def.bounds(attrs, type)
  return withBounds(
    type,
    rule(bounded, (values) => def.evaluate(values, attrs, type)),
  )
}

/** The type whose elements have these bounds, as far as they are narrower than the type as a whole. */
export const withBounds = (type: IntType, { lo, hi }: Bounds): IntType => {
  const lows = rangeOf(lo)
  const highs = hi === lo ? lows : rangeOf(hi)
  const least = max(lows.lo, type.lo)
  const most = min(highs.hi, type.hi)
  const isUniform = isConstant(lo) && isConstant(hi)
  if (isUniform) return intType(type.secret, least, most, type.shape)
  const inside = (v: number | bigint): number | bigint => {
    if (v < least) return least
    return v > most ? most : v
  }
  const clamp = (values: Values, range: { lo: bigint; hi: bigint }): Values =>
    represent(
      range.lo >= least && range.hi <= most
        ? values
        : Array.from(values as ArrayLike<number | bigint>, inside),
      type,
    )
  return intType(type.secret, least, most, type.shape, { lo: clamp(lo, lows), hi: clamp(hi, highs) })
}

const isConstant = (values: Values): boolean => {
  for (const value of values) if (value !== values[0]) return false
  return true
}
