import { type Literal, nodesOf, type Program } from "../../ir/index.ts"
import type { Circuit } from "../circuit/circuit.ts"
import type { Layout } from "../circuit/layout.ts"

/**
 * Circuits of one program that were lowered before, by layout: without tables and refreshes, moduli that all numbers are
 * small for make the same circuit.
 */
export class LoweredCircuits {
  readonly #circuits = new Map<string, Circuit>()
  readonly #most: bigint

  constructor(program: Program) {
    this.#most = mostOf(program)
  }

  /** Lowers what was not lowered before; undefined where `make` gives nothing. */
  get({ n, ring }: Layout, t: bigint, make: () => Circuit | undefined): Circuit | undefined {
    if (2n * this.#most >= t) return make()
    const key = `${n} ${ring}`
    const known = this.#circuits.get(key)
    if (known !== undefined) return { ...known, t }
    const circuit = make()
    if (circuit !== undefined) this.#circuits.set(key, circuit)
    return circuit
  }
}

/** The largest absolute value of all that a circuit takes from the program, as far as it has neither tables nor refreshes. */
const mostOf = (program: Program): bigint =>
  nodesOf(program).reduce((most, node) => {
    if (node.op === "table" || node.op === "refresh") return BEYOND
    if (node.op !== "linear") return most
    return [node.attrs.matrix.value, node.attrs.bias.values].map(largest).reduce(greater, most)
  }, 1n)

/** More than any modulus. */
const BEYOND = 2n ** 64n

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b)

const largest = (values: Literal["values"]): bigint => {
  if (!(values instanceof BigInt64Array)) {
    let most = 0
    for (const value of values) most = Math.max(most, Math.abs(value))
    return BigInt(most)
  }
  return values.reduce((most, value) => greater(most, value < 0n ? -value : value), 0n)
}
