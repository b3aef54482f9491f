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
import { decodeClear } from "../messages/clear-values.ts"
import { DEFAULT_MAX_GROUPS } from "../messages/groups.ts"
import { clearOutputs, encryptedInputs, type LevelIds } from "../messages/message-rules.ts"
import { CircuitCache } from "../server/circuit-cache.ts"
import { createEngine, type EngineOptions, engineOptionForms } from "../server/create-engine.ts"
import type { Engine } from "../server/engine.ts"
import { runGroups } from "../server/run-groups.ts"
import { checkRunOptions, type RunOptions } from "../server/server.ts"
import { type FunctionSpec, functionOf, type ModuleSpec, moduleSpecForm } from "../spec/module-spec.ts"
import { packModuleMessage, unpackModuleMessage } from "./module-messages.ts"
import { type ModuleRequest, type Operand, operandsOf } from "./module-operands.ts"

export interface ModuleServerOptions extends EngineOptions {
  /** Most groups of samples in one request; 64 unless given. Each takes the time and the bytes of a run of its own. */
  readonly maxGroups?: number
}

/** What a server needs besides the specification: the functions without levels, and what values of each age are like. */
export interface ModulePlan {
  readonly functions: Readonly<Record<string, ModuleCircuit>>
  readonly forms: readonly AgeForm[]
}

const serverForms = {
  spec: moduleSpecForm,
  plan: forms.object,
  evaluationKeys: forms.bytes,
  options: forms.anything,
}

const optionForms: OptionForms<ModuleServerOptions> = { ...engineOptionForms, maxGroups: forms.number }

/** Computes the functions of a module on the encrypted values of one client. It loads evaluation keys only. */
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
    const later = Object.values(plan.functions).map(({ circuit }) => circuit)
    const engine = await createEngine(spec, { known: [], later }, evaluationKeys, options)
    const server = new ModuleServer(spec, plan, engine, options.maxGroups ?? DEFAULT_MAX_GROUPS)
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
  readonly #maxGroups: number
  readonly #circuits = new CircuitCache<string>()
  #isDisposed = false

  private constructor(spec: ModuleSpec, plan: ModulePlan, engine: Engine, maxGroups: number) {
    this.spec = spec
    this.#plan = plan
    this.#engine = engine
    this.#maxGroups = maxGroups
  }

  /**
   * The encrypted reply of function `name`, to be decrypted or given to other functions. Gives way to other work about
   * every 100 ms; several runs may overlap. Before any computation, throws RuntimeError when a message is foreign or damaged,
   * when an input is missing or no wire leads to it, and when a value has been through as many functions as the module was
   * compiled for.
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
    const [levelIds] = this.#engine.levelIds as [LevelIds]
    const operands = operandsOf(spec, one, request, (bytes) =>
      unpackModuleMessage(spec, bytes, levelIds, ["request", "reply"], this.#maxGroups),
    )
    const age = this.#ageOf(one, operands)
    const messages = new Set([...operands.values()].map(({ message }) => message))
    const { samples = 1, batch = false } = messages.values().next().value ?? {}
    const clear = readClear(one, operands, samples)
    const encrypted = encryptedInputs(one).map((input) => operands.get(input.name)!)
    const circuit = this.#circuit(name, age)
    const blobs = await runGroups(
      this.#engine,
      {
        layout: spec.layout,
        samples,
        batch,
        circuits: [circuit],
        ciphertexts: (_, group) => encrypted.flatMap(({ message, value }) => message.pieces(value, group)),
        surplus: this.#surplus(name, age, operands),
        clear,
        clearOutputs: clearOutputs(one).map((output) => output.name),
      },
      onProgress,
    )
    const label = { kind: "reply", function: name, age: age + 1 } as const
    return packModuleMessage(spec, levelIds, label, { samples, batch, blobs })
  }

  /** Groups that run at the same time: the worker threads there are, or 1 without. */
  get threads(): number {
    return this.#engine.width
  }

  /** Frees all memory and ends the worker threads; a run that is under way fails. */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#circuits.clear()
    this.#engine[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.dispose()
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

  #circuit(name: string, age: number): Circuit {
    const { functions, forms } = this.#plan
    const make = () => levelFunction(functions[name]!, noiseModel(this.spec.parameters), forms, age).circuit
    return this.#circuits.get(`${age} ${name}`, make)
  }

  /** The youngest values first: every run begins with them, and the cache may be full before the oldest. */
  async #prepare(): Promise<void> {
    if (this.#engine.prepare === undefined) return
    const { functions, forms } = this.#plan
    const fresh = this.spec.parameters.primes.length - 1
    for (const [age, { level }] of forms.entries()) {
      for (const { name, replyLevels } of this.spec.functions) {
        if (age >= replyLevels.length) continue
        const { wired } = functions[name]!
        const primesOf = (input: string) => (age > 0 && wired.inputs.has(input) ? level : fresh)
        await this.#engine.prepare(this.#circuit(name, age), primesOf)
      }
    }
  }

  /**
   * Primes that each ciphertext has more than the circuit is made for: wired inputs come down to the level that values of that
   * age have; all others are fresh, as the circuit expects.
   */
  #surplus(name: string, age: number, operands: ReadonlyMap<string, Operand>): number[] {
    const { wired } = this.#plan.functions[name]!
    const { level } = this.#plan.forms[age]!
    return encryptedInputs(functionOf(this.spec, name)).flatMap((input) => {
      const { message, value } = operands.get(input.name)!
      const { levels } = message.vectors.find((vector) => vector.name === value)!
      const isFresh = age === 0 || !wired.inputs.has(input.name)
      return levels.map((own) => (isFresh ? 0 : own - level))
    })
  }
}

/** The clear inputs of each sample by name. */
const readClear = (
  { inputs }: FunctionSpec,
  operands: ReadonlyMap<string, Operand>,
  samples: number,
): Record<string, Values>[] => {
  const rows = Array.from({ length: samples }, (): Record<string, Values> => ({}))
  for (const { name, placement } of inputs) {
    if (placement !== null) continue
    const { message, value } = operands.get(name)!
    const at = message.clear.findIndex((each) => each.name === value)
    const decoded = decodeClear(message.clearBlob!, message.clear, samples)
    for (const [sample, row] of rows.entries()) row[name] = decoded[sample]![at]!
  }
  return rows
}
