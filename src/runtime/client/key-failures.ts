import { RuntimeError } from "../../data/index.ts"

/** Decryptions that may fail before a key is given up: whoever sees which fail learns a little of the key from each. */
export const MOST_FAILURES = 3

/** How many decryptions have failed with one secret key, of all plaintext moduli together. */
export class KeyFailures {
  #count: number

  constructor(count = 0) {
    this.#count = count
  }

  get count(): number {
    return this.#count
  }

  add(): void {
    this.#count++
  }

  /** Throws RuntimeError when there are so many that the key is not to be used any more. */
  check(): void {
    if (this.#count < MOST_FAILURES) return
    throw new RuntimeError(
      `${this.#count} decryptions have failed with this secret key, and it is not used any more: each tells the server a little of it\n` +
        "make a new client without `keys`, and give its evaluation keys to a server that is believed to run the program",
      { code: "key-discarded" },
    )
  }

  /** As it is stored beside the key. */
  toBytes(): Uint8Array {
    return Uint8Array.of(Math.min(this.#count, 255))
  }
}
