import { lanesOf } from "../../backend/circuit/layout.ts"
import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  nearest,
  printGiven,
  RuntimeError,
} from "../../data/index.ts"
import type { ProgramInputs } from "../client/client.ts"
import { ClientKeys, type ClientOptions, clientOptionForms } from "../client/client-keys.ts"
import { decryptParts, encryptParts, leastBudget } from "../client/client-parts.ts"
import { checkOutputs, checkSample, type Sample, shapeOutputs } from "../client/lanes.ts"
import type { ProgramResult } from "../client/results.ts"
import { MAX_GROUPS, naming } from "../messages/groups.ts"
import {
  type FunctionSpec,
  functionOf,
  type ModuleSpec,
  moduleSpecForm,
  refreshedOutputs,
  roundCount,
} from "../spec/module-spec.ts"
import { checkModuleHash } from "../spec/spec-hash.ts"
import type { ReplyLabel, RequestLabel } from "./module-labels.ts"
import { type ModuleMessage, packModuleMessage, roundFor, unpackModuleMessage } from "./module-messages.ts"

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
    const opened = this.#openFinal(reply)
    const results = this.#results(opened)
    return opened.message.batch ? results : results[0]!
  }

  /** The outputs of all samples in a reply. */
  decryptBatch(reply: Uint8Array, ...surplus: []): ProgramResult[] {
    checkArity("decryptBatch", [reply, ...surplus], 1, RuntimeError)
    return this.#results(this.#openFinal(reply))
  }

  /**
   * Whether a reply holds the outputs of a function. Of one in several rounds all replies but the last hold masked values, to
   * be refreshed. Throws RuntimeError when the reply is foreign or damaged.
   */
  isFinal(reply: Uint8Array, ...surplus: []): boolean {
    checkArity("isFinal", [reply, ...surplus], 1, RuntimeError)
    return this.#open(reply).round.isLast
  }

  /**
   * The values in a reply, decrypted and encrypted again. Of a reply that is not final, they are the request of the function's next
   * round. Of one that is, they are what other functions may take of it: a message for each function that a wire leads to, whose
   * values have been through no function yet. Throws RuntimeError when the reply is final and no wire leads from the function
   * that gave it, and whenever `decrypt` does.
   */
  refresh(reply: Uint8Array, ...surplus: []): Uint8Array {
    checkArity("refresh", [reply, ...surplus], 1, RuntimeError)
    const opened = this.#open(reply)
    const { label, round, message } = opened
    const { samples, batch } = message
    const next: RequestLabel = round.isLast
      ? { kind: "request", function: label.function, refreshed: true }
      : { kind: "request", function: label.function, round: round.round + 1 }
    if (round.isLast) checkWired(this.spec, label.function)
    const names = round.outputs.map(({ name }) => name)
    const values = decryptParts(this.#keys, round, message).map((flat, i): Sample => {
      naming(batch ? `sample ${i}` : undefined, () => checkOutputs(round.outputs, flat))
      return new Map(flat.map((value, k) => [names[k]!, value]))
    })
    const blobs = encryptParts(this.#keys, roundFor(this.spec, next), values)
    if (!round.isLast) blobs.push(message.blobs.at(-1)!)
    return packModuleMessage(this.spec, this.#keys.levelIds, next, { samples, batch, blobs })
  }

  /**
   * How many more functions the values of a reply may go through: with 0 they must be refreshed or decrypted. Throws
   * RuntimeError when the reply is foreign or damaged.
   */
  stepsLeft(reply: Uint8Array, ...surplus: []): number {
    checkArity("stepsLeft", [reply, ...surplus], 1, RuntimeError)
    return this.spec.steps - this.#openFinal(reply).label.age
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
    const { round, message } = this.#open(reply)
    return leastBudget(this.#keys, round, message)
  }

  /** Forgets the key and frees all memory. */
  dispose(...surplus: []): void {
    checkArity("dispose", surplus, 0, RuntimeError)
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
    const label: RequestLabel = {
      kind: "request",
      function: one.name,
      inputs: sent.map(({ name }) => name),
    }
    const blobs = encryptParts(this.#keys, roundFor(this.spec, label), checked)
    return packModuleMessage(this.spec, this.#keys.levelIds, label, { samples: samples.length, batch, blobs })
  }

  #open(reply: Uint8Array): Opened {
    this.#keys.checkAlive()
    const opened = unpackModuleMessage(this.spec, reply, this.#keys.levelIds, ["reply"])
    return opened as Opened
  }

  /** Throws RuntimeError for a reply that holds no outputs yet. */
  #openFinal(reply: Uint8Array): Opened {
    const opened = this.#open(reply)
    const { label, round } = opened
    if (round.isLast) return opened
    const count = roundCount(functionOf(this.spec, label.function))
    throw new RuntimeError(
      `this reply is of round ${round.round + 1} of ${count} of "${label.function}" and holds no outputs yet\n` +
        "give the server what client.refresh(reply) makes of it, until client.isFinal(reply)",
      { code: "wrong-round" },
    )
  }

  #results({ round, message }: Opened): ProgramResult[] {
    return decryptParts(this.#keys, round, message).map((values, sample) =>
      naming(message.batch ? `sample ${sample}` : undefined, () => shapeOutputs(round, values)),
    )
  }
}

interface Opened extends ModuleMessage {
  readonly label: ReplyLabel
}

/** Throws RuntimeError for a function that no wire leads from. */
const checkWired = (spec: ModuleSpec, name: string): void => {
  if (refreshedOutputs(spec, functionOf(spec, name)).length > 0) return
  throw new RuntimeError(
    `no wire leads from function "${name}": no other takes what it gives\n` +
      "decrypt the reply, or compile the module with a wire",
    { code: "unsupported" },
  )
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
