import { type Integer, printShape, sizeOf } from "../data/index.ts"
import type { Literal, Shape } from "../ir/index.ts"
import { fail } from "./fail.ts"
import { literalOf } from "./literals.ts"
import { isConstant, type TensorLike } from "./operands.ts"
import { range } from "./spec.ts"
import { isTensor } from "./tensor-base.ts"

/** The value that entry 0 stands for; 0 unless given. */
export interface LookupOptions {
  readonly offset?: Integer
}

/** Results for the integers from `offset` on. `shape` has the entries on its last axis; leading axes hold several tables. */
export interface LookupTable {
  readonly entries: Literal
  readonly shape: Shape
  readonly offset: bigint
}

/** A table checked once, for use in several lookups. Throws ProgramError when an entry is no integer. */
export const table = (values: TensorLike, { offset = 0 }: LookupOptions = {}): LookupTable => {
  const { value, shape } = isTensor(values) ? constantOf(values) : literalOf(values)
  if (shape.length === 0) fail("a table is one value, but a list of entries was needed")
  if (shape.at(-1) === 0) fail(`a table of shape ${printShape(shape)} has no entries`)
  if (value.kind === "real") {
    const i = (value.values as Float64Array).findIndex((entry) => !Number.isInteger(entry))
    fail(
      `entry ${i % sizeOf(shape.slice(-1))} of a table is ${value.values[i]}, not an integer\nround it first`,
    )
  }
  return Object.freeze({ entries: value, shape, offset: range(offset, offset).lo })
}

const constantOf = (values: TensorLike): { value: Literal; shape: Shape } => {
  if (isTensor(values) && isConstant(values)) return values.node.attrs as { value: Literal; shape: Shape }
  return fail(
    `${String(isTensor(values) && values.toString())} is given as a table, whose entries must be known while tracing\n` +
      "to choose among secrets compare with eq and choose with where",
    isTensor(values) ? values : undefined,
  )
}

/** Whether a value came from `table`. */
export const isLookupTable = (value: TensorLike | LookupTable): value is LookupTable =>
  typeof value === "object" && "entries" in value && "offset" in value
