/** An object outside the garbage collector's reach. */
export interface Deletable {
  delete(): void
}

/** Counts the live objects of one WASM instance. */
export interface Census {
  live: number
}

/**
 * Owns WASM objects and frees them: one by one by `free`, and all that are left when the scope is disposed.
 * Whoever makes an object gives it to a scope at once, so that nothing leaks when the next line throws.
 */
export class Scope implements Disposable {
  readonly #census: Census
  readonly #owned = new Set<Deletable>()

  constructor(census: Census) {
    this.#census = census
  }

  own<T extends Deletable>(object: T): T {
    this.#owned.add(object)
    this.#census.live++
    return object
  }

  /** Frees an object of this scope; one that it does not own is left alone. */
  free(object: Deletable): void {
    if (!this.#owned.delete(object)) return
    this.#census.live--
    object.delete()
  }

  [Symbol.dispose](): void {
    for (const object of this.#owned) this.free(object)
  }
}
