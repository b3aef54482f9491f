import type { Circuit } from "../backend/index.ts"

/** Circuits by what they are for: those that were used longest ago go when all together have too many instructions. */
export class CircuitCache<K> {
  readonly #circuits = new Map<K, Circuit>()
  #instructions = 0

  /** The circuit under that key, made where it is not here or had to go. */
  get(key: K, make: () => Circuit): Circuit {
    const circuit = this.#circuits.get(key) ?? make()
    if (this.#circuits.delete(key)) this.#instructions -= circuit.instructions.length
    this.#circuits.set(key, circuit)
    this.#instructions += circuit.instructions.length
    for (const [oldest, { instructions }] of this.#circuits) {
      if (this.#instructions <= MOST_INSTRUCTIONS || oldest === key) break
      this.#circuits.delete(oldest)
      this.#instructions -= instructions.length
    }
    return circuit
  }

  clear(): void {
    this.#circuits.clear()
    this.#instructions = 0
  }
}

/** Instructions that all circuits of a cache have together: some 100 bytes each. */
const MOST_INSTRUCTIONS = 1_000_000
