import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { enc, type Inputs, range, Tensor, type Trace, trace } from "../../src/frontend/index.ts"
import * as np from "../../src/numpy.ts"

/** One argument of a call, as scripts/record_numpy.py writes it: a value of the program, values by name, or plain data. */
type Argument = number | boolean | string | null | { v: number } | { o: Record<string, unknown> } | Argument[]

/** A program and what numpy makes of it; null where numpy refuses. */
export interface Recorded {
  readonly x: readonly [lo: number, hi: number, shape: number[], flat: number[]][]
  readonly s: readonly [name: string, form: 0 | 1, args: Argument[], part?: number][]
  readonly y: readonly [shape: number[], flat: (number | string)[]] | null
  /** Whether it is small enough to be lowered. */
  readonly c: 0 | 1
}

/** The recorded programs, and what their first line says of them. */
export const recorded = (): { numpy: string; programs: Recorded[] } => {
  const text = gunzipSync(readFileSync(new URL("recorded.json.gz", import.meta.url))).toString()
  const [head, ...lines] = text.trimEnd().split("\n")
  const { numpy } = JSON.parse(head!) as { numpy: string }
  return { numpy, programs: lines.map((line) => JSON.parse(line) as Recorded) }
}

const functions: Readonly<Record<string, unknown>> = { ...np }

const nameOf = (k: number): string => `x${k}`

/** The inputs of a program as declarations. */
export const inputsOf = ({ x }: Recorded): Inputs =>
  Object.fromEntries(x.map(([lo, hi, shape], k) => [nameOf(k), enc(range(lo, hi), shape)]))

/** The last step's value, written with the public calls. */
export const write = ({ x, s }: Recorded, inputs: Readonly<Record<string, Tensor>>): Tensor => {
  const values = x.map((_, k): Tensor => inputs[nameOf(k)]!)
  const read = (argument: Argument): unknown => {
    if (Array.isArray(argument)) return argument.map(read)
    if (argument === null || typeof argument !== "object") return argument
    return "v" in argument ? values[argument.v]! : argument.o
  }
  for (const [name, form, args, part] of s) {
    const given = args.map(read)
    const [first, ...rest] = given
    const isMethod = form === 0 && first instanceof Tensor && name in first
    const result: unknown = isMethod
      ? Reflect.apply(Reflect.get(first, name) as () => unknown, first, rest)
      : Reflect.apply(functions[name] as () => unknown, undefined, given)
    values.push((part === undefined ? result : (result as Tensor[])[part]) as Tensor)
  }
  return values.at(-1)!
}

/** The program as the compiler sees it. */
export const traced = (program: Recorded): Trace =>
  trace("recorded", inputsOf(program), (inputs) => write(program, inputs))

/** The values of the inputs, nested. */
export const valuesOf = ({ x }: Recorded): Record<string, unknown> =>
  Object.fromEntries(x.map(([, , shape, flat], k) => [nameOf(k), nest(flat, shape)]))

const nest = (flat: readonly number[], shape: readonly number[]): unknown => {
  if (shape.length === 0) return flat[0]
  const size = shape.slice(1).reduce((p, q) => p * q, 1)
  return Array.from({ length: shape[0]! }, (_, i) =>
    nest(flat.slice(i * size, (i + 1) * size), shape.slice(1)),
  )
}

/** All numbers of a nested result in row-major order, as texts, so that large ones are compared exactly. */
export const flatTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap(flatTexts) : [String(value)]
