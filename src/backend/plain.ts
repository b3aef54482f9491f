import { type Literal, literal } from "../ir/index.ts"

/** What a ciphertext is added to or multiplied by in the clear. Numbers are centred representatives mod t. */
export type Plain =
  /** The same number in every slot: the cheapest product in time and noise. */
  | { readonly kind: "scalar"; readonly value: bigint }
  /** One number per ring element, the same in every lane. */
  | { readonly kind: "ring"; readonly values: Literal }
  /** A clear value known only at run time: piece `piece` of the plain operand `name` of the circuit. */
  | { readonly kind: "given"; readonly name: string; readonly piece: number }

/** One number per ring element, as a scalar where all are equal. */
export const ringPlain = (ring: ArrayLike<number | bigint>): Plain => {
  const first = ring[0]!
  for (let e = 1; e < ring.length; e++) if (ring[e] !== first) return { kind: "ring", values: literal(ring) }
  return { kind: "scalar", value: BigInt(first) }
}
