import type { Circuit } from "../../backend/index.ts"

/** Instructions that a server and each of its workers keep. */
const MOST_INSTRUCTIONS = 1_000_000

/** Circuits by what they are for: those that were used longest ago go when all together have too many instructions. */
export class CircuitCache<K> {
  readonly #circuits = new Map<K, Circuit>()
  readonly #most: number
  #instructions = 0

  /** `most` is how many instructions all have together, but for one that has more alone; some 100 bytes each. */
  constructor(most = MOST_INSTRUCTIONS) {
    this.#most = most
  }

  has(key: K): boolean {
    return this.#circuits.has(key)
  }

  /** The circuit under that key, made where it is not here or had to go. */
  get(key: K, make: () => Circuit): Circuit {
    const circuit = this.#circuits.get(key) ?? make()
    if (this.#circuits.delete(key)) this.#instructions -= circuit.instructions.length
    this.#circuits.set(key, circuit)
    this.#instructions += circuit.instructions.length
    for (const [oldest, { instructions }] of this.#circuits) {
      if (this.#instructions <= this.#most || oldest === key) break
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
