import type { Circuit } from "../backend/index.ts"
import { RuntimeError, type Values } from "../data/index.ts"
import { type ClearResults, clearOutput, runClearPart } from "./clear-part.ts"
import { decodeClear, encodeClear } from "./clear-values.ts"
import { type Engine, inTurns } from "./engine.ts"
import { GroupRunner, type GroupRunnerOptions } from "./group-runner.ts"
import { type Group, groupsOf, named, nameOf, naming } from "./groups.ts"
import { clearInputs, clearOutputs, groupPieces, requestRules } from "./messages.ts"
import type { OnProgress, ProgramSpec } from "./program-spec.ts"
import { type MessageRules, packMessage, unpackMessage } from "./wire.ts"

export interface ServerOptions extends GroupRunnerOptions {
  /**
   * How many groups of samples run at the same time, of one request or of several. With 1, the default, the runs take
   * turns in the thread that asks for them. More, or "auto" for all cores, are worker threads of Node, each with a
   * context and keys of its own, while the thread that asks stays free; `context` cannot be given then.
   */
  readonly threads?: number | "auto"
  /**
   * Memory that all worker threads together may take: fewer are started when an estimate of keys, ciphertexts and cache
   * says so, but one at least. Half of what is free for "auto" unless given, else no limit.
   */
  readonly workerMemoryBytes?: number
  /** Most groups of samples in one request; 64 unless given. Each takes the time and the bytes of a run of its own. */
  readonly maxGroups?: number
}

export interface RunOptions {
  /**
   * Told after each instruction, counted over all groups of samples; with worker threads some times a second. What it
   * throws ends the run.
   */
  readonly onProgress?: OnProgress
}

/** Computes a program on the encrypted inputs of one client. It loads evaluation keys only and cannot decrypt. */
export class Server implements Disposable {
  /** Throws RuntimeError when `evaluationKeys` are not keys for this program, and for options that make no sense. */
  static async create(
    spec: ProgramSpec,
    circuit: Circuit,
    evaluationKeys: Uint8Array,
    options: ServerOptions = {},
  ): Promise<Server> {
    const engine = await createEngine(spec, circuit, evaluationKeys, options)
    return new Server(spec, circuit, engine, options.maxGroups ?? DEFAULT_MAX_GROUPS)
  }

  readonly spec: ProgramSpec
  readonly #circuit: Circuit
  readonly #engine: Engine
  readonly #requestRules: MessageRules
  #isDisposed = false

  private constructor(spec: ProgramSpec, circuit: Circuit, engine: Engine, maxGroups: number) {
    this.spec = spec
    this.#circuit = circuit
    this.#engine = engine
    this.#requestRules = requestRules(spec, engine.levelIds, maxGroups)
  }

  /**
   * The encrypted reply to a request. Gives way to other work about every 100 ms; several runs may overlap.
   * Throws RuntimeError when the request is foreign or damaged, before any computation.
   */
  async run(request: Uint8Array, { onProgress }: RunOptions = {}): Promise<Uint8Array> {
    if (this.#isDisposed) throw new RuntimeError("this server is disposed")
    const { samples, batch, blobs } = unpackMessage(request, this.#requestRules)
    const clear = this.#readClear(samples, blobs)
    const groups = groupsOf(this.spec.layout, samples)
    const pieces = groupPieces(this.spec)
    const total = groups.length * this.#circuit.instructions.length
    let done = 0
    const onSteps = (count: number, doing: string): void => {
      done += count
      onProgress?.(done, total, doing)
    }
    const results = await inTurns(groups.length, this.#engine.width, async (i, signal) => {
      const group = groups[i]!
      const results = this.#runClear(group, clear, batch)
      const ciphertexts = blobs.slice(i * pieces, (i + 1) * pieces)
      const job = { ciphertexts, given: this.#given(results) }
      const hooks = { signal, ...(onProgress && { onSteps }) }
      try {
        return { blobs: await this.#engine.runGroup(job, hooks), clear: this.#clearRows(group, results) }
      } catch (error) {
        throw groups.length > 1 ? named(nameOf(group), error) : error
      }
    })
    const reply = results.flatMap((result) => result.blobs)
    if (clearOutputs(this.spec).length > 0) reply.push(encodeClear(results.flatMap((result) => result.clear)))
    return packMessage("reply", this.spec.hash, { samples, batch, blobs: reply })
  }

  /** Groups that run at the same time: the worker threads there are, or 1 without. */
  get threads(): number {
    return this.#engine.width
  }

  /** Frees all memory and ends the worker threads; a run that is under way fails. */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#engine[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  /** The clear inputs of each sample by name; none for a circuit without a clear part, where nothing reads them. */
  #readClear(samples: number, blobs: readonly Uint8Array[]): Record<string, Values>[] {
    const specs = clearInputs(this.spec)
    const rows = specs.length === 0 ? [] : decodeClear(blobs.at(-1)!, specs, samples)
    if (this.#circuit.clear === null) return []
    return Array.from({ length: samples }, (_, sample) =>
      Object.fromEntries(specs.map(({ name }, i) => [name, rows[sample]![i]!])),
    )
  }

  #runClear(group: Group, inputs: readonly Record<string, Values>[], batch: boolean): ClearResults {
    return naming(batch ? nameOf(group) : undefined, () =>
      runClearPart(this.#circuit, inputs.slice(group.from, group.to)),
    )
  }

  /** The results of the clear part that the encrypted part reads. */
  #given(results: ClearResults): ClearResults {
    return Object.fromEntries(this.#circuit.given.map(({ name }) => [name, clearOutput(results, name)]))
  }

  /** The clear outputs of each sample of a group. */
  #clearRows({ from, to }: Group, results: ClearResults): Values[][] {
    const columns = clearOutputs(this.spec).map(({ name }) => clearOutput(results, name))
    if (columns.length === 0) return []
    return Array.from({ length: to - from }, (_, lane) => columns.map((column) => column[lane]!))
  }
}

const DEFAULT_MAX_GROUPS = 64

/** Worker threads are loaded only when they are asked for: the rest of a server runs anywhere. */
const createEngine = async (
  spec: ProgramSpec,
  circuit: Circuit,
  evaluationKeys: Uint8Array,
  options: ServerOptions,
): Promise<Engine> => {
  const { threads = 1 } = options
  if (threads !== "auto" && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw new RuntimeError(`threads is ${threads}; it counts worker threads, from 1, or is "auto"`)
  }
  if (threads === 1) return GroupRunner.create(spec, circuit, evaluationKeys, options)
  if (options.context !== undefined) {
    throw new RuntimeError(
      "worker threads have contexts of their own; give a server threads or a context, not both",
    )
  }
  const { WorkerPool } = await import("./worker-pool.ts").catch((cause: unknown) => {
    throw new RuntimeError("worker threads are those of Node; leave out the option threads elsewhere", {
      cause,
    })
  })
  return WorkerPool.create(spec, circuit, evaluationKeys, { ...options, threads })
}
