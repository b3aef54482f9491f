import { lanesOf } from "../../backend/circuit/layout.ts"
import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  nearest,
  printGiven,
  RuntimeError,
  type Values,
} from "../../data/index.ts"
import type { ProgramInputs } from "../client/client.ts"
import { ClientKeys, type ClientOptions, clientOptionForms } from "../client/client-keys.ts"
import {
  checkOutputs,
  checkSample,
  encryptGroup,
  laneValues,
  type Sample,
  type SentValue,
  shapeOutputs,
} from "../client/lanes.ts"
import type { ProgramResult } from "../client/results.ts"
import { decodeClear, encodeClear } from "../messages/clear-values.ts"
import { groupsOf, MAX_GROUPS, nameOf, naming } from "../messages/groups.ts"
import {
  type FunctionSpec,
  functionOf,
  type ModuleSpec,
  moduleSpecForm,
  refreshedOutputs,
} from "../spec/module-spec.ts"
import { checkModuleHash } from "../spec/spec-hash.ts"
import { type Label, type ModuleMessage, packModuleMessage, unpackModuleMessage } from "./module-messages.ts"

export type ModuleClientOptions = ClientOptions

/** Holds the secret key of one user of a module: encrypts inputs and decrypts outputs of all its functions. */
export class ModuleClient implements Disposable {
  /**
   * Throws RuntimeError when the specification is not what its hash was made of, and when `keys` is not a secret key of this
   * module or has failed too often.
   */
  static async create(
    spec: ModuleSpec,
    options: ModuleClientOptions = {},
    ...surplus: []
  ): Promise<ModuleClient> {
    checkArguments(
      "a client",
      [spec, options, ...surplus],
      { spec: moduleSpecForm, options: forms.anything },
      RuntimeError,
    )
    checkOptions("a client", options, clientOptionForms, RuntimeError)
    checkModuleHash(spec)
    return new ModuleClient(spec, await ClientKeys.create(spec, options))
  }

  readonly spec: ModuleSpec
  readonly #keys: ClientKeys

  private constructor(spec: ModuleSpec, keys: ClientKeys) {
    this.spec = spec
    this.#keys = keys
  }

  /** How many decryptions have failed with the secret key: see `Client.failures`. */
  get failures(): number {
    return this.#keys.failures.count
  }

  /**
   * Inputs of one function for one sample: all of them, or those that do not come from another function.
   * Throws RuntimeError for inputs outside their declarations.
   */
  encrypt(name: string, inputs: ProgramInputs, ...surplus: []): Uint8Array {
    checkArity("encrypt", [name, inputs, ...surplus], 2, RuntimeError)
    return this.#request(functionOf(this.spec, name), [inputs], false)
  }

  /** `encrypt` for one or more samples, all with the same inputs: as many as there are lanes share ciphertexts. */
  encryptBatch(name: string, samples: readonly ProgramInputs[], ...surplus: []): Uint8Array {
    checkArity("encryptBatch", [name, samples, ...surplus], 2, RuntimeError)
    const most = lanesOf(this.spec.layout) * MAX_GROUPS
    if (!Array.isArray(samples) || samples.length < 1 || samples.length > most) {
      const found = Array.isArray(samples) ? `${samples.length} samples` : printGiven(samples)
      throw new RuntimeError(`a batch is an array of 1 to ${most} samples, not ${found}`, {
        code: "wrong-argument",
      })
    }
    return this.#request(functionOf(this.spec, name), samples, true)
  }

  /**
   * The outputs in a reply: for one sample in the form in which the function returns them, for a batch an array of those.
   * Throws RuntimeError when the reply is foreign or damaged, when noise has spoilt it, or a value is out of range.
   */
  decrypt(reply: Uint8Array, ...surplus: []): ProgramResult | ProgramResult[] {
    checkArity("decrypt", [reply, ...surplus], 1, RuntimeError)
    const message = this.#open(reply)
    const results = this.#results(message)
    return message.batch ? results : results[0]!
  }

  /** The outputs of all samples in a reply. */
  decryptBatch(reply: Uint8Array, ...surplus: []): ProgramResult[] {
    checkArity("decryptBatch", [reply, ...surplus], 1, RuntimeError)
    return this.#results(this.#open(reply))
  }

  /**
   * What other functions may take of a reply, decrypted and encrypted again: a message for each function that a wire leads to,
   * whose values have been through no function yet. Throws RuntimeError when no wire leads from the function that replied, and
   * whenever `decrypt` does.
   */
  refresh(reply: Uint8Array, ...surplus: []): Uint8Array {
    checkArity("refresh", [reply, ...surplus], 1, RuntimeError)
    const message = this.#open(reply)
    const { label, samples, batch } = message
    const one = functionOf(this.spec, label.function)
    const sent = refreshedOutputs(this.spec, one)
    if (sent.length === 0) {
      throw new RuntimeError(
        `no wire leads from function "${one.name}": no other takes what it gives\n` +
          "decrypt the reply, or compile the module with a wire",
        { code: "unsupported" },
      )
    }
    const values = this.#values(message).map(
      (flat): Sample => new Map(one.outputs.map(({ name }, i) => [name, flat[i]!])),
    )
    const blobs = this.#encrypted(sent, values)
    const fresh: Label = { kind: "request", function: one.name, refreshed: true }
    return packModuleMessage(this.spec, this.#keys.levelIds[0]!, fresh, { samples, batch, blobs })
  }

  /**
   * How many more functions the values of a reply may go through: with 0 they must be refreshed or decrypted. Throws
   * RuntimeError when the reply is foreign or damaged.
   */
  stepsLeft(reply: Uint8Array, ...surplus: []): number {
    checkArity("stepsLeft", [reply, ...surplus], 1, RuntimeError)
    const { label } = this.#open(reply)
    return label.kind === "reply" ? this.spec.steps - label.age : this.spec.steps
  }

  /** The keys a server computes all functions with; they reveal nothing of the inputs. Made when first asked for. */
  evaluationKeys(...surplus: []): Uint8Array {
    checkArity("evaluationKeys", surplus, 0, RuntimeError)
    return this.#keys.evaluationKeys()
  }

  /** The secret key and how often it has failed, to be stored where only its owner reads it. */
  secretKey(...surplus: []): Uint8Array {
    checkArity("secretKey", surplus, 0, RuntimeError)
    return this.#keys.secretKey()
  }

  /**
   * Bits of noise the ciphertexts of a reply could still take, the least of them; Infinity when there are none.
   * A local diagnosis: told to a server, it can give the secret key away.
   */
  noiseBudget(reply: Uint8Array, ...surplus: []): number {
    checkArity("noiseBudget", [reply, ...surplus], 1, RuntimeError)
    const message = this.#open(reply)
    const budgets = groupsOf(this.spec.layout, message.samples).flatMap((_, group) =>
      message.vectors.flatMap(({ name }) =>
        message.pieces(name, group).map((piece) => this.#keys.secret(0).noiseBudget(piece)),
      ),
    )
    return Math.min(...budgets)
  }

  /** Forgets the key and frees all memory. */
  dispose(): void {
    this.#keys[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #request(one: FunctionSpec, samples: readonly ProgramInputs[], batch: boolean): Uint8Array {
    this.#keys.checkAlive()
    const sent = inputsSent(one, samples[0])
    const checked = samples.map((sample, i) =>
      naming(batch ? `sample ${i}` : undefined, () => checkSample(sample, sent)),
    )
    const blobs = this.#encrypted(sent, checked)
    const clear = sent.filter(({ placement }) => placement === null)
    if (clear.length > 0) {
      blobs.push(encodeClear(checked.map((sample) => clear.map(({ name }) => sample.get(name)!))))
    }
    const inputs = sent.map(({ name }) => name)
    return packModuleMessage(
      this.spec,
      this.#keys.levelIds[0]!,
      { kind: "request", function: one.name, inputs },
      { samples: samples.length, batch, blobs },
    )
  }

  /** The ciphertexts of each group of samples. */
  #encrypted(sent: readonly SentValue[], samples: readonly Sample[]): Uint8Array[] {
    this.#keys.failures.check()
    return groupsOf(this.spec.layout, samples.length).flatMap(({ from, to }) =>
      encryptGroup(this.#keys.secret(0), this.spec, sent, samples.slice(from, to)),
    )
  }

  #open(reply: Uint8Array): ModuleMessage {
    this.#keys.checkAlive()
    return unpackModuleMessage(this.spec, reply, this.#keys.levelIds[0]!, ["reply"])
  }

  #results(message: ModuleMessage): ProgramResult[] {
    const one = functionOf(this.spec, message.label.function)
    return this.#values(message).map((values) => shapeOutputs(one, values))
  }

  /** The flat values of all outputs of each sample, inside their ranges. */
  #values(message: ModuleMessage): Values[][] {
    const { label, samples, batch, vectors, clear, clearBlob } = message
    const { layout, parameters } = this.spec
    const { outputs } = functionOf(this.spec, label.function)
    const rows = clearBlob === undefined ? [] : decodeClear(clearBlob, clear, samples)
    return groupsOf(layout, samples).flatMap((group, i) => {
      const slots = naming(batch ? nameOf(group) : undefined, () =>
        vectors.flatMap(({ name }) =>
          message.pieces(name, i).map((piece) => this.#keys.secret(0).decrypt(piece)),
        ),
      )
      return Array.from({ length: group.to - group.from }, (_, lane) => {
        const sample = group.from + lane
        const values = laneValues(layout, outputs, [parameters.t], lane, [slots], rows[sample])
        naming(batch ? `sample ${sample}` : undefined, () => checkOutputs(outputs, values))
        return values
      })
    })
  }
}

/** The inputs that the first sample has, in declared order; one at least. */
const inputsSent = ({ name, inputs }: FunctionSpec, first: unknown): FunctionSpec["inputs"] => {
  if (typeof first !== "object" || first === null || Array.isArray(first) || first instanceof Promise)
    return inputs
  const names = inputs.map((input) => input.name)
  const unknown = Object.keys(first).find((key) => !names.includes(key))
  if (unknown !== undefined) {
    throw new RuntimeError(
      `function "${name}" has no input ${printGiven(unknown)}${nearest(unknown, names)}`,
      { code: "unknown-name" },
    )
  }
  const sent = inputs.filter((input) => Object.hasOwn(first, input.name))
  if (sent.length > 0 || inputs.length === 0) return sent
  throw new RuntimeError(`no inputs are given; function "${name}" takes ${names.join(", ")}`, {
    code: "wrong-input",
  })
}
