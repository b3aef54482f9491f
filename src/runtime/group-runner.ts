import { type Circuit, piecesOf, replaySteps } from "../backend/index.ts"
import { RuntimeError } from "../data/index.ts"
import { plainReader } from "./clear-part.ts"
import type { Engine, GroupHooks, GroupJob } from "./engine.ts"
import { type EvaluationKeys, loadEvaluationKeys } from "./evaluation-keys.ts"
import { encryptedInputs, evaluationKeyRules, type LevelIds } from "./messages.ts"
import { PlainCache } from "./plain-cache.ts"
import { PlainEncoder } from "./plain-encoder.ts"
import type { ProgramSpec } from "./program-spec.ts"
import type { Scope } from "./scope.ts"
import { SealContext, type SealOptions } from "./seal.ts"
import { SealOps } from "./seal-ops.ts"
import { unpackMessage } from "./wire.ts"

export interface GroupRunnerOptions extends SealOptions {
  /** A context for the program's parameters to use, which the caller disposes; without it the runner makes its own. */
  readonly context?: SealContext
  /** Memory for encoded constants that is kept from run to run. */
  readonly cacheBytes?: number
}

export const DEFAULT_CACHE_BYTES = 512 * 2 ** 20

/** Runs groups in the thread it is made in, with one context, one set of keys and one cache of constants. */
export class GroupRunner implements Engine {
  /** Throws RuntimeError when `evaluationKeys` are not keys for this program. */
  static async create(
    spec: ProgramSpec,
    circuit: Circuit,
    evaluationKeys: Uint8Array,
    options: GroupRunnerOptions = {},
  ): Promise<GroupRunner> {
    options.context?.checkParameters(spec.parameters)
    const context = options.context ?? (await SealContext.create(spec.parameters, options))
    const ownsContext = options.context === undefined
    const keyScope = context.scope()
    try {
      const { blobs } = unpackMessage(evaluationKeys, evaluationKeyRules(spec, context.levelIds))
      const keys = loadEvaluationKeys(context, spec.keys, blobs, keyScope)
      const cache = new PlainCache(context, options.cacheBytes ?? DEFAULT_CACHE_BYTES)
      return new GroupRunner(spec, circuit, { context, ownsContext, keyScope, keys, cache })
    } catch (error) {
      keyScope[Symbol.dispose]()
      if (ownsContext) context.dispose()
      throw error
    }
  }

  readonly width = 1
  readonly levelIds: LevelIds
  readonly #circuit: Circuit
  readonly #resources: Resources
  /** Where the pieces of each encrypted input begin among the ciphertexts of a group. */
  readonly #firstPiece = new Map<string, number>()
  #isDisposed = false

  private constructor(spec: ProgramSpec, circuit: Circuit, resources: Resources) {
    this.levelIds = resources.context.levelIds
    this.#circuit = circuit
    this.#resources = resources
    let next = 0
    for (const { name, placement } of encryptedInputs(spec)) {
      this.#firstPiece.set(name, next)
      next += piecesOf(spec.layout, placement.length)
    }
  }

  /** Gives way to other work about every 100 ms; several groups may overlap. */
  async runGroup({ ciphertexts, given }: GroupJob, hooks: GroupHooks): Promise<Uint8Array[]> {
    const { context, cache, keys } = this.#resources
    const { layout, outputs } = this.#circuit
    using scope = context.scope()
    using plains = new PlainEncoder(context, layout, cache, plainReader(this.#circuit, given))
    const input = (name: string, piece: number) => ciphertexts[this.#firstPiece.get(name)! + piece]!
    const ops = new SealOps({ context, layout, keys, plains, input, scope })
    const pause = pacer()
    const steps = replaySteps(this.#circuit, ops, {
      free: (value) => ops.free(value),
      onStep: (_done, _total, { op }) => hooks.onSteps?.(1, op),
    })
    let step = steps.next()
    for (; !step.done; step = steps.next()) {
      const paused = pause()
      if (paused === undefined) continue
      await paused
      if (this.#isDisposed) throw new RuntimeError("this server is disposed")
      hooks.signal.throwIfAborted()
    }
    const results = step.value
    return outputs.flatMap(({ pieces }) => pieces.map((id) => ops.save(results[id]!)))
  }

  /** Frees all memory; a group that is under way fails. */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    const { cache, keyScope, context, ownsContext } = this.#resources
    cache[Symbol.dispose]()
    keyScope[Symbol.dispose]()
    if (ownsContext) context.dispose()
  }
}

interface Resources {
  readonly context: SealContext
  readonly ownsContext: boolean
  readonly keyScope: Scope
  readonly keys: EvaluationKeys
  readonly cache: PlainCache
}

/** Milliseconds of computation after which a run lets other work in. */
const TURN = 100

/** A function that from time to time returns a promise to await. */
const pacer = (): (() => Promise<void> | undefined) => {
  let since = performance.now()
  return () => {
    if (performance.now() - since < TURN) return undefined
    return new Promise((resolve) => {
      setTimeout(() => {
        since = performance.now()
        resolve()
      })
    })
  }
}
