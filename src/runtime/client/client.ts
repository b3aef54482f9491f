import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  type Nested,
  printGiven,
  type Reals,
  RuntimeError,
} from "../../data/index.ts"
import { type Message, packMessage, unpackMessage } from "../messages/envelope.ts"
import { MAX_GROUPS, naming } from "../messages/groups.ts"
import { mostSamplesOf, roundOf, roundReplyRules, roundRequestRules } from "../messages/round-messages.ts"
import { type Round, roundsOf } from "../messages/rounds-and-residues.ts"
import { type ProgramSpec, specForm } from "../spec/program-spec.ts"
import { ClientKeys, type ClientOptions, clientOptionForms } from "./client-keys.ts"
import { decryptParts, encryptParts, leastBudget } from "./client-parts.ts"
import { checkSample, type Sample, shapeOutputs } from "./lanes.ts"
import type { ProgramResult } from "./results.ts"
import { inputsOfRows, scoresOfResults } from "./rows.ts"

/** Inputs by name, as nested arrays. */
export type ProgramInputs = Readonly<Record<string, Nested>>

/** Holds the secret key of one user of a program: encrypts its inputs and decrypts its outputs. */
export class Client<I = ProgramInputs, O = ProgramResult> implements Disposable {
  /**
   * Throws RuntimeError when `keys` is not a secret key of this program or has failed too often, and when it
   * needs more than `maxKeyBytes`.
   */
  static async create<I = ProgramInputs, O = ProgramResult>(
    spec: ProgramSpec,
    options: ClientOptions = {},
    ...surplus: []
  ): Promise<Client<I, O>> {
    checkArguments(
      "a client",
      [spec, options, ...surplus],
      { spec: specForm, options: forms.anything },
      RuntimeError,
    )
    checkOptions("a client", options, clientOptionForms, RuntimeError)
    return new Client<I, O>(spec, await ClientKeys.create(spec, options))
  }

  readonly spec: ProgramSpec
  readonly #rounds: readonly Round[]
  readonly #keys: ClientKeys

  private constructor(spec: ProgramSpec, keys: ClientKeys) {
    this.spec = spec
    this.#rounds = roundsOf(spec)
    this.#keys = keys
  }

  /**
   * How many decryptions have failed with the secret key, in the clients before that it was restored from too. After the third it is
   * not used any more: whoever sees which replies fail learns the key bit by bit.
   */
  get failures(): number {
    return this.#keys.failures.count
  }

  /** The request for one sample. Throws RuntimeError for inputs outside their declarations. */
  encrypt(inputs: I, ...surplus: []): Uint8Array {
    checkArity("encrypt", [inputs, ...surplus], 1, RuntimeError)
    return this.#request([inputs], false)
  }

  /**
   * The request for one or more samples. As many as the program has lanes share ciphertexts and cost the server as much
   * as one; more make several groups. How many groups it takes is the server's to say.
   */
  encryptBatch(samples: readonly I[], ...surplus: []): Uint8Array {
    checkArity("encryptBatch", [samples, ...surplus], 1, RuntimeError)
    const most = mostSamplesOf(this.spec, MAX_GROUPS)
    if (!Array.isArray(samples) || samples.length < 1 || samples.length > most) {
      const found = Array.isArray(samples) ? `${samples.length} samples` : printGiven(samples)
      throw new RuntimeError(`a batch is an array of 1 to ${most} samples, not ${found}`, {
        code: "wrong-argument",
      })
    }
    return this.#request(samples, true)
  }

  /**
   * The outputs in a reply, in the form in which the program returns them. Of a batch it gives an array of those, as
   * `decryptBatch` does, which has the type of it.
   * Throws RuntimeError when the reply is foreign or damaged, when noise has spoilt it, or a value is out of range.
   */
  decrypt(reply: Uint8Array, ...surplus: []): O {
    checkArity("decrypt", [reply, ...surplus], 1, RuntimeError)
    const opened = this.#open(reply)
    const results = this.#results(opened)
    return opened.message.batch ? (results as O) : results[0]!
  }

  /** The outputs of all samples in a reply. */
  decryptBatch(reply: Uint8Array, ...surplus: []): O[] {
    checkArity("decryptBatch", [reply, ...surplus], 1, RuntimeError)
    return this.#results(this.#open(reply))
  }

  /**
   * The request for rows of a model, nested as its input or flat. Throws RuntimeError, naming row and column, for numbers that
   * the model cannot take, and where the program was not made of a model.
   */
  encryptRows(rows: readonly Reals[], ...surplus: []): Uint8Array {
    checkArity("encryptRows", [rows, ...surplus], 1, RuntimeError)
    return this.encryptBatch(inputsOfRows(this.spec, rows) as I[])
  }

  /** The model's scores of each row in a reply. Throws what `decrypt` throws, and where the program was not made of a model. */
  decryptRows(reply: Uint8Array, ...surplus: []): number[][] {
    checkArity("decryptRows", [reply, ...surplus], 1, RuntimeError)
    return scoresOfResults(this.spec, this.decryptBatch(reply) as ProgramResult[])
  }

  /**
   * Whether a reply holds the outputs. Of a program in several rounds all replies but the last hold masked values, to be
   * refreshed. Throws RuntimeError when the reply is foreign or damaged.
   */
  isFinal(reply: Uint8Array, ...surplus: []): boolean {
    checkArity("isFinal", [reply, ...surplus], 1, RuntimeError)
    return this.#open(reply).round.isLast
  }

  /**
   * The request of the next round: the values in a reply, decrypted and encrypted again. They are masked by the server, so that
   * nothing is learned from them. Throws RuntimeError when the reply is the last, foreign or damaged.
   */
  refresh(reply: Uint8Array, ...surplus: []): Uint8Array {
    checkArity("refresh", [reply, ...surplus], 1, RuntimeError)
    const opened = this.#open(reply)
    const { round, message } = opened
    const next = this.#rounds[round.round + 1]
    if (next === undefined) {
      throw new RuntimeError("this reply is the last of its run: there is nothing to refresh\ndecrypt it", {
        code: "wrong-round",
      })
    }
    const names = round.outputs.map(({ name }) => name)
    const samples = decryptParts(this.#keys, round, message).map(
      (values): Sample => new Map(values.map((value, i) => [names[i]!, value])),
    )
    const session = message.blobs.at(-1)!
    const blobs = [...encryptParts(this.#keys, next, samples), session]
    return this.#pack(next, { samples: message.samples, batch: message.batch, blobs })
  }

  /** The keys a server computes with; they reveal nothing of the inputs. Made when first asked for. */
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

  #request(samples: readonly I[], batch: boolean): Uint8Array {
    this.#keys.checkAlive()
    this.#keys.failures.check()
    const [first] = this.#rounds as [Round]
    const checked = samples.map((sample, i) =>
      naming(batch ? `sample ${i}` : undefined, () => checkSample(sample, first.inputs)),
    )
    const blobs = encryptParts(this.#keys, first, checked)
    return this.#pack(first, { samples: samples.length, batch, blobs })
  }

  #pack(round: Round, request: Message): Uint8Array {
    return packMessage(roundRequestRules(round, this.#keys.levelIds, request.samples), request)
  }

  #open(reply: Uint8Array): Opened {
    this.#keys.checkAlive()
    const round = roundOf(this.#rounds, reply)
    return { round, message: unpackMessage(reply, roundReplyRules(round, this.#keys.levelIds)) }
  }

  #results(opened: Opened): O[] {
    const { round, message } = opened
    if (!round.isLast) {
      throw new RuntimeError(
        `this reply is of round ${round.round + 1} of ${this.#rounds.length} and holds no outputs yet\n` +
          "give the server what client.refresh(reply) makes of it, until client.isFinal(reply)",
        { code: "wrong-round" },
      )
    }
    return decryptParts(this.#keys, round, message).map((values, sample) =>
      naming(message.batch ? `sample ${sample}` : undefined, () => shapeOutputs(round, values) as O),
    )
  }
}

interface Opened {
  readonly round: Round
  readonly message: Message
}
