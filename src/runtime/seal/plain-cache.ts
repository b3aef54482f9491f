import type { Scope } from "./scope.ts"
import type { Plaintext, SealContext } from "./seal-context.ts"

/**
 * Encoded plaintexts, kept for the next run as long as they fit in a budget of bytes. What does not fit is encoded
 * again each time: a run uses its plaintexts in the same order as the last one, so dropping the oldest would drop each
 * of them just before it is needed.
 */
export class PlainCache implements Disposable {
  readonly #context: SealContext
  readonly #scope: Scope
  readonly #budget: number
  readonly #entries = new Map<unknown, Map<number, Plaintext>>()
  #bytes = 0

  constructor(context: SealContext, budget: number) {
    this.#context = context
    this.#scope = context.scope()
    this.#budget = budget
  }

  /** Calls `consume` with the plaintext of `value` in form `form`, made by `encode` in the scope it is given. */
  use<T>(
    value: unknown,
    form: number,
    bytes: number,
    encode: (scope: Scope) => Plaintext,
    consume: (plain: Plaintext) => T,
  ): T {
    const known = this.#entries.get(value)?.get(form)
    if (known !== undefined) return consume(known)
    if (this.#bytes + bytes > this.#budget) {
      using scope = this.#context.scope()
      return consume(encode(scope))
    }
    const plain = encode(this.#scope)
    const forms = this.#entries.get(value) ?? new Map<number, Plaintext>()
    this.#entries.set(value, forms.set(form, plain))
    this.#bytes += bytes
    return consume(plain)
  }

  /** Makes the plaintext of `value` in form `form` ahead of its first use, if it fits. */
  prepare(value: unknown, form: number, bytes: number, encode: (scope: Scope) => Plaintext): void {
    if (this.#bytes + bytes <= this.#budget) this.use(value, form, bytes, encode, () => {})
  }

  [Symbol.dispose](): void {
    this.#entries.clear()
    this.#bytes = 0
    this.#scope[Symbol.dispose]()
  }
}
