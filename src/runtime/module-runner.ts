import type { Circuit } from "../backend/index.ts"
import { type ClearResults, plainReader } from "./clear-part.ts"
import type { GroupHooks } from "./engine.ts"
import { type EvaluationKeys, loadEvaluationKeys } from "./evaluation-keys.ts"
import { DEFAULT_CACHE_BYTES, type GroupRunnerOptions } from "./group-runner.ts"
import { evaluationKeyRules } from "./messages.ts"
import type { ModuleSpec } from "./module-spec.ts"
import { sealOptions } from "./parts.ts"
import { PlainCache } from "./plain-cache.ts"
import { PlainEncoder } from "./plain-encoder.ts"
import { preparePlains } from "./prepare-plains.ts"
import { runCircuit } from "./run-circuit.ts"
import type { Scope } from "./scope.ts"
import { SealContext } from "./seal.ts"
import { type Handle, SealOps, type SealOpsSettings } from "./seal-ops.ts"
import { unpackMessage } from "./wire.ts"

/** What one group of samples brings to a circuit of a module. */
export interface ModuleJob {
  readonly circuit: Circuit
  readonly input: (name: string, piece: number) => Uint8Array
  /** Primes that a piece of an input has more than the circuit is made for. */
  readonly surplus: (name: string, piece: number) => number
  /** Values of the circuit's plain operands that are only known at run time. */
  readonly given: ClearResults
}

/** Runs any circuits of one module, with one context, one set of keys and one cache of constants. */
export class ModuleRunner implements Disposable {
  /** Throws RuntimeError when `evaluationKeys` are not keys for this module. */
  static async create(
    spec: ModuleSpec,
    evaluationKeys: Uint8Array,
    options: GroupRunnerOptions,
  ): Promise<ModuleRunner> {
    options.context?.checkParameters(spec.parameters)
    const context = options.context ?? (await SealContext.create(spec.parameters, sealOptions(options)))
    const ownsContext = options.context === undefined
    const scope = context.scope()
    try {
      const { blobs } = unpackMessage(evaluationKeys, evaluationKeyRules(spec, context.levelIds))
      const keys = loadEvaluationKeys(context, spec.keys, blobs, scope)
      const cache = new PlainCache(context, options.cacheBytes ?? DEFAULT_CACHE_BYTES)
      return new ModuleRunner(context, ownsContext, scope, keys, cache)
    } catch (error) {
      scope[Symbol.dispose]()
      if (ownsContext) context.dispose()
      throw error
    }
  }

  readonly context: SealContext
  readonly #ownsContext: boolean
  readonly #scope: Scope
  readonly #keys: EvaluationKeys
  readonly #cache: PlainCache
  #isDisposed = false

  private constructor(
    context: SealContext,
    ownsContext: boolean,
    scope: Scope,
    keys: EvaluationKeys,
    cache: PlainCache,
  ) {
    this.context = context
    this.#ownsContext = ownsContext
    this.#scope = scope
    this.#keys = keys
    this.#cache = cache
  }

  /**
   * Encodes the constants of a circuit ahead of its first run, as far as they fit in the cache. `primesOf` tells the data primes
   * that an input will have.
   */
  prepare(circuit: Circuit, primesOf: (input: string) => number): Promise<void> {
    return preparePlains(this.context, circuit, this.#cache, primesOf)
  }

  /** The saved ciphertexts of all outputs, the pieces in order. Gives way to other work about every 100 ms. */
  async run({ circuit, input, surplus, given }: ModuleJob, hooks: GroupHooks): Promise<Uint8Array[]> {
    const { layout } = circuit
    using scope = this.context.scope()
    using plains = new PlainEncoder(this.context, layout, this.#cache, plainReader(circuit, given))
    const ops = new OperandOps(
      { context: this.context, layout, keys: this.#keys, plains, input, scope },
      surplus,
    )
    return await runCircuit(circuit, ops, hooks, () => this.#isDisposed)
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#cache[Symbol.dispose]()
    this.#scope[Symbol.dispose]()
    if (this.#ownsContext) this.context.dispose()
  }
}

/** Slot operations whose inputs come down to the level of the oldest among them. */
class OperandOps extends SealOps {
  readonly #surplus: ModuleJob["surplus"]

  constructor(settings: SealOpsSettings, surplus: ModuleJob["surplus"]) {
    super(settings)
    this.#surplus = surplus
  }

  override input(name: string, piece: number): Handle {
    let value = super.input(name, piece)
    for (let i = this.#surplus(name, piece); i > 0; i--) {
      const dropped = this.dropLevel(value)
      this.free(value)
      value = dropped
    }
    return value
  }
}
