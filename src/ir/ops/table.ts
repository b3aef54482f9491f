import { ProgramError, printShape, sizeOf, type Values } from "../../data/index.ts"
import {
  anySecret,
  asNumbers,
  computeExactly,
  intTypes,
  magnitude,
  represent,
  weightedRange,
} from "../arithmetic.ts"
import { boundExpression, parseExpression, undefinedAt } from "../expression.ts"
import { type Literal, literal, literalRange, rangeOf, storedValues } from "../literal.ts"
import { type Entry, matrixFromRows, rowSum } from "../matrix.ts"
import { type Operand, op } from "../op.ts"
import {
  abs,
  broadcastIndices,
  broadcastShapes,
  type IntType,
  intType,
  max,
  min,
  realType,
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

const matrixRange = (
  operands: readonly Operand[],
  matrix: ReturnType<typeof matrixFromRows>,
  bias: Literal["values"],
) => {
  const types = intTypes(operands)
  const ends: number[] = []
  for (const { shape } of types) ends.push((ends.at(-1) ?? 0) + sizeOf(shape))
  let lo: bigint | undefined
  let hi: bigint | undefined
  for (let r = 0; r < matrix.rows; r++) {
    let low = BigInt(bias[r]!)
    let high = low
    // Columns ascend, so that the entries of a row meet one operand after the other.
    for (let i = matrix.start[r]!, k = 0; i < matrix.start[r + 1]!; ) {
      while (matrix.column[i]! >= ends[k]!) k++
      const from = i
      while (i < matrix.start[r + 1]! && matrix.column[i]! < ends[k]!) i++
      const range = weightedRange(matrix.value.subarray(from, i), types[k]!)
      low += range.lo
      high += range.hi
    }
    lo = lo === undefined || low < lo ? low : lo
    hi = hi === undefined || high > hi ? high : hi
  }
  return { lo: lo ?? 0n, hi: hi ?? 0n }
}

export const tableOps = {
  apply: op({
    doc: "An elementwise expression in mathjs syntax over x, y, z, x3, … for its operands; exact once `fuse-tables` has tabulated it.",
    arity: "any",
    attrs: { expr: "expression" },
    infer: (operands, { expr }) => {
      if (expr.arity > operands.length) {
        throw new ProgramError(
          `"${expr.text}" names ${expr.arity} operands, but there are ${operands.length}`,
        )
      }
      const types = operands.map(({ type }) => type)
      const shape = types.map((type) => type.shape).reduce(broadcastShapes)
      const secret = anySecret(operands)
      const { integer, lo, hi } = boundExpression(expr, types, ENUMERABLE)
      if (!integer) return realType(secret, lo, hi, shape)
      if (!Number.isSafeInteger(lo) || !Number.isSafeInteger(hi)) {
        throw new ProgramError(
          `"${expr.text}" may reach ${lo}..${hi}, which is no range of exact integers\nclip it before it is rounded`,
        )
      }
      return intType(secret, BigInt(lo), BigInt(hi), shape)
    },
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
        result[i] = expr.evaluate(point)
        if (Number.isNaN(result[i])) throw new ProgramError(undefinedAt(expr, point))
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
        )
      }
      if (index?.values.some((k: number | bigint) => k < 0)) {
        throw new ProgramError(`a table index of ${literalRange(index).lo}; tables are numbered from 0`)
      }
      if (!Number.isInteger(size) || size === 0) {
        throw new ProgramError(`${entries.values.length} entries do not make ${tables} tables of one size`)
      }
      if (a.lo < lo || a.hi > lo + BigInt(size) - 1n) {
        throw new ProgramError(
          `the table covers ${lo}..${lo + BigInt(size) - 1n}, but the value lies in ${a.lo}..${a.hi}\n` +
            "give one entry for every value, or narrow the value with clip or assume",
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
    doc: "The same value with a narrower range, believed and not inferred; `by` says on whose word: user, samples, or the name of a theorem.",
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
      if (low > high) {
        throw new ProgramError(`assume ${lo}..${hi} of a value in ${a.lo}..${a.hi}: the ranges do not meet`)
      }
      return intType(a.secret, low, high, a.shape)
    },
    evaluate: ([a], { lo, hi }, type) => {
      for (const value of a!.values) {
        if (value < lo || value > hi)
          throw new ProgramError(`the assumption ${lo}..${hi} does not hold for ${value}`)
      }
      return represent(a!.values as ArrayLike<number>, type)
    },
    sample: ([a]) => (a!.kind === "real" ? null : { lo: a!.lo, hi: a!.hi, by: "user" }),
  }),
  linear: op({
    doc: "`matrix` times the flattened operands, one after the other, plus `bias`.",
    arity: "any",
    attrs: { matrix: "matrix", bias: "literal", shape: "shape" },
    setsApart: true,
    bounds:
      ({ matrix, bias }, type) =>
      (operands) => {
        const reach =
          rowSum(matrix) * operands.reduce((m, { type: own }) => max(m, magnitude(own)), 0n) + magnitude(type)
        const low = operands.map(({ bounds }) => bounds.lo)
        const high = operands.map(({ bounds }) => bounds.hi)
        const sums = (whenPositive: readonly Values[], whenNegative: readonly Values[]): Values =>
          computeExactly(
            reach,
            type,
            [...whenPositive, ...whenNegative, storedValues(matrix.value), storedValues(bias.values)],
            (parts) => {
              const up = parts.slice(0, operands.length).flatMap((part) => Array.from(part))
              const down = parts.slice(operands.length, -2).flatMap((part) => Array.from(part))
              const [w, offsets] = parts.slice(-2)
              return Array.from({ length: matrix.rows }, (_, r) => {
                let total = offsets![r]!
                for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++) {
                  total += w![i]! * (w![i]! > 0 ? up : down)[matrix.column[i]!]!
                }
                return total
              })
            },
          )
        return { lo: sums(low, high), hi: sums(high, low) }
      },
    infer: (operands, { matrix, bias, shape }) => {
      const columns = intTypes(operands).reduce((sum, type) => sum + sizeOf(type.shape), 0)
      const size = sizeOf(shape)
      if (matrix.columns !== columns || matrix.rows !== size || bias.values.length !== size) {
        throw new ProgramError(
          `linear with a ${matrix.rows}x${matrix.columns} matrix and ${bias.values.length} biases ` +
            `takes ${columns} elements to ${size}`,
        )
      }
      const { lo, hi } = matrixRange(operands, matrix, bias.values)
      return intType(anySecret(operands), lo, hi, shape)
    },
    evaluate: (operands, { matrix, bias }, type) => {
      const most = operands.reduce((m, operand) => max(m, magnitude(operand.type as IntType)), 0n)
      const reach = rowSum(matrix) * most + abs(literalRange(bias).lo) + abs(literalRange(bias).hi)
      return computeExactly(
        reach,
        type,
        [...operands.map(({ values }) => values), storedValues(matrix.value), storedValues(bias.values)],
        (parts) => {
          const offsets = parts.at(-1)!
          const w = parts.at(-2)!
          const x = parts.slice(0, -2).flatMap((part) => Array.from(part))
          return Array.from({ length: matrix.rows }, (_, r) => {
            let total = offsets[r]!
            for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++)
              total += w[i]! * x[matrix.column[i]!]!
            return total
          })
        },
      )
    },
    sample: (operands, pick) => {
      const columns = operands.reduce((sum, type) => sum + sizeOf(type.shape), 0)
      const shape = pick.of([[], [2], [3], [4]])
      const rows = Array.from({ length: sizeOf(shape) }, (): Entry[] =>
        columns === 0 ? [] : [0, 1].map(() => ({ column: pick.int(0, columns - 1), value: pick.int(-2, 2) })),
      )
      const bias = literal(rows.map(() => pick.int(-3, 3)))
      return { matrix: matrixFromRows(columns, rows), bias, shape }
    },
  }),
}
