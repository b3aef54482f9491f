import {
  type AgeForm,
  type Circuit,
  levelFunction,
  type ModuleCircuit,
  noiseModel,
} from "../backend/index.ts"
import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  type OptionForms,
  RuntimeError,
  type Values,
} from "../data/index.ts"
import { clearOutput, runClearPart } from "./clear-part.ts"
import { decodeClear, encodeClear } from "./clear-values.ts"
import { inTurns } from "./engine.ts"
import type { GroupRunnerOptions } from "./group-runner.ts"
import { groupsOf, named, nameOf, naming } from "./groups.ts"
import { packModuleMessage, unpackModuleMessage } from "./module-messages.ts"
import { type ModuleRequest, type Operand, operandsOf } from "./module-operands.ts"
import { ModuleRunner } from "./module-runner.ts"
import { type FunctionSpec, functionOf, type ModuleSpec, moduleSpecForm } from "./module-spec.ts"
import { checkRunOptions, type RunOptions, runnerOptionForms } from "./server.ts"

export interface ModuleServerOptions extends GroupRunnerOptions {
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

const optionForms: OptionForms<ModuleServerOptions> = runnerOptionForms

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
    const runner = await ModuleRunner.create(spec, evaluationKeys, options)
    const server = new ModuleServer(spec, plan, runner, options.maxGroups ?? 64)
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
  readonly #runner: ModuleRunner
  readonly #maxGroups: number
  readonly #circuits = new CircuitCache()
  #isDisposed = false

  private constructor(spec: ModuleSpec, plan: ModulePlan, runner: ModuleRunner, maxGroups: number) {
    this.spec = spec
    this.#plan = plan
    this.#runner = runner
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
    const { levelIds } = this.#runner.context
    const operands = operandsOf(spec, one, request, (bytes) =>
      unpackModuleMessage(spec, bytes, levelIds, ["request", "reply"], this.#maxGroups),
    )
    const age = this.#ageOf(one, operands)
    const messages = new Set([...operands.values()].map(({ message }) => message))
    const { samples = 1, batch = false } = messages.values().next().value ?? {}
    const clear = readClear(one, operands, samples)
    const circuit = this.#circuit(name, age)
    const groups = groupsOf(spec.layout, samples)
    const total = groups.length * circuit.instructions.length
    let done = 0
    const onSteps = (count: number, doing: string): void => {
      done += count
      onProgress?.(done, total, doing)
    }
    const unused = this.#surplus(name, age, operands)
    const results = await inTurns(groups.length, 1, async (i, signal) => {
      const { from, to } = groups[i]!
      const who = groups.length > 1 ? nameOf(groups[i]!) : undefined
      const values = naming(who, () => runClearPart(circuit, clear.slice(from, to)))
      const given = Object.fromEntries(circuit.given.map(({ name }) => [name, clearOutput(values, name)]))
      const input = (name: string, piece: number): Uint8Array => {
        const { message, value } = operands.get(name)!
        return message.pieces(value, i)[piece]!
      }
      const columns = one.outputs
        .filter(({ placement }) => placement === null)
        .map(({ name }) => clearOutput(values, name))
      const rows = Array.from({ length: to - from }, (_, lane) => columns.map((column) => column[lane]!))
      try {
        const hooks = { signal, ...(onProgress && { onSteps }) }
        return { blobs: await this.#runner.run({ circuit, input, surplus: unused, given }, hooks), rows }
      } catch (error) {
        throw named(who, error)
      }
    })
    const blobs = results.flatMap((result) => result.blobs)
    if (one.outputs.some(({ placement }) => placement === null)) {
      blobs.push(encodeClear(results.flatMap(({ rows }) => rows)))
    }
    const label = { kind: "reply", function: name, age: age + 1 } as const
    return packModuleMessage(spec, levelIds, label, { samples, batch, blobs })
  }

  /** Frees all memory; a run that is under way fails. */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#circuits.clear()
    this.#runner[Symbol.dispose]()
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
    const { functions, forms } = this.#plan
    const fresh = this.spec.parameters.primes.length - 1
    for (const [age, { level }] of forms.entries()) {
      for (const { name, replyLevels } of this.spec.functions) {
        if (age >= replyLevels.length) continue
        const { wired } = functions[name]!
        const primesOf = (input: string) => (age > 0 && wired.inputs.has(input) ? level : fresh)
        await this.#runner.prepare(this.#circuit(name, age), primesOf)
      }
    }
  }

  /** Wired inputs come down to the level that values of that age have; all others are fresh, as the circuit expects. */
  #surplus(name: string, age: number, operands: ReadonlyMap<string, Operand>) {
    const { wired } = this.#plan.functions[name]!
    const { level } = this.#plan.forms[age]!
    return (input: string, piece: number): number => {
      if (age === 0 || !wired.inputs.has(input)) return 0
      const { message, value } = operands.get(input)!
      return message.vectors.find((vector) => vector.name === value)!.levels[piece]! - level
    }
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

/** Circuits with levels placed, by what they are for: made again when they have had to go. */
class CircuitCache {
  readonly #circuits = new Map<string, Circuit>()
  #instructions = 0

  get(key: string, make: () => Circuit): Circuit {
    const circuit = this.#circuits.get(key) ?? make()
    if (this.#circuits.delete(key)) this.#instructions -= circuit.instructions.length
    this.#circuits.set(key, circuit)
    this.#instructions += circuit.instructions.length
    for (const [oldest, { instructions }] of this.#circuits) {
      if (this.#instructions <= MOST_INSTRUCTIONS || oldest === key) break
      this.#circuits.delete(oldest)
      this.#instructions -= instructions.length
    }
    return circuit
  }

  clear(): void {
    this.#circuits.clear()
    this.#instructions = 0
  }
}

/** Instructions that all cached circuits have together: some 100 bytes each. */
const MOST_INSTRUCTIONS = 1_000_000
