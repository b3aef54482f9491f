import { ProgramError, printShape, sizeOf } from "../../data/index.ts"
import { anySecret, asNumbers, intTypes, represent } from "../exact-arithmetic.ts"
import {
  boundExpression,
  type Expression,
  isWhole,
  parseExpression,
  undefinedAt,
} from "../expression/expression.ts"
import { type Literal, literal, literalRange, rangeOf } from "../literal/literal.ts"
import { type Operand, op } from "../op.ts"
import {
  broadcastIndices,
  broadcastShapes,
  type IntType,
  intType,
  max,
  min,
  realType,
  type Type,
  width,
} from "../type.ts"

/** Domains up to this size are tabulated when a bound is wanted; larger ones get interval arithmetic. */
const ENUMERABLE = 1n << 17n

/** The entries each table of a (possibly multiple) table has. */
export const tableSize = (attrs: { readonly entries: Literal; readonly index?: Literal }): number =>
  attrs.entries.values.length / (attrs.index === undefined ? 1 : tableCount(attrs.index.values))

const tableCount = (index: ArrayLike<number | bigint>): number => {
  let most = -1
  for (let i = 0; i < index.length; i++) most = Math.max(most, Number(index[i]))
  return most + 1
}

const clampTo = (value: number | bigint, { lo, hi }: IntType): number | bigint =>
  value < lo ? lo : value > hi ? hi : value

/** What is known of an expression beyond the types of its operands. */
export interface Insight {
  /** The values that an expression takes which gives integers, as far as they are few enough to be tried. */
  readonly image?: () => { readonly lo: number; readonly hi: number } | undefined
  /** The message for bounds that are no exact integers. */
  readonly whyUnbounded?: (range: { readonly lo: number; readonly hi: number }) => string
}

/**
 * The type of an expression of these operands.
 * Throws ProgramError for one that is not defined everywhere or reaches no exact integers.
 */
export const applyType = (
  operands: readonly Operand[],
  expr: Expression,
  { image, whyUnbounded }: Insight = {},
): Type => {
  if (expr.arity > operands.length) {
    throw new ProgramError(`"${expr.text}" names ${expr.arity} operands, but there are ${operands.length}`, {
      code: "wrong-argument",
    })
  }
  const types = operands.map(({ type }) => type)
  const shape = types.map((type) => type.shape).reduce(broadcastShapes)
  const secret = anySecret(operands)
  // Nothing is known of a single integer that its own range does not say, unless it leaves out values.
  const isSingle = types.length === 1 && types[0]!.kind === "int" && width(types[0] as IntType) <= ENUMERABLE
  const simple = isSingle ? boundsOrNone(expr, types) : undefined
  const known = simple === undefined && isWhole(expr, types) ? image?.() : undefined
  const { integer, lo, hi } =
    simple ?? (known ? { integer: true, ...known } : boundExpression(expr, types, ENUMERABLE))
  if (!integer) return realType(secret, lo, hi, shape)
  if (!Number.isSafeInteger(lo) || !Number.isSafeInteger(hi)) {
    throw new ProgramError(
      whyUnbounded?.({ lo, hi }) ??
        `"${expr.text}" has no bounds that are exact integers\nclip it before it is rounded`,
      { code: "out-of-range" },
    )
  }
  return intType(secret, BigInt(lo), BigInt(hi), shape)
}

/** The bounds of an expression; none where it is undefined at some value. */
const boundsOrNone = (
  expr: Expression,
  types: readonly Type[],
): ReturnType<typeof boundExpression> | undefined => {
  try {
    return boundExpression(expr, types, ENUMERABLE)
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

export const tableOps = {
  apply: op({
    doc: "An elementwise expression in mathjs syntax over x, y, z, x3, … for its operands; exact once `fuse-tables` has tabulated it.",
    arity: "any",
    attrs: { expr: "expression" },
    infer: (operands, { expr }) => applyType(operands, expr),
    evaluate: (operands, { expr }, type) => {
      const parts = operands.map(({ values, type: own }) => ({
        values: asNumbers(values),
        at: broadcastIndices(own.shape, type.shape),
      }))
      const result = new Float64Array(sizeOf(type.shape))
      const point = new Array<number>(parts.length)
      for (let i = 0; i < result.length; i++) {
        parts.forEach(({ values, at }, k) => {
          point[k] = values[at[i]!]!
        })
        const value = expr.evaluate(point)
        // Integers have one zero.
        result[i] = type.kind === "int" ? value + 0 : value
        // A real value may be undefined where none is made of it: what closes it is judged.
        if (type.kind === "int" && Number.isNaN(value))
          throw new ProgramError(undefinedAt(expr, point), { code: "out-of-range" })
      }
      return represent(result, type)
    },
    sample: (operands, pick) => {
      const one = [
        "round(x / 3)",
        "abs(x)",
        "max(x, 0)",
        "x > 1",
        "min(max(x, -2), 3)",
        "floor(2 * sin(x) + sqrt(abs(x)))",
        "x / 4",
        "sin(x)",
      ]
      const two = ["max(x, y)", "x * y > 2", "x == y", "x / 2 - y"]
      return { expr: parseExpression(pick.of(operands.length === 1 ? one : two)) }
    },
  }),
  table: op({
    doc: "Elementwise lookup: entry 0 is the result for `lo`. With `index`, element i uses the table of that number, tables standing one after the other in `entries`.",
    arity: 1,
    attrs: { lo: "int", entries: "literal", index: "literal?" },
    setsApart: true,
    bounds:
      ({ lo, entries, index }, type) =>
      ([a]) => {
        const size = tableSize(index === undefined ? { entries } : { entries, index })
        const known = new Map<string, { lo: bigint; hi: bigint }>()
        const ranges = Array.from(a!.bounds.lo as ArrayLike<number | bigint>, (low, i) => {
          const table = index === undefined ? 0 : Number(index.values[i]!)
          const key = `${table} ${low} ${a!.bounds.hi[i]}`
          const from = table * size + Number(BigInt(low) - lo)
          const to = table * size + Number(BigInt(a!.bounds.hi[i]!) - lo) + 1
          const range = known.get(key) ?? rangeOf(entries.values, from, to)
          known.set(key, range)
          return range
        })
        return {
          lo: represent(
            ranges.map((r) => r.lo),
            type,
          ),
          hi: represent(
            ranges.map((r) => r.hi),
            type,
          ),
        }
      },
    infer: (operands, { lo, entries, index }) => {
      const [a] = intTypes(operands) as [IntType]
      const tables = index === undefined ? 1 : tableCount(index.values)
      const size = entries.values.length / tables
      if (index !== undefined && index.values.length !== sizeOf(a.shape)) {
        throw new ProgramError(
          `a table index of ${index.values.length} entries for a value of shape ${printShape(a.shape)}`,
          { code: "wrong-shape" },
        )
      }
      if (index?.values.some((k: number | bigint) => k < 0)) {
        throw new ProgramError(`a table index of ${literalRange(index).lo}; tables are numbered from 0`, {
          code: "out-of-range",
        })
      }
      if (!Number.isInteger(size) || size === 0) {
        throw new ProgramError(`${entries.values.length} entries do not make ${tables} tables of one size`, {
          code: "wrong-shape",
        })
      }
      if (a.lo < lo || a.hi > lo + BigInt(size) - 1n) {
        throw new ProgramError(
          `the table covers ${lo}..${lo + BigInt(size) - 1n}, but the value lies in ${a.lo}..${a.hi}\n` +
            "give one entry for every value, or narrow the value with clip or assume",
          { code: "out-of-range" },
        )
      }
      const from = Number(a.lo - lo)
      const to = from + Number(width(a))
      const reachable = Array.from({ length: tables }, (_, k) =>
        rangeOf(entries.values, k * size + from, k * size + to),
      ).reduce((one, other) => ({ lo: min(one.lo, other.lo), hi: max(one.hi, other.hi) }))
      return intType(a.secret, reachable.lo, reachable.hi, a.shape)
    },
    evaluate: ([a], { lo, entries, index }, type) => {
      const size = entries.values.length / (index === undefined ? 1 : tableCount(index.values))
      return represent(
        Array.from(a!.values as ArrayLike<number | bigint>, (value, i) => {
          const table = index === undefined ? 0 : Number(index.values[i]!)
          return entries.values[table * size + Number(BigInt(value) - lo)]!
        }),
        type,
      )
    },
    sample: ([a], pick) => {
      if (a!.kind === "real" || width(a!) > 64n) return null
      const size = Number(width(a!))
      const isMultiple = pick.int(0, 3) === 0 && sizeOf(a!.shape) > 0
      const tables = isMultiple ? 2 : 1
      const entries = literal(Array.from({ length: size * tables }, () => pick.int(-4, 7)))
      if (!isMultiple) return { lo: a!.lo, entries }
      const index = Array.from({ length: sizeOf(a!.shape) }, (_, i) => (i === 0 ? 1 : pick.int(0, 1)))
      return { lo: a!.lo, entries, index: literal(index) }
    },
  }),
  assume: op({
    doc: "The same value with a narrower range, believed and not inferred; `by` says on whose word: user, samples, index for a clear one that is checked, or the name of a theorem.",
    arity: 1,
    attrs: { lo: "int", hi: "int", by: "name" },
    bounds:
      (_attrs, type) =>
      ([a]) => ({
        lo: represent(
          Array.from(a!.bounds.lo as ArrayLike<number | bigint>, (v) => clampTo(v, type)),
          type,
        ),
        hi: represent(
          Array.from(a!.bounds.hi as ArrayLike<number | bigint>, (v) => clampTo(v, type)),
          type,
        ),
      }),
    infer: (operands, { lo, hi }) => {
      const [a] = intTypes(operands) as [IntType]
      const low = max(lo, a.lo)
      const high = min(hi, a.hi)
      // Of no elements every range is true.
      if (sizeOf(a.shape) === 0) return intType(a.secret, lo, hi, a.shape)
      if (low > high) {
        throw new ProgramError(`assume ${lo}..${hi} of a value in ${a.lo}..${a.hi}: the ranges do not meet`, {
          code: "out-of-range",
        })
      }
      return intType(a.secret, low, high, a.shape)
    },
    evaluate: ([a], { lo, hi, by }, type) => {
      for (const value of a!.values) {
        if (value >= lo && value <= hi) continue
        if (by === "index")
          throw new ProgramError(`the index ${value} lies outside ${lo}..${hi}`, { code: "out-of-range" })
        throw new ProgramError(`the assumption ${lo}..${hi} does not hold for ${value}`, {
          code: "out-of-range",
        })
      }
      return represent(a!.values as ArrayLike<number>, type)
    },
    sample: ([a]) => (a!.kind === "real" ? null : { lo: a!.lo, hi: a!.hi, by: "user" }),
  }),
}
