import type { Circuit } from "../backend/index.ts"
import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  type OptionForms,
  printGiven,
  RuntimeError,
  type Values,
} from "../data/index.ts"
import { type ClearResults, clearOutput, runClearPart, sliceGiven } from "./clear-part.ts"
import { decodeClear, encodeClear } from "./clear-values.ts"
import { type Engine, inTurns } from "./engine.ts"
import { GroupRunner, type GroupRunnerOptions } from "./group-runner.ts"
import { DEFAULT_MAX_GROUPS, type Group, groupsOf, named, nameOf, naming } from "./groups.ts"
import { drawMasks, maskOperands } from "./masks.ts"
import { clearInputs, clearOutputs } from "./messages.ts"
import { mostSamplesOf, requestPieces, roundOf, roundReplyRules, roundRequestRules } from "./part-messages.ts"
import { type Round, residuesOf, roundsOf } from "./parts.ts"
import { type OnProgress, type ProgramSpec, specForm } from "./program-spec.ts"
import { contextForm, urlForm } from "./seal.ts"
import { type Session, type SessionLimits, Sessions } from "./sessions.ts"
import { packMessage, unpackMessage } from "./wire.ts"

export interface ServerOptions extends GroupRunnerOptions, SessionLimits {
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

/**
 * Computes a program on the encrypted inputs of one client. It loads evaluation keys only and cannot decrypt. Of a run in
 * several rounds it keeps the masks of the values that its client refreshes, until the client goes on.
 */
export class Server implements Disposable {
  /**
   * `circuit` is what the program runs, or of a program in several rounds or with several plaintext moduli all that it runs.
   * Throws RuntimeError when `evaluationKeys` are not keys for this program, and for options that make no sense.
   */
  static async create(
    spec: ProgramSpec,
    circuit: Circuit | readonly Circuit[],
    evaluationKeys: Uint8Array,
    options: ServerOptions = {},
    ...surplus: []
  ): Promise<Server> {
    const given = [spec, circuit, evaluationKeys, options, ...surplus]
    checkArguments("a server", given, serverForms, RuntimeError)
    checkOptions("a server", options, optionForms, RuntimeError)
    const circuits: readonly Circuit[] = [circuit].flat()
    const needed = spec.rounds?.length ?? spec.residues?.length ?? 1
    if (circuits.length !== needed) {
      throw new RuntimeError(`the program runs ${needed} circuits where ${circuits.length} are given`, {
        code: "wrong-argument",
      })
    }
    const engine = await createEngine(spec, circuits, evaluationKeys, options)
    return new Server(spec, circuits, engine, options)
  }

  readonly spec: ProgramSpec
  readonly #circuits: readonly Circuit[]
  readonly #engine: Engine
  readonly #rounds: readonly Round[]
  readonly #sessions: Sessions
  readonly #mostSamples: number
  #isDisposed = false

  private constructor(
    spec: ProgramSpec,
    circuits: readonly Circuit[],
    engine: Engine,
    options: ServerOptions,
  ) {
    this.spec = spec
    this.#circuits = circuits
    this.#engine = engine
    this.#rounds = roundsOf(spec)
    this.#sessions = new Sessions(options)
    this.#mostSamples = mostSamplesOf(spec, options.maxGroups ?? DEFAULT_MAX_GROUPS)
  }

  /**
   * The encrypted reply to a request. Gives way to other work about every 100 ms; several runs may overlap.
   * Throws RuntimeError when the request is foreign or damaged, before any computation, and when it goes on with a run that
   * this server does not wait for.
   */
  async run(request: Uint8Array, options: RunOptions = {}, ...surplus: []): Promise<Uint8Array> {
    checkArity("run", [request, options, ...surplus], 2, RuntimeError)
    checkRunOptions(options)
    const { onProgress } = options
    if (this.#isDisposed) throw new RuntimeError("this server is disposed", { code: "disposed" })
    const round = roundOf(this.#rounds, request)
    const rules = roundRequestRules(round, this.#engine.levelIds, this.#mostSamples)
    const { samples, batch, blobs } = unpackMessage(request, rules)
    if (round.round === 0) {
      const clear = readClear(round, samples, blobs)
      return this.#runRound({ round, samples, batch, blobs, clear, masks: new Map() }, onProgress)
    }
    const id = blobs.at(-1)!.slice()
    const session = this.#sessions.take(id, { round: round.round, samples, batch })
    try {
      return await this.#runRound({ ...session, round, blobs }, onProgress)
    } catch (error) {
      // Nothing was told of it: the client may try again.
      if (!this.#isDisposed) this.#sessions.restore(id, session)
      throw error
    }
  }

  /** Groups that run at the same time: the worker threads there are, or 1 without. */
  get threads(): number {
    return this.#engine.width
  }

  /** Frees all memory and ends the worker threads; a run that is under way fails. */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#sessions.clear()
    this.#engine[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  async #runRound(job: RoundJob, onProgress: OnProgress | undefined): Promise<Uint8Array> {
    const { round, samples, batch, blobs, clear } = job
    const groups = groupsOf(round.layout, samples)
    const pieces = requestPieces(round, samples, blobs)
    const first = this.#circuit(round, 0)
    const drawn = drawMasks(first, samples)
    const masks = maskOperands(first, drawn, job.masks)
    const total = pieces.reduce(
      (sum, own, i) => sum + own.length * this.#circuit(round, i).instructions.length,
      0,
    )
    let done = 0
    const onSteps = (count: number, doing: string): void => {
      done += count
      onProgress?.(done, total, doing)
    }
    const results = await inTurns(groups.length * pieces.length, this.#engine.width, async (i, signal) => {
      const residue = Math.floor(i / groups.length)
      const group = groups[i % groups.length]!
      const circuit = this.#circuit(round, residue)
      const computed = runClear(circuit, group, clear, batch)
      const given = { ...clearGiven(circuit, computed), ...sliceGiven(masks, group.from, group.to) }
      const ciphertexts = pieces[residue]![i % groups.length]!
      const hooks = { signal, ...(onProgress && { onSteps }) }
      try {
        const index = this.#circuits.indexOf(circuit)
        return {
          blobs: await this.#engine.runGroup({ circuit: index, ciphertexts, given }, hooks),
          clear: clearRows(round, group, computed),
        }
      } catch (error) {
        throw groups.length > 1 ? named(nameOf(group), error) : error
      }
    })
    const reply = residuesOf(round).flatMap((_, residue) => {
      const own = results.slice(residue * groups.length, (residue + 1) * groups.length)
      const ciphertexts = own.flatMap((result) => result.blobs)
      if (residue > 0 || clearOutputs(round).length === 0) return ciphertexts
      return [...ciphertexts, encodeClear(own.flatMap((result) => result.clear))]
    })
    if (!round.isLast) {
      reply.push(this.#sessions.keep({ round: round.round + 1, samples, batch, masks: drawn, clear }))
    }
    return packMessage(roundReplyRules(round, this.#engine.levelIds), { samples, batch, blobs: reply })
  }

  /** What a round runs for one of its plaintext moduli. */
  #circuit({ round }: Round, residue: number): Circuit {
    return this.#circuits[round + residue]!
  }
}

const serverForms = {
  spec: specForm,
  circuit: forms.object,
  evaluationKeys: forms.bytes,
  options: forms.anything,
}

/** What the options of both kinds of server have in common. */
export const runnerOptionForms = {
  wasmUrl: urlForm,
  context: contextForm,
  contexts: forms.list,
  cacheBytes: forms.number,
  maxGroups: forms.number,
}

const optionForms: OptionForms<ServerOptions> = {
  ...runnerOptionForms,
  threads: forms.anything,
  workerMemoryBytes: forms.number,
  maxSessions: forms.number,
  sessionSeconds: forms.number,
  sessionBytes: forms.number,
}

/** Throws RuntimeError for options of a run that there are not. */
export const checkRunOptions = (options: RunOptions): void =>
  checkOptions<RunOptions>("run", options, { onProgress: forms.function }, RuntimeError)

interface RoundJob extends Omit<Session, "round"> {
  readonly round: Round
  readonly blobs: readonly Uint8Array[]
}

/** The clear inputs of each sample by name. */
const readClear = (round: Round, samples: number, blobs: readonly Uint8Array[]): Record<string, Values>[] => {
  const specs = clearInputs(round)
  const at = requestPieces(round, samples, blobs)[0]!.flat().length
  const rows = specs.length === 0 ? [] : decodeClear(blobs[at]!, specs, samples)
  return Array.from({ length: samples }, (_, sample) =>
    Object.fromEntries(specs.map(({ name }, i) => [name, rows[sample]![i]!])),
  )
}

const runClear = (
  circuit: Circuit,
  { from, to }: Group,
  inputs: readonly Record<string, Values>[],
  batch: boolean,
): ClearResults =>
  naming(batch ? nameOf({ from, to }) : undefined, () => runClearPart(circuit, inputs.slice(from, to)))

/** The results of the clear part that the encrypted part reads. */
const clearGiven = ({ given }: Circuit, results: ClearResults): ClearResults =>
  Object.fromEntries(
    given.flatMap(({ name, mask }) => (mask === undefined ? [[name, clearOutput(results, name)]] : [])),
  )

/** The clear outputs of each sample of a group. */
const clearRows = (round: Round, { from, to }: Group, results: ClearResults): Values[][] => {
  const columns = clearOutputs(round).map(({ name }) => clearOutput(results, name))
  if (columns.length === 0) return []
  return Array.from({ length: to - from }, (_, lane) => columns.map((column) => column[lane]!))
}

/** Worker threads are loaded only when they are asked for: the rest of a server runs anywhere. */
const createEngine = async (
  spec: ProgramSpec,
  circuits: readonly Circuit[],
  evaluationKeys: Uint8Array,
  options: ServerOptions,
): Promise<Engine> => {
  const { threads = 1 } = options
  if (threads !== "auto" && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw new RuntimeError(
      `threads is ${printGiven(threads)}; it counts worker threads, from 1, or is "auto"`,
      { code: "wrong-argument" },
    )
  }
  if (threads === 1) return GroupRunner.create(spec, circuits, evaluationKeys, options)
  if (options.context !== undefined || options.contexts !== undefined) {
    throw new RuntimeError(
      "worker threads have contexts of their own; give a server threads or a context, not both",
      { code: "wrong-argument" },
    )
  }
  const { WorkerPool } = await import("./worker-pool.ts").catch((cause: unknown) => {
    throw new RuntimeError("worker threads are those of Node; leave out the option threads elsewhere", {
      code: "platform",
      cause,
    })
  })
  return WorkerPool.create(spec, circuits, evaluationKeys, { ...options, threads })
}
