import type { Parameters, Plain } from "../../backend/index.ts"
import { literal } from "../../ir/index.ts"
import { KeyFailures } from "../client/key-failures.ts"
import { loadEvaluationKeys } from "../seal/evaluation-keys.ts"
import { PlainCache } from "../seal/plain-cache.ts"
import { PlainEncoder } from "../seal/plain-encoder.ts"
import type { Scope } from "../seal/scope.ts"
import { type Ciphertext, SealContext } from "../seal/seal-context.ts"
import { type Handle, SealOps } from "../seal/seal-ops.ts"
import { SealSecret } from "../seal/seal-secret.ts"

/** What a server does with SEAL, in the parts that the cost model prices. */
export const OPERATIONS = [
  "input",
  "multiply",
  "square",
  "relinearize",
  "rotate",
  "scalarProduct",
  "vectorProduct",
  "enterNtt",
  "leaveNtt",
  "add",
  "addScalar",
  "addVector",
  "dropLevel",
] as const
export type Operation = (typeof OPERATIONS)[number]

/** Each does its operation once and frees the result. One that there is not at this level or in this scheme is left out. */
export type Steps = Readonly<Partial<Record<Operation, () => void>>>

/**
 * The operations of a server on random values, ready to be timed one by one: with keys, ciphertexts and encoded vectors
 * made beforehand, through the same `SealOps` that runs circuits.
 */
export class SealSteps implements Disposable {
  /** Throws RuntimeError as `SealContext.create` does. */
  static async create(parameters: Parameters): Promise<SealSteps> {
    return new SealSteps(await SealContext.create(parameters))
  }

  readonly context: SealContext
  readonly #scope: Scope
  readonly #plains: PlainEncoder
  readonly #cache: PlainCache
  readonly #ops: SealOps
  readonly #vector: Plain

  private constructor(context: SealContext) {
    this.context = context
    this.#scope = context.scope()
    const { n } = context.parameters
    const layout = { n, ring: n / 2 }
    const values = Array.from({ length: n }, (_, i) => (i * 40503) % 65536)
    using secret = new SealSecret(context, new KeyFailures())
    const input = secret.encrypt(BigUint64Array.from(values, BigInt))
    const keys = { relinearization: true, rotations: [1] }
    const blobs = secret.evaluationKeys(keys)
    this.#vector = { kind: "ring", values: literal(values.slice(0, n / 2)) }
    this.#cache = new PlainCache(context, Infinity)
    this.#plains = new PlainEncoder(context, layout, this.#cache, () => {
      throw new Error("unreachable: no values are given")
    })
    this.#ops = new SealOps({
      context,
      layout,
      keys: loadEvaluationKeys(context, keys, blobs, this.#scope),
      plains: this.#plains,
      input: () => input,
      scope: this.#scope,
    })
  }

  /** The operations on ciphertexts with so many data primes left. */
  at(level: number): Steps {
    const ops = this.#ops
    const vector = this.#vector
    const scalar: Plain = { kind: "scalar", value: 12345n }
    const { scheme, primes } = this.context.parameters
    const isFresh = level === primes.length - 1
    const [a, b, transformed] = [this.#fresh(level), this.#fresh(level), this.#fresh(level)]
    const product = ops.multiply(a, b)
    const step = (run: () => Handle) => () => ops.free(run())
    return {
      ...(isFresh && { input: step(() => ops.input("x", 0)) }),
      multiply: step(() => ops.multiply(a, b)),
      square: step(() => ops.multiply(a, a)),
      relinearize: step(() => ops.relinearize(product)),
      rotate: step(() => ops.rotate(a, 1)),
      scalarProduct: step(() => ops.multiplyPlain(a, scalar)),
      // The first time transforms the ciphertext and the vector, which both are kept.
      vectorProduct: step(() => ops.multiplyPlain(transformed, vector)),
      ...(scheme === "bfv" && this.#transforms(a)),
      add: step(() => ops.add(a, b)),
      addScalar: step(() => ops.addPlain(a, scalar)),
      addVector: step(() => ops.addPlain(a, vector)),
      ...(level > 1 && { dropLevel: step(() => ops.dropLevel(a)) }),
    }
  }

  [Symbol.dispose](): void {
    this.#plains[Symbol.dispose]()
    this.#cache[Symbol.dispose]()
    this.#scope[Symbol.dispose]()
    this.context.dispose()
  }

  #fresh(level: number): Handle {
    let handle = this.#ops.input("x", 0)
    for (let i = this.context.parameters.primes.length - 1; i > level; i--)
      handle = this.#ops.dropLevel(handle)
    return handle
  }

  /** Into NTT form and out of it: `SealOps` does them on the way to something else. */
  #transforms({ coefficients }: Handle): Steps {
    const { evaluator, seal } = this.context
    const make = (run: (out: Ciphertext) => void): Ciphertext => {
      const out = this.#scope.own(new seal.Ciphertext())
      run(out)
      return out
    }
    const enter = () => make((out) => evaluator.cipherTransformToNtt(coefficients!, out))
    const ntt = enter()
    const leave = () => make((out) => evaluator.cipherTransformFromNtt(ntt, out))
    return {
      enterNtt: () => this.#scope.free(enter()),
      leaveNtt: () => this.#scope.free(leave()),
    }
  }
}
