import {
  type AgeForm,
  type Circuit,
  levelFunction,
  type ModuleCircuit,
  noiseModel,
} from "../../backend/index.ts"
import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  type OptionForms,
  RuntimeError,
  type Values,
} from "../../data/index.ts"
import type { Message } from "../messages/envelope.ts"
import { DEFAULT_MAX_GROUPS } from "../messages/groups.ts"
import { clearInputs, encryptedInputs } from "../messages/message-rules.ts"
import { requestPieces } from "../messages/round-messages.ts"
import { keyedOf } from "../messages/rounds-and-residues.ts"
import { CircuitCache } from "../server/circuit-cache.ts"
import { createEngine, type EngineOptions, engineOptionForms } from "../server/create-engine.ts"
import type { Engine } from "../server/engine.ts"
import { type RoundJob, resumeRound, runRound } from "../server/run-round.ts"
import { checkRunOptions, type RunOptions } from "../server/server.ts"
import { type Session, type SessionLimits, Sessions, sessionOptionForms } from "../server/sessions.ts"
import {
  type FunctionSpec,
  functionOf,
  type ModuleSpec,
  moduleSpecForm,
  roundAt,
  roundCount,
} from "../spec/module-spec.ts"
import type { OnProgress } from "../spec/program-spec.ts"
import type { Label, RequestLabel } from "./module-labels.ts"
import { type ModuleMessage, packModuleMessage, unpackModuleMessage } from "./module-messages.ts"
import { type ModuleRequest, type Operand, operandsOf } from "./module-operands.ts"

export interface ModuleServerOptions extends EngineOptions, SessionLimits {
  /** Most groups of samples in one request; 64 unless given. Each takes the time and the bytes of a run of its own. */
  readonly maxGroups?: number
}

/** What a server needs besides the specification: for each plaintext modulus what is run. */
export type ModulePlan = readonly ResiduePlan[]

export interface ResiduePlan {
  /** The rounds of each function, without levels. */
  readonly functions: Readonly<Record<string, readonly ModuleCircuit[]>>
  /** What values of each age are like. */
  readonly forms: readonly AgeForm[]
}

const serverForms = {
  spec: moduleSpecForm,
  plan: forms.list,
  evaluationKeys: forms.bytes,
  options: forms.anything,
}

const optionForms: OptionForms<ModuleServerOptions> = {
  ...engineOptionForms,
  ...sessionOptionForms,
  maxGroups: forms.number,
}

/**
 * Computes the functions of a module on the encrypted values of one client. It loads evaluation keys only. Of a function in several
 * rounds it keeps the masks of the values that its client refreshes, until the client goes on.
 */
export class ModuleServer implements Disposable {
  /**
   * Encodes the constants of all functions too, as far as they fit in the cache, so that the first runs are as fast as the others.
   * Throws RuntimeError when `evaluationKeys` are not keys for this module.
   */
  static async create(
    spec: ModuleSpec,
    plan: ModulePlan,
    evaluationKeys: Uint8Array,
    options: ModuleServerOptions = {},
    ...surplus: []
  ): Promise<ModuleServer> {
    const given = [spec, plan, evaluationKeys, options, ...surplus]
    checkArguments("a server", given, serverForms, RuntimeError)
    checkOptions("a server", options, optionForms, RuntimeError)
    const later = plan.flatMap(({ functions }) =>
      Object.values(functions)
        .flat()
        .map(({ circuit }) => circuit),
    )
    const engine = await createEngine(spec, { known: [], later }, evaluationKeys, options)
    const server = new ModuleServer(spec, plan, engine, options)
    try {
      await server.#prepare()
    } catch (error) {
      server.dispose()
      throw error
    }
    return server
  }

  readonly spec: ModuleSpec
  readonly #plan: ModulePlan
  readonly #engine: Engine
  readonly #sessions: Sessions
  readonly #maxGroups: number
  readonly #circuits = new CircuitCache<string>()
  #isDisposed = false

  private constructor(spec: ModuleSpec, plan: ModulePlan, engine: Engine, options: ModuleServerOptions) {
    this.spec = spec
    this.#plan = plan
    this.#engine = engine
    this.#sessions = new Sessions(options)
    this.#maxGroups = options.maxGroups ?? DEFAULT_MAX_GROUPS
  }

  /**
   * The encrypted reply of function `name`, to be decrypted or given to other functions; of all rounds of a function but its last,
   * what `client.refresh` makes of it is the request that goes on. Gives way to other work about every 100 ms; several runs may
   * overlap. Before any computation, throws RuntimeError when a message is foreign or damaged, when an input is missing or no wire
   * leads to it, when a value has been through as many functions as the module was compiled for, and when the request goes on
   * with a run that this server does not wait for.
   */
  async run(
    name: string,
    request: ModuleRequest,
    options: RunOptions = {},
    ...surplus: []
  ): Promise<Uint8Array> {
    checkArity("run", [name, request, options, ...surplus], 3, RuntimeError)
    checkRunOptions(options)
    const { onProgress } = options
    if (this.#isDisposed) throw new RuntimeError("this server is disposed", { code: "disposed" })
    const { spec } = this
    const one = functionOf(spec, name)
    const open = (bytes: Uint8Array): ModuleMessage =>
      unpackModuleMessage(spec, bytes, this.#engine.levelIds, ["request", "reply"], this.#maxGroups)
    const opened = new Map<unknown, ModuleMessage>()
    if (request instanceof Uint8Array) opened.set(request, open(request))
    const whole = opened.get(request)
    const { label, blobs, samples, batch } =
      whole !== undefined && "round" in whole.label && whole.label.kind === "request"
        ? await this.#goOn(one, whole, whole.label, onProgress)
        : await this.#begin(
            one,
            operandsOf(spec, one, request, (bytes) => opened.get(bytes) ?? open(bytes)),
            onProgress,
          )
    return packModuleMessage(spec, this.#engine.levelIds, label, { samples, batch, blobs })
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
    this.#circuits.clear()
    this.#sessions.clear()
    this.#engine[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  /** The first round of a function. */
  async #begin(
    one: FunctionSpec,
    operands: ReadonlyMap<string, Operand>,
    onProgress: OnProgress | undefined,
  ): Promise<Reply> {
    const { name } = one
    const age = this.#ageOf(one, operands)
    const { samples = 1, batch = false } = operands.values().next().value?.message.message ?? {}
    const round = roundAt(this.spec, one, 0, age)
    const encrypted = encryptedInputs(one).map((input) => operands.get(input.name)!)
    const job: RoundJob = {
      round,
      ...{ of: name, samples, batch },
      circuits: this.#plan.map((_, residue) => this.#circuit(name, { residue, round: 0, age })),
      ciphertexts: (residue, group) =>
        encrypted.flatMap(({ message, value }) => message.vector(residue, value).pieces(group)),
      surplus: (residue) => this.#surplus(one, residue, age, operands),
      masks: new Map(),
      clear: readClear(one, operands, samples),
    }
    const blobs = await runRound(this.#engine, this.#sessions, job, onProgress)
    return { label: { kind: "reply", function: name, age: age + 1, round: 0 }, samples, batch, blobs }
  }

  /** A later round, with what the client has refreshed. */
  async #goOn(
    { name }: FunctionSpec,
    { round, message }: ModuleMessage,
    label: RequestLabel & { readonly round: number },
    onProgress: OnProgress | undefined,
  ): Promise<Reply> {
    if (label.function !== name) {
      throw new RuntimeError(`this request is for function "${label.function}", not "${name}"`, {
        code: "foreign-message",
      })
    }
    const { samples, batch, blobs } = message
    const pieces = requestPieces(round, samples, blobs)
    const run = (session: Omit<Session, "round">) => {
      const circuits = [this.#circuit(name, { residue: 0, round: label.round, age: 0 })]
      const ciphertexts = (residue: number, group: number) => pieces[residue]![group]!
      return runRound(this.#engine, this.#sessions, { ...session, round, circuits, ciphertexts }, onProgress)
    }
    const asked = { of: name, round: label.round, samples, batch }
    const id = blobs.at(-1)!.slice()
    const reply = await resumeRound(this.#sessions, id, asked, run, () => this.#isDisposed)
    return {
      label: { kind: "reply", function: name, age: 1, round: label.round },
      samples,
      batch,
      blobs: reply,
    }
  }

  /** The age of the oldest operand. */
  #ageOf(one: FunctionSpec, operands: ReadonlyMap<string, Operand>): number {
    let oldest = 0
    for (const [input, { age }] of operands) {
      oldest = Math.max(oldest, age)
      if (age < one.replyLevels.length) continue
      throw new RuntimeError(
        `input "${input}" of "${one.name}" has been through ${age} ${age === 1 ? "function" : "functions"}, ` +
          "as many as the module was compiled for\ngive the server client.refresh(reply) in its place, or compile with more steps",
        { code: "needs-refresh" },
      )
    }
    return oldest
  }

  #circuit(name: string, { residue, round, age }: Place): Circuit {
    const { functions, forms } = this.#plan[residue]!
    const { parameters } = keyedOf(this.spec)[residue]!
    const make = () => levelFunction(functions[name]![round]!, noiseModel(parameters), forms, age).circuit
    return this.#circuits.get(`${residue} ${round} ${age} ${name}`, make)
  }

  /** The youngest values first: every run begins with them, and the cache may be full before the oldest. */
  async #prepare(): Promise<void> {
    if (this.#engine.prepare === undefined) return
    const { functions } = this.spec
    const ages = Math.max(...functions.map(({ replyLevels }) => replyLevels.length))
    for (let age = 0; age < ages; age++) {
      for (const one of functions) {
        if (age >= one.replyLevels.length) continue
        // What a client has refreshed has been through no function.
        const rounds = age === 0 ? roundCount(one) : 1
        for (let round = 0; round < rounds; round++) await this.#prepareRound(one.name, round, age)
      }
    }
  }

  async #prepareRound(name: string, round: number, age: number): Promise<void> {
    for (const [residue, { functions, forms }] of this.#plan.entries()) {
      const { wired } = functions[name]![round]!
      const fresh = keyedOf(this.spec)[residue]!.parameters.primes.length - 1
      const primesOf = (input: string) => (age > 0 && wired.inputs.has(input) ? forms[age]!.level : fresh)
      await this.#engine.prepare?.(this.#circuit(name, { residue, round, age }), primesOf)
    }
  }

  /**
   * Primes that each ciphertext has more than the circuit is made for: wired inputs come down to the level that values of that
   * age have; all others are fresh, as the circuit expects.
   */
  #surplus(
    one: FunctionSpec,
    residue: number,
    age: number,
    operands: ReadonlyMap<string, Operand>,
  ): number[] {
    const { functions, forms } = this.#plan[residue]!
    const { wired } = functions[one.name]![0]!
    return encryptedInputs(one).flatMap((input) => {
      const { message, value } = operands.get(input.name)!
      const isFresh = age === 0 || !wired.inputs.has(input.name)
      return message.vector(residue, value).levels.map((own) => (isFresh ? 0 : own - forms[age]!.level))
    })
  }
}

/** Of which plaintext modulus and which round a circuit is, and how old its operands are. */
interface Place {
  readonly residue: number
  readonly round: number
  readonly age: number
}

interface Reply extends Pick<Message, "samples" | "batch" | "blobs"> {
  readonly label: Label
}

/** The clear inputs of each sample by name. */
const readClear = (
  one: FunctionSpec,
  operands: ReadonlyMap<string, Operand>,
  samples: number,
): Record<string, Values>[] => {
  const rows = Array.from({ length: samples }, (): Record<string, Values> => ({}))
  for (const { name } of clearInputs(one)) {
    const { message, value } = operands.get(name)!
    for (const [sample, values] of message.clear(value).entries()) rows[sample]![name] = values
  }
  return rows
}
