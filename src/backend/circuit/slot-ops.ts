import type { Plain } from "./plain.ts"

/**
 * What a machine for encrypted slot vectors can do, scheme-neutral. Kernels are written once against this interface;
 * its interpreters are plain vectors, an operation counter, the noise estimate, the circuit recorder and SEAL itself.
 * Operands of products, rotations and products with vectors must have been relinearized after their last product.
 */
export interface SlotOps<T> {
  /** Piece `piece` of the encrypted input `name`. */
  input(name: string, piece: number): T
  add(a: T, b: T): T
  sub(a: T, b: T): T
  negate(a: T): T
  /** Slotwise product; the same value twice is a square. The result needs `relinearize` before a product or rotation. */
  multiply(a: T, b: T): T
  relinearize(a: T): T
  /** Rotates both rows left by `steps` slots, 0 < steps < n/2; by n/2 exchanges the rows. */
  rotate(a: T, steps: number): T
  addPlain(a: T, plain: Plain): T
  multiplyPlain(a: T, plain: Plain): T
  /** The same value one level down: one prime fewer. */
  dropLevel(a: T): T
  /** Hides every slot whose ring element is >= `used` modulo `period` by adding fresh uniform randomness there. */
  blind(a: T, period: number, used: number): T
}

/** The instructions of a circuit: one for each operation, and `free` after a value's last use. */
export type SlotOpName = keyof SlotOps<unknown>
