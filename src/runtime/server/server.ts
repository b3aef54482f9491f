import type { Circuit } from "../../backend/index.ts"
import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  type OptionForms,
  RuntimeError,
  type Values,
} from "../../data/index.ts"
import { decodeClear } from "../messages/clear-values.ts"
import { packMessage, unpackMessage } from "../messages/envelope.ts"
import { DEFAULT_MAX_GROUPS } from "../messages/groups.ts"
import { clearInputs } from "../messages/message-rules.ts"
import {
  mostSamplesOf,
  requestPieces,
  roundOf,
  roundReplyRules,
  roundRequestRules,
} from "../messages/round-messages.ts"
import { type Round, roundsOf } from "../messages/rounds-and-residues.ts"
import { type OnProgress, type ProgramSpec, specForm } from "../spec/program-spec.ts"
import { createEngine, type EngineOptions, engineOptionForms } from "./create-engine.ts"
import type { Engine } from "./engine.ts"
import { resumeRound, runRound } from "./run-round.ts"
import { type Session, type SessionLimits, Sessions, sessionOptionForms } from "./sessions.ts"

export interface ServerOptions extends EngineOptions, SessionLimits {
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
    const engine = await createEngine(spec, { known: circuits, later: [] }, evaluationKeys, options)
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
    const pieces = requestPieces(round, samples, blobs)
    const circuits = pieces.map((_, residue) => this.#circuits[round.round + residue]!)
    const ciphertexts = (residue: number, group: number) => pieces[residue]![group]!
    const asked = { round: round.round, samples, batch }
    const run = (session: Omit<Session, "round">) =>
      runRound(this.#engine, this.#sessions, { ...session, round, circuits, ciphertexts }, onProgress)
    const reply =
      round.round === 0
        ? await run({ ...asked, masks: new Map(), clear: readClear(round, samples, blobs) })
        : await resumeRound(this.#sessions, blobs.at(-1)!.slice(), asked, run, () => this.#isDisposed)
    return packMessage(roundReplyRules(round, this.#engine.levelIds), { samples, batch, blobs: reply })
  }

  /** Groups that run at the same time: the worker threads there are, or 1 without. */
  get threads(): number {
    return this.#engine.width
  }

  /** Frees all memory and ends the worker threads; a run that is under way fails. */
  dispose(...surplus: []): void {
    checkArity("dispose", surplus, 0, RuntimeError)
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#sessions.clear()
    this.#engine[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}

const serverForms = {
  spec: specForm,
  circuit: forms.object,
  evaluationKeys: forms.bytes,
  options: forms.anything,
}

const optionForms: OptionForms<ServerOptions> = {
  ...engineOptionForms,
  ...sessionOptionForms,
  maxGroups: forms.number,
}

/** Throws RuntimeError for options of a run that there are not. */
export const checkRunOptions = (options: RunOptions): void =>
  checkOptions<RunOptions>("run", options, { onProgress: forms.function }, RuntimeError)

/** The clear inputs of each sample by name. */
const readClear = (round: Round, samples: number, blobs: readonly Uint8Array[]): Record<string, Values>[] => {
  const specs = clearInputs(round)
  const at = requestPieces(round, samples, blobs)[0]!.flat().length
  const rows = specs.length === 0 ? [] : decodeClear(blobs[at]!, specs, samples)
  return Array.from({ length: samples }, (_, sample) =>
    Object.fromEntries(specs.map(({ name }, i) => [name, rows[sample]![i]!])),
  )
}
