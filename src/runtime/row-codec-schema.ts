import * as v from "valibot"
import { links, type RowCodec, RuntimeError, sizeOf } from "../data/index.ts"
import type { ProgramSpec } from "./program-spec.ts"

/** More than any model has that fits into a program. */
const MOST = 2 ** 20
/** How deep steps may hold steps. */
const MOST_DEPTH = 3

const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MOST))
const real = v.union([v.number(), v.nan()])
const reals = v.pipe(v.array(real), v.maxLength(MOST))
const perColumn = v.pipe(v.array(real), v.minLength(1), v.maxLength(MOST))
const few = <S extends v.GenericSchema>(schema: S) => v.pipe(v.array(schema), v.maxLength(MOST))
const bit = v.picklist([0, 1])

const asked = { column: index, missing: bit, zeroIsMissing: v.exactOptional(v.literal(true)) }
const columnTests = [
  v.strictObject({ ...asked, is: v.picklist(["<=", "<", "=="]), threshold: real }),
  v.strictObject({ ...asked, is: v.literal("in"), categories: reals, truncated: v.boolean() }),
] as const
const wantedTest = v.strictObject({ test: v.variant("is", [...columnTests]), wanted: bit })
const rowTest = v.variant("is", [
  ...columnTests,
  v.strictObject({ is: v.literal("all"), of: few(wantedTest) }),
])

const encoding = v.variant("kind", [
  v.strictObject({
    kind: v.literal("uniform"),
    scale: perColumn,
    zero: perColumn,
    singleQuotient: v.exactOptional(v.literal(true)),
  }),
  v.strictObject({ kind: v.literal("tests"), tests: few(rowTest) }),
])

const plainSteps = [
  v.strictObject({
    kind: v.literal("affine"),
    scale: perColumn,
    offset: perColumn,
    divisor: v.exactOptional(perColumn),
  }),
  v.strictObject({ kind: v.literal("matrix"), rows: few(reals), offset: perColumn }),
  v.strictObject({ kind: v.literal("pick"), columns: few(index) }),
  v.strictObject({ kind: v.literal("impute"), values: perColumn }),
  v.strictObject({ kind: v.literal("oneHot"), categories: few(reals) }),
  v.strictObject({ kind: v.literal("normalize"), by: v.picklist(["max", "maxAbs", "l1", "l2"]) }),
  v.strictObject({ kind: v.literal("link"), link: v.picklist(links) }),
] as const

/** Steps that hold others up to a depth, so that no file makes a reader recurse for ever. */
const stepOf = (depth: number): v.GenericSchema => {
  if (depth === 0) return v.variant("kind", [...plainSteps])
  const parts = few(few(stepOf(depth - 1)))
  return v.variant("kind", [...plainSteps, v.strictObject({ kind: v.literal("concat"), parts })])
}
const step = stepOf(MOST_DEPTH)

const nearest = v.strictObject({
  kind: v.literal("nearest"),
  k: v.pipe(index, v.minValue(1)),
  p: v.pipe(v.number(), v.minValue(1)),
  weights: v.picklist(["uniform", "distance"]),
  results: index,
  targets: reals,
})

/** The form of a row codec in a specification. */
export const rowCodec = v.pipe(
  v.strictObject({
    columns: index,
    precision: v.picklist(["float32", "float64"]),
    before: v.exactOptional(few(step)),
    input: v.string(),
    encoding,
    output: v.string(),
    decoding: few(v.union([nearest, step])),
  }),
  v.transform((codec) => codec as RowCodec),
)

/** Throws RuntimeError for a codec that does not fit the program it came with. */
export const checkRows = (spec: ProgramSpec): void => {
  const wrong = spec.rows && misfitOf(spec, spec.rows)
  if (wrong) throw new RuntimeError(`the compiled program is damaged: rows: ${wrong}`)
}

const misfitOf = ({ inputs, outputs }: ProgramSpec, rows: RowCodec): string | undefined => {
  const input = inputs.find(({ name }) => name === rows.input)
  if (input === undefined || inputs.length > 1) return `"${rows.input}" is not its only input`
  if (!outputs.some(({ name }) => name === rows.output)) return `"${rows.output}" is no output of it`
  const size = sizeOf(input.shape)
  const { encoding } = rows
  if (encoding.kind === "tests") {
    const { length } = encoding.tests
    return length === size ? undefined : `${length} tests do not fill an input of ${size} elements`
  }
  const odd = [encoding.scale, encoding.zero].find(({ length }) => length !== 1 && length !== size)
  return odd && `${odd.length} scales or zeros do not fit an input of ${size} elements`
}
