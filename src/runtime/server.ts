import { type Circuit, piecesOf, replaySteps } from "../backend/index.ts"
import { RuntimeError, type Values } from "../data/index.ts"
import { type ClearResults, runClearPart } from "./clear-part.ts"
import { decodeClear, encodeClear } from "./clear-values.ts"
import { type EvaluationKeys, loadEvaluationKeys } from "./evaluation-keys.ts"
import { clearInputs, clearOutputs, encryptedInputs, evaluationKeyRules, requestRules } from "./messages.ts"
import { PlainCache } from "./plain-cache.ts"
import { PlainEncoder } from "./plain-encoder.ts"
import type { OnProgress, ProgramSpec } from "./program-spec.ts"
import type { Scope } from "./scope.ts"
import { SealContext, type SealOptions } from "./seal.ts"
import { SealOps } from "./seal-ops.ts"
import { type Message, type MessageRules, packMessage, unpackMessage } from "./wire.ts"

export interface ServerOptions extends SealOptions {
  /** A context for the program's parameters to use, which the caller disposes; without it the server makes its own. */
  readonly context?: SealContext
  /** Memory for encoded constants that is kept from run to run. */
  readonly cacheBytes?: number
}

export interface RunOptions {
  /** Told after each instruction. What it throws ends the run. */
  readonly onProgress?: OnProgress
}

/** Computes a program on the encrypted inputs of one client. It loads evaluation keys only and cannot decrypt. */
export class Server implements Disposable {
  /** Throws RuntimeError when `evaluationKeys` are not keys for this program. */
  static async create(
    spec: ProgramSpec,
    circuit: Circuit,
    evaluationKeys: Uint8Array,
    options: ServerOptions = {},
  ): Promise<Server> {
    options.context?.checkParameters(spec.parameters)
    const context = options.context ?? (await SealContext.create(spec.parameters, options))
    const keyScope = context.scope()
    try {
      const { blobs } = unpackMessage(evaluationKeys, evaluationKeyRules(spec, context.levelIds))
      const keys = loadEvaluationKeys(context, spec.keys, blobs, keyScope)
      const cache = new PlainCache(context, options.cacheBytes ?? DEFAULT_CACHE_BYTES)
      return new Server(spec, circuit, {
        context,
        ownsContext: options.context === undefined,
        keyScope,
        keys,
        cache,
      })
    } catch (error) {
      keyScope[Symbol.dispose]()
      if (options.context === undefined) context.dispose()
      throw error
    }
  }

  readonly spec: ProgramSpec
  readonly #circuit: Circuit
  readonly #resources: Resources
  readonly #requestRules: MessageRules
  #isDisposed = false

  private constructor(spec: ProgramSpec, circuit: Circuit, resources: Resources) {
    this.spec = spec
    this.#circuit = circuit
    this.#resources = resources
    this.#requestRules = requestRules(spec, resources.context.levelIds)
  }

  /**
   * The encrypted reply to a request. Gives way to other work about every 100 ms; several runs may overlap.
   * Throws RuntimeError when the request is foreign or damaged, before any computation.
   */
  async run(request: Uint8Array, { onProgress }: RunOptions = {}): Promise<Uint8Array> {
    this.#checkAlive()
    const message = unpackMessage(request, this.#requestRules)
    const clear = this.#runClearPart(message)
    const { context, cache } = this.#resources
    using scope = context.scope()
    using plains = new PlainEncoder(context, this.#circuit.layout, cache, clear.plain)
    const ops = this.#ops(message, plains, scope)
    const pause = pacer()
    const steps = replaySteps(this.#circuit, ops, {
      free: (value) => ops.free(value),
      onStep: (done, total, { op }) => onProgress?.(done, total, op),
    })
    let step = steps.next()
    for (; !step.done; step = steps.next()) {
      const paused = pause()
      if (paused === undefined) continue
      await paused
      this.#checkAlive()
    }
    const results = step.value
    const blobs = this.#circuit.outputs.flatMap(({ pieces }) =>
      pieces.map((id) => ops.save(results.get(id)!)),
    )
    const { samples, batch } = message
    const clearNames = clearOutputs(this.spec).map(({ name }) => name)
    if (clearNames.length > 0) blobs.push(encodeClear(perSample(samples, clearNames.map(clear.output))))
    return packMessage("reply", this.spec.hash, { samples, batch, blobs })
  }

  /** Frees all memory; a run that is under way fails. */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    const { cache, keyScope, context, ownsContext } = this.#resources
    cache[Symbol.dispose]()
    keyScope[Symbol.dispose]()
    if (ownsContext) context.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #ops({ blobs }: Message, plains: PlainEncoder, scope: Scope): SealOps {
    const { context, keys } = this.#resources
    const { layout } = this.spec
    let next = 0
    const firstBlob = new Map<string, number>()
    for (const { name, placement } of encryptedInputs(this.spec)) {
      firstBlob.set(name, next)
      next += piecesOf(layout, placement.length)
    }
    const input = (name: string, piece: number) => blobs[firstBlob.get(name)! + piece]!
    return new SealOps({ context, layout, keys, plains, input, scope })
  }

  #runClearPart({ samples, blobs }: Message): ClearResults {
    const specs = clearInputs(this.spec)
    const rows = specs.length === 0 ? [] : decodeClear(blobs.at(-1)!, specs, samples)
    const named = Array.from({ length: samples }, (_, lane) =>
      Object.fromEntries(specs.map(({ name }, i) => [name, rows[lane]![i]!])),
    )
    return runClearPart(this.#circuit, named)
  }

  #checkAlive(): void {
    if (this.#isDisposed) throw new RuntimeError("this server is disposed")
  }
}

interface Resources {
  readonly context: SealContext
  readonly ownsContext: boolean
  readonly keyScope: Scope
  readonly keys: EvaluationKeys
  readonly cache: PlainCache
}

const DEFAULT_CACHE_BYTES = 512 * 2 ** 20

/** Values by tensor and sample, turned into values by sample and tensor. */
const perSample = (samples: number, tensors: readonly (readonly Values[])[]): Values[][] =>
  Array.from({ length: samples }, (_, lane) => tensors.map((tensor) => tensor[lane]!))

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
