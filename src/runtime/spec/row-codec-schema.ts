import * as v from "valibot"
import {
  binaries,
  folds,
  lineFunctions,
  type RowCodec,
  type RowEncoding,
  type RowTest,
  RuntimeError,
  sizeAfter,
  sizeOf,
  unaries,
} from "../../data/index.ts"
import type { ProgramSpec } from "./program-spec.ts"

/** More than any model has that fits into a program. */
const MOST = 2 ** 20
/** More than any preprocessing has. */
const MOST_STEPS = 2 ** 14

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

const of = v.exactOptional(v.pipe(v.array(index), v.maxLength(MOST_STEPS)))
const length = v.exactOptional(v.pipe(index, v.minValue(1)))
const place = v.pipe(v.number(), v.safeInteger(), v.minValue(-1), v.maxValue(MOST))
const nameOf = <K extends string>(table: Readonly<Record<K, unknown>>) =>
  v.picklist(Object.keys(table) as [K, ...K[]])

const step = v.variant("kind", [
  v.strictObject({
    of,
    kind: v.literal("affine"),
    scale: perColumn,
    offset: perColumn,
    divisor: v.exactOptional(perColumn),
  }),
  v.strictObject({ of, kind: v.literal("matrix"), rows: few(reals), offset: perColumn }),
  v.strictObject({ of, kind: v.literal("pick"), columns: few(place), fill: v.exactOptional(real) }),
  v.strictObject({ of, kind: v.literal("concat") }),
  v.strictObject({ of, kind: v.literal("constant"), values: reals }),
  v.strictObject({
    of,
    kind: v.literal("oneHot"),
    categories: few(reals),
    strict: v.exactOptional(v.literal(true)),
  }),
  v.strictObject({
    of,
    kind: v.literal("lookup"),
    keys: reals,
    values: reals,
    otherwise: real,
    strict: v.exactOptional(v.literal(true)),
  }),
  v.strictObject({
    of,
    kind: v.literal("map"),
    function: nameOf(unaries),
    parameters: v.exactOptional(v.record(v.string(), real)),
  }),
  v.strictObject({ of, kind: v.literal("zip"), function: nameOf(binaries) }),
  v.strictObject({ of, kind: v.literal("select") }),
  v.strictObject({ of, kind: v.literal("fold"), by: nameOf(folds), length }),
  v.strictObject({ of, kind: v.literal("argument"), by: v.picklist(["max", "min"]), length }),
  v.strictObject({ of, kind: v.literal("line"), function: nameOf(lineFunctions), length }),
  v.strictObject({ of, kind: v.literal("normalize"), by: v.picklist(["max", "maxAbs", "l1", "l2"]), length }),
  v.strictObject({
    of,
    kind: v.literal("nearest"),
    k: v.pipe(index, v.minValue(1)),
    p: v.pipe(v.number(), v.minValue(1)),
    weights: v.picklist(["uniform", "distance"]),
    results: index,
    targets: reals,
  }),
])
const steps = v.pipe(v.array(step), v.maxLength(MOST_STEPS))

/** The form of a row codec in a specification. */
export const rowCodec = v.pipe(
  v.strictObject({
    columns: index,
    precision: v.picklist(["float32", "float64"]),
    before: v.exactOptional(steps),
    input: v.string(),
    encoding,
    output: v.string(),
    decoding: steps,
  }),
  v.transform((codec) => codec as RowCodec),
)

/** Throws RuntimeError for a codec that does not fit the program it came with. */
export const checkRows = (spec: ProgramSpec): void => {
  const wrong = spec.rows && misfitOf(spec, spec.rows)
  if (wrong) throw new RuntimeError(`the compiled program is damaged: rows: ${wrong}`, { code: "damaged" })
}

const misfitOf = ({ inputs, outputs }: ProgramSpec, rows: RowCodec): string | undefined => {
  const input = inputs.find(({ name }) => name === rows.input)
  if (input === undefined || inputs.length > 1) return `"${rows.input}" is not its only input`
  const output = outputs.find(({ name }) => name === rows.output)
  if (output === undefined) return `"${rows.output}" is no output of it`
  const size = sizeOf(input.shape)
  const { encoding, before = [] } = rows
  try {
    const width = sizeAfter(before, rows.columns)
    sizeAfter(rows.decoding, sizeOf(output.shape))
    return encoding.kind === "tests" ? oddTests(encoding.tests, width, size) : oddGrid(encoding, width, size)
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error
    return error.message
  }
}

const oddTests = (tests: readonly RowTest[], width: number, size: number): string | undefined => {
  if (tests.length !== size) return `${tests.length} tests do not fill an input of ${size} elements`
  const columns = tests.flatMap((test) =>
    test.is === "all" ? test.of.map((one) => one.test.column) : [test.column],
  )
  const odd = columns.find((column) => column >= width)
  return odd === undefined ? undefined : `a test asks column ${odd} of ${width}`
}

const oddGrid = (
  { scale, zero }: Extract<RowEncoding, { kind: "uniform" }>,
  width: number,
  size: number,
): string | undefined => {
  if (width !== size) return `${width} numbers do not fill an input of ${size} elements`
  const odd = [scale, zero].find(({ length }) => length !== 1 && length !== size)
  return odd && `${odd.length} scales or zeros do not fit an input of ${size} elements`
}
