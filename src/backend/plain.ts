import type { Literal } from "../ir/index.ts"

/** What a ciphertext is added to or multiplied by in the clear. Numbers are centred representatives mod t. */
export type Plain =
  /** The same number in every slot: the cheapest product in time and noise. */
  | { readonly kind: "scalar"; readonly value: bigint }
  /** One number per ring element, the same in every lane. */
  | { readonly kind: "ring"; readonly values: Literal }
  /** A clear value known only at run time: piece `piece` of the plain operand `name` of the circuit. */
  | { readonly kind: "given"; readonly name: string; readonly piece: number }
