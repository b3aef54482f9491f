import { type Circuit, piecesOf } from "../../backend/index.ts"
import { unpackMessage } from "../messages/envelope.ts"
import { encryptedInputs, type LevelIds } from "../messages/message-rules.ts"
import { allEvaluationKeyRules } from "../messages/round-messages.ts"
import { contextsFor, type KeyedSpec, keyedOf } from "../messages/rounds-and-residues.ts"
import { type EvaluationKeys, loadEvaluationKeys } from "../seal/evaluation-keys.ts"
import { PlainCache } from "../seal/plain-cache.ts"
import { PlainEncoder } from "../seal/plain-encoder.ts"
import type { Scope } from "../seal/scope.ts"
import type { SealContext, SealOptions } from "../seal/seal-context.ts"
import type { Engine, GroupHooks, GroupJob } from "./engine.ts"
import { OperandOps } from "./operand-ops.ts"
import { preparePlains } from "./prepare-plains.ts"
import { runCircuit } from "./run-circuit.ts"
import { plainReader } from "./run-clear-part.ts"

export interface GroupRunnerOptions extends SealOptions {
  /** A context for the program's parameters to use, which the caller disposes; without it the runner makes its own. */
  readonly context?: SealContext
  /** The same for a program of several plaintext moduli: one for each. */
  readonly contexts?: readonly SealContext[]
  /** Memory for encoded constants that is kept from run to run. */
  readonly cacheBytes?: number
}

export const DEFAULT_CACHE_BYTES = 512 * 2 ** 20

/**
 * Runs groups in the thread it is made in, on the circuits of a program or a module: with one context, one set of keys and one
 * cache of constants for each plaintext modulus.
 */
export class GroupRunner implements Engine {
  /**
   * Encodes the constants too, as far as they fit in the cache, so that the first run is as fast as the others. Throws RuntimeError
   * when `evaluationKeys` are not keys for this program or module.
   */
  static async create(
    spec: KeyedSpec,
    circuits: readonly Circuit[],
    evaluationKeys: Uint8Array,
    options: GroupRunnerOptions = {},
  ): Promise<GroupRunner> {
    const { contexts, ownsContexts } = await contextsFor(spec, options)
    const scopes = contexts.map((context) => context.scope())
    const caches: PlainCache[] = []
    try {
      const ids = contexts.map(({ levelIds }) => levelIds)
      const blobs = [...unpackMessage(evaluationKeys, allEvaluationKeyRules(spec, ids)).blobs]
      const cacheBytes = (options.cacheBytes ?? DEFAULT_CACHE_BYTES) / contexts.length
      const resources = keyedOf(spec).map((residue, i): Resources => {
        const own = blobs.splice(0, keyBlobs(residue))
        const context = contexts[i]!
        const keys = loadEvaluationKeys(context, residue.keys, own, scopes[i]!)
        return { context, keyScope: scopes[i]!, keys, cache: new PlainCache(context, cacheBytes) }
      })
      for (const { cache } of resources) caches.push(cache)
      const runner = new GroupRunner(circuits, resources, ownsContexts)
      for (const circuit of circuits) await runner.prepare(circuit)
      return runner
    } catch (error) {
      for (const cache of caches) cache[Symbol.dispose]()
      for (const scope of scopes) scope[Symbol.dispose]()
      if (ownsContexts) for (const context of contexts) context.dispose()
      throw error
    }
  }

  readonly width = 1
  readonly levelIds: readonly LevelIds[]
  readonly #circuits: readonly Circuit[]
  readonly #resources: readonly Resources[]
  readonly #ownsContexts: boolean
  #isDisposed = false

  private constructor(circuits: readonly Circuit[], resources: readonly Resources[], ownsContexts: boolean) {
    this.levelIds = resources.map(({ context }) => context.levelIds)
    this.#circuits = circuits
    this.#resources = resources
    this.#ownsContexts = ownsContexts
  }

  /** Gives way to other work about every 100 ms; several groups may overlap. */
  async runGroup(
    { circuit = this.#circuits[0]!, ciphertexts, surplus, given }: GroupJob,
    hooks: GroupHooks,
  ): Promise<Uint8Array[]> {
    const { context, cache, keys } = this.#resourcesFor(circuit)
    const { layout } = circuit
    const first = firstPieces(circuit)
    const at = (name: string, piece: number): number => first.get(name)! + piece
    using scope = context.scope()
    using plains = new PlainEncoder(context, layout, cache, plainReader(circuit, given))
    const input = (name: string, piece: number) => ciphertexts[at(name, piece)]!
    const settings = { context, layout, keys, plains, input, scope }
    const ops = new OperandOps(settings, (name, piece) => surplus?.[at(name, piece)] ?? 0)
    return await runCircuit(circuit, ops, hooks, () => this.#isDisposed)
  }

  prepare(circuit: Circuit, primesOf?: (input: string) => number): Promise<void> {
    const { context, cache } = this.#resourcesFor(circuit)
    return preparePlains(context, circuit, cache, primesOf)
  }

  /** Those of its plaintext modulus, of which no two are equal. */
  #resourcesFor({ t }: Circuit): Resources {
    return this.#resources.find(({ context }) => context.parameters.t === t) ?? this.#resources[0]!
  }

  /** Frees all memory; a group that is under way fails. */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    for (const { cache, keyScope, context } of this.#resources) {
      cache[Symbol.dispose]()
      keyScope[Symbol.dispose]()
      if (this.#ownsContexts) context.dispose()
    }
  }
}

/** What belongs to one plaintext modulus. */
interface Resources {
  readonly context: SealContext
  readonly keyScope: Scope
  readonly keys: EvaluationKeys
  readonly cache: PlainCache
}

const keyBlobs = ({ keys }: KeyedSpec): number =>
  Number(keys.relinearization) + Number(keys.rotations.length > 0)

/** Where the pieces of each encrypted input begin among the ciphertexts of a group. */
const firstPieces = (circuit: Circuit): Map<string, number> => {
  const first = new Map<string, number>()
  let next = 0
  for (const { name, placement } of encryptedInputs(circuit)) {
    first.set(name, next)
    next += piecesOf(circuit.layout, placement.length)
  }
  return first
}
