import {
  fitsSymbols,
  type OneHot,
  oneHotValues,
  type Symbols,
  sizeOf,
  symbolValues,
  tellsApart,
  type Values,
} from "../../data/index.ts"
import type { CircuitInput } from "./circuit.ts"

/** How a client writes an input in 0s and 1s before it is encrypted: one-hot, or as the symbols of a masked value. */
export type Encoding = OneHot | Symbols

/** The flat values that are encrypted for those of an input: 0s and 1s where the circuit takes it so. */
export const encodeInput = (
  { lo, hi, encoding }: Pick<CircuitInput, "lo" | "hi" | "encoding">,
  values: Values,
): Values => {
  if (encoding === undefined) return values
  return "symbols" in encoding ? symbolValues(values, hi + 1n, encoding) : oneHotValues(values, lo, encoding)
}

/** Whether an input's values are told apart in the 0s and 1s that its client writes. */
export const isToldApart = ({
  lo,
  hi,
  shape,
  encoding,
}: Pick<CircuitInput, "lo" | "hi" | "shape" | "encoding">): boolean => {
  if (encoding === undefined) return true
  if ("symbols" in encoding) return lo === 0n && fitsSymbols(encoding, hi + 1n, sizeOf(shape))
  return tellsApart(encoding, hi - lo + 1n)
}

/** The numbers that are encrypted for an input of so many elements. */
export const writtenLength = (encoding: Encoding | undefined, elements: number): number => {
  if (encoding === undefined) return elements
  return "symbols" in encoding
    ? encoding.symbols * encoding.stride
    : encoding.base * encoding.digits * elements
}
