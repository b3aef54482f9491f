import { printShape, sizeOf } from "../../../data/index.ts"
import { type Literal, literal, type Shape } from "../../../ir/index.ts"
import { fail } from "../../core/fail.ts"
import { literalOf } from "../../core/literals.ts"
import { isConstant, type TensorLike } from "../../core/operands.ts"
import { range } from "../../core/spec.ts"
import { isTensor } from "../../core/tensor-base.ts"
import { argument, exact, flag, tensor } from "../../operator/argument.ts"
import { type Options, operator } from "../../operator/operator.ts"
import { named, required } from "../../operator/parameter.ts"

/** The parameters that say which values the entries of a table are for. */
export const tableOptions = [
  // The value that entry 0 stands for.
  named("offset", exact("an offset")),
  // Whether negative values count from the end, as Python's indices.
  named("wrap", flag("wrap")),
] as const

/** The value that entry 0 stands for, 0 unless said; or that negative values count from the end, as Python's indices. */
export type LookupOptions = Options<typeof tableOptions>

/** Results for the integers from `offset` on. `shape` has the entries on its last axis; leading axes hold several tables. */
export interface LookupTable {
  readonly entries: Literal
  readonly shape: Shape
  readonly offset: bigint
}

/** A table checked once, for use in several lookups. Throws ProgramError when an entry is no integer. */
export const table = operator(
  "table",
  [required("values", argument<TensorLike>("a table", "a list of entries", tensor.accepts)), ...tableOptions],
  (values, options): LookupTable => {
    const { offset = 0, wrap = false } = checkedOptions(options)
    const { value, shape } = isTensor(values) ? constantOf(values) : literalOf(values)
    if (shape.length === 0) fail("wrong-shape", "a table is one value, but a list of entries was needed")
    if (shape.at(-1) === 0) fail("wrong-shape", `a table of shape ${printShape(shape)} has no entries`)
    if (value.kind === "real") {
      const i = (value.values as Float64Array).findIndex((entry) => !Number.isInteger(entry))
      fail(
        "not-integer",
        `entry ${i % sizeOf(shape.slice(-1))} of a table is ${value.values[i]}, not an integer\nround it first`,
      )
    }
    const count = shape.at(-1)!
    return Object.freeze(
      wrap
        ? { entries: twice(value, count), shape: shape.with(-1, 2 * count), offset: BigInt(-count) }
        : { entries: value, shape, offset: range(offset, offset).lo },
    )
  },
)

/** Throws ProgramError for options that exclude each other. */
export const checkedOptions = (options: LookupOptions): LookupOptions => {
  if (options.wrap === true && options.offset !== undefined)
    fail("wrong-argument", "a table with an offset and wrap\nof a table that wraps, entry 0 is for 0")
  return options
}

/** Each table, of so many entries, after itself: the first time for the negative values. */
const twice = ({ values }: Literal, count: number): Literal =>
  literal(
    Array.from(
      { length: 2 * values.length },
      (_, i) => values[Math.floor(i / (2 * count)) * count + (i % count)]!,
    ),
  )

const constantOf = (values: TensorLike): { value: Literal; shape: Shape } => {
  if (isTensor(values) && isConstant(values)) return values.node.attrs as { value: Literal; shape: Shape }
  return fail(
    "data-dependent",
    `${String(isTensor(values) && values.toString())} is given as a table, whose entries must be known while tracing\n` +
      (isTensor(values) && !values.node.type.secret
        ? "give a clear tensor to lookup itself: x.lookup(tensor)"
        : "to read a secret tensor at a secret place write table.take(x)"),
    isTensor(values) ? values : undefined,
  )
}

/** Whether a value came from `table`. */
export const isLookupTable = (value: TensorLike | LookupTable): value is LookupTable =>
  typeof value === "object" && value !== null && "entries" in value && "offset" in value
