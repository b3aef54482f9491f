import type { SealContext } from "lutra"

/** Milliseconds spent inside SEAL since the last `reset`. */
export interface SealClock {
  reset(): void
  readonly ms: number
}

/**
 * Times every call of SEAL that a run makes on a context, by wrapping the methods of its WASM instance's classes: each
 * context has an instance of its own. Constructors and `delete`, about a microsecond each, count as time outside.
 */
export const sealClock = ({ seal }: SealContext): SealClock => {
  let ms = 0
  for (const { prototype } of [seal.Evaluator, seal.BatchEncoder, seal.Ciphertext, seal.Plaintext]) {
    const methods: Record<string, unknown> = prototype as never
    for (const name of Object.getOwnPropertyNames(methods)) {
      const method = Object.getOwnPropertyDescriptor(methods, name)?.value
      if (typeof method !== "function" || name === "constructor") continue
      methods[name] = function (this: unknown, ...rest: unknown[]): unknown {
        const started = performance.now()
        try {
          return method.apply(this, rest)
        } finally {
          ms += performance.now() - started
        }
      }
    }
  }
  return {
    reset: () => {
      ms = 0
    },
    get ms() {
      return ms
    },
  }
}
