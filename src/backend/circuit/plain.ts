import { type Literal, literal } from "../../ir/index.ts"
import { type Diagonal, isConstant, writeDiagonal } from "./diagonal.ts"

/** The key of what a plain operand is made of; not enumerable, so that operands of equal values are equal. */
export const DIAGONAL: unique symbol = Symbol("diagonal")

/** What a ciphertext is added to or multiplied by in the clear. Numbers are centred representatives mod t. */
export type Plain =
  /** The same number in every slot: the cheapest product in time and noise. */
  | { readonly kind: "scalar"; readonly value: bigint }
  /** One number per ring element, the same in every lane. */
  | RingPlain
  /** A clear value known only at run time: piece `piece` of the plain operand `name` of the circuit. */
  | { readonly kind: "given"; readonly name: string; readonly piece: number }

export interface RingPlain {
  readonly kind: "ring"
  readonly values: Literal
  /** Where the values are written out only when they are read: what they are made of. */
  readonly [DIAGONAL]?: Diagonal
}

/** One number per ring element, as a scalar where all are equal. */
export const ringPlain = (ring: ArrayLike<number | bigint>): Plain => {
  const first = ring[0]!
  for (let e = 1; e < ring.length; e++) if (ring[e] !== first) return { kind: "ring", values: literal(ring) }
  return { kind: "scalar", value: BigInt(first) }
}

/**
 * A diagonal of a matrix, as a scalar where all of it is equal. A search looks at many circuits of which it keeps one, so
 * that the ring is written out when it is first read.
 */
export const diagonalPlain = (diagonal: Diagonal): Plain => {
  if (isConstant(diagonal)) return { kind: "scalar", value: BigInt(diagonal.values[0]!) }
  let written: Literal | undefined
  const plain: RingPlain = {
    kind: "ring",
    get values() {
      written ??= literal(writeDiagonal(diagonal))
      return written
    },
  }
  return Object.defineProperty(plain, DIAGONAL, { value: diagonal })
}
