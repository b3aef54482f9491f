import { type Layout, lanesOf, type Plain, type Slots, slotOf } from "../../backend/index.ts"
import { PlainCache } from "./plain-cache.ts"
import type { Scope } from "./scope.ts"
import type { Plaintext, SealContext } from "./seal-context.ts"

/** Gives the plain operands of one run to SEAL, each encoded at most once per form while the memory lasts. */
export class PlainEncoder implements Disposable {
  readonly #context: SealContext
  readonly #layout: Layout
  readonly #constants: PlainCache
  readonly #given: (name: string, piece: number) => Slots
  readonly #run: PlainCache

  /** `constants` outlives the run; what is encoded of `given`, the run-time values as slots, does not. */
  constructor(
    context: SealContext,
    layout: Layout,
    constants: PlainCache,
    given: (name: string, piece: number) => Slots,
  ) {
    this.#context = context
    this.#layout = layout
    this.#constants = constants
    this.#given = given
    this.#run = new PlainCache(context, RUN_BYTES)
  }

  /** In coefficient form, which sums and BFV's scalar products take. */
  coefficients<T>(plain: Plain, consume: (plain: Plaintext) => T): T {
    const { form, bytes, encode } = this.#coefficientForm(plain)
    return this.#cacheOf(plain).use(keyOf(plain), form, bytes, encode, consume)
  }

  /** Encodes a constant in coefficient form ahead of its first use, if it fits in the cache. */
  prepareCoefficients(plain: Constant): void {
    const { form, bytes, encode } = this.#coefficientForm(plain)
    this.#constants.prepare(keyOf(plain), form, bytes, encode)
  }

  /** In NTT form, for a ciphertext with so many primes. */
  transformed<T>(plain: Plain, primes: number, consume: (plain: Plaintext) => T): T {
    const { form, bytes, encode } = this.#nttForm(plain, primes)
    return this.#cacheOf(plain).use(keyOf(plain), form, bytes, encode, consume)
  }

  /** Encodes a constant in NTT form ahead of its first use, if it fits in the cache. */
  prepareTransformed(plain: Constant, primes: number): void {
    const { form, bytes, encode } = this.#nttForm(plain, primes)
    this.#constants.prepare(keyOf(plain), form, bytes, encode)
  }

  [Symbol.dispose](): void {
    this.#run[Symbol.dispose]()
  }

  #coefficientForm(plain: Plain): Encoding {
    const bytes = plain.kind === "scalar" ? SCALAR_BYTES : 8 * this.#layout.n
    return { form: 0, bytes, encode: (scope) => this.#encode(plain, scope) }
  }

  #nttForm(plain: Plain, primes: number): Encoding {
    const encode = (scope: Scope) => {
      const encoded = this.#encode(plain, scope)
      this.#context.transform(encoded, primes)
      return encoded
    }
    return { form: primes, bytes: 8 * this.#layout.n * primes, encode }
  }

  #cacheOf(plain: Plain): PlainCache {
    return plain.kind === "given" ? this.#run : this.#constants
  }

  #encode(plain: Plain, scope: Scope): Plaintext {
    const { t } = this.#context.parameters
    switch (plain.kind) {
      case "scalar":
        return this.#context.encodeConstant(residue(plain.value, t), scope)
      case "ring":
        return this.#context.encode(ringSlots(this.#layout, plain.values.values, t), scope)
      case "given": {
        const slots: ArrayLike<number | bigint> = this.#given(plain.name, plain.piece)
        return this.#context.encode(BigUint64Array.from(slots, BigInt), scope)
      }
    }
  }
}

/** An operand that is known before a run. */
export type Constant = Exclude<Plain, { kind: "given" }>

/** How an operand is encoded in one form, and the bytes that takes. */
interface Encoding {
  readonly form: number
  readonly bytes: number
  readonly encode: (scope: Scope) => Plaintext
}

/** Memory for the encoded clear values of one run. */
const RUN_BYTES = 2 ** 28
/** About what a plaintext of one coefficient takes, with its bookkeeping. */
const SCALAR_BYTES = 512

const keyOf = (plain: Plain): unknown => {
  switch (plain.kind) {
    case "scalar":
      return plain.value
    case "ring":
      return plain.values
    case "given":
      return `${plain.piece} ${plain.name}`
  }
}

/** Element e of the ring in all lanes. */
const ringSlots = (layout: Layout, values: ArrayLike<number | bigint>, t: bigint): BigUint64Array => {
  const slots = new BigUint64Array(layout.n)
  for (let e = 0; e < layout.ring; e++) {
    const value = residue(BigInt(values[e]!), t)
    for (let lane = 0; lane < lanesOf(layout); lane++) slots[slotOf(layout, e, lane)] = value
  }
  return slots
}

const residue = (value: bigint, t: bigint): bigint => ((value % t) + t) % t
