import { oneHotValues, type Values } from "../data/index.ts"
import type { CircuitInput } from "./circuit.ts"

/** The flat values that are encrypted for those of an input: 0s and 1s where the circuit takes it one-hot. */
export const encodeInput = (
  { lo, encoding }: Pick<CircuitInput, "lo" | "encoding">,
  values: Values,
): Values => (encoding === undefined ? values : oneHotValues(values, lo, encoding))
