import {
  checkValues,
  RuntimeError,
  type Specification,
  sizeOf,
  unflatten,
  type Values,
} from "../../data/index.ts"
import { naming } from "./groups.ts"

interface Named extends Specification {
  readonly name: string
}

/** Clear inputs or outputs of all samples as JSON bytes: samples of tensors of flat decimal strings. */
export const encodeClear = (samples: readonly (readonly Values[])[]): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify(samples.map((tensors) => tensors.map((values) => Array.from(values, String)))),
  )

/** The most bytes that `encodeClear` makes of so many samples of these tensors. */
export const clearBytes = (tensors: readonly Specification[], samples: number): number => {
  const sample = tensors.reduce((total, { lo, hi, shape }) => {
    const digits = Math.max(String(lo).length, String(hi).length)
    return total + sizeOf(shape) * (digits + QUOTES_AND_COMMA) + BRACKETS_AND_COMMA
  }, BRACKETS_AND_COMMA)
  return samples * sample + BRACKETS_AND_COMMA
}
const QUOTES_AND_COMMA = 3
const BRACKETS_AND_COMMA = 3

/** Reads what `encodeClear` made. Throws RuntimeError unless every value is an integer of its tensor's range. */
export const decodeClear = (bytes: Uint8Array, tensors: readonly Named[], samples: number): Values[][] => {
  const rows = arrayOf(parseJson(bytes), samples, "samples")
  return rows.map((row, index) =>
    naming(samples > 1 ? `sample ${index}` : undefined, () => {
      const flats = arrayOf(row, tensors.length, "clear values")
      return tensors.map((tensor, i) => {
        const leaves = arrayOf(flats[i], sizeOf(tensor.shape), `values of "${tensor.name}"`)
        return checkValues(tensor.name, unflatten(leaves.map(toInteger), tensor.shape), tensor)
      })
    }),
  )
}

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new RuntimeError("the clear values are no JSON", { code: "damaged", cause })
  }
}

const arrayOf = (value: unknown, length: number, what: string): unknown[] => {
  if (Array.isArray(value) && value.length === length) return value
  throw new RuntimeError(
    `the clear values hold ${Array.isArray(value) ? value.length : "no array of"} ${what}, not ${length}`,
    { code: "damaged" },
  )
}

/** Of a bound of 1024 bits: longer text is not worth reading. */
const MOST_DIGITS = 310

const toInteger = (text: unknown): bigint => {
  if (typeof text === "string" && text.length <= MOST_DIGITS && /^(0|-?[1-9][0-9]*)$/.test(text)) {
    return BigInt(text)
  }
  const shown = String(JSON.stringify(text)).slice(0, 40)
  throw new RuntimeError(`the clear values hold ${shown}, which is no decimal integer`, { code: "damaged" })
}
