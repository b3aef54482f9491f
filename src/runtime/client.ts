import { encodeInput } from "../backend/encode-input.ts"
import { fromSlots, lanesOf, piecesOf, type Slots, toSlots } from "../backend/layout.ts"
import {
  checkNames,
  checkValues,
  type Nested,
  type NestedResult,
  RuntimeError,
  type Values,
} from "../data/index.ts"
import { decodeClear, encodeClear } from "./clear-values.ts"
import { type Group, groupsOf, MAX_GROUPS, nameOf, naming } from "./groups.ts"
import { clearInputs, clearOutputs, encryptedInputs, replyRules, secretKeyRules } from "./messages.ts"
import type { OnProgress, ProgramSpec } from "./program-spec.ts"
import { checkResult, type ProgramResult, shapeResult, toNested } from "./results.ts"
import { SealContext, type SealOptions } from "./seal.ts"
import { SealSecret } from "./seal-secret.ts"
import { type Message, packMessage, unpackMessage } from "./wire.ts"

export interface ClientOptions extends SealOptions {
  /** What `secretKey()` returned, to go on with the same key; without it a new one is made. */
  readonly keys?: Uint8Array
  /** A context for the program's parameters to use, which the caller disposes; without it the client makes its own. */
  readonly context?: SealContext
  readonly onProgress?: OnProgress
}

/** Inputs by name, as nested arrays. */
export type ProgramInputs = Readonly<Record<string, Nested>>

/** Holds the secret key of one user of a program: encrypts its inputs and decrypts its outputs. */
export class Client implements Disposable {
  /** Throws RuntimeError when `keys` is not a secret key of this program. */
  static async create(spec: ProgramSpec, options: ClientOptions = {}): Promise<Client> {
    const { onProgress } = options
    options.context?.checkParameters(spec.parameters)
    onProgress?.(0, 2, "setting up encryption")
    const context = options.context ?? (await SealContext.create(spec.parameters, options))
    try {
      onProgress?.(1, 2, options.keys === undefined ? "generating the secret key" : "loading the secret key")
      const rules = secretKeyRules(spec, context.levelIds)
      const saved = options.keys && unpackMessage(options.keys, rules).blobs[0]
      const client = new Client(spec, context, new SealSecret(context, saved), options.context === undefined)
      onProgress?.(2, 2, "ready")
      return client
    } catch (error) {
      if (options.context === undefined) context.dispose()
      throw error
    }
  }

  readonly spec: ProgramSpec
  readonly #context: SealContext
  readonly #secret: SealSecret
  readonly #ownsContext: boolean
  #evaluationKeys: Uint8Array | undefined
  #isDisposed = false

  private constructor(spec: ProgramSpec, context: SealContext, secret: SealSecret, ownsContext: boolean) {
    this.spec = spec
    this.#context = context
    this.#secret = secret
    this.#ownsContext = ownsContext
  }

  /** The request for one sample. Throws RuntimeError for inputs outside their declarations. */
  encrypt(inputs: ProgramInputs): Uint8Array {
    return this.#request([inputs], false)
  }

  /**
   * The request for one or more samples. As many as the program has lanes share ciphertexts and cost the server as much
   * as one; more make several groups. How many groups it takes is the server's to say.
   */
  encryptBatch(samples: readonly ProgramInputs[]): Uint8Array {
    const most = lanesOf(this.spec.layout) * MAX_GROUPS
    if (!Array.isArray(samples) || samples.length < 1 || samples.length > most) {
      const found = Array.isArray(samples) ? `${samples.length} samples` : String(samples)
      throw new RuntimeError(`a batch is an array of 1 to ${most} samples, not ${found}`)
    }
    return this.#request(samples, true)
  }

  /**
   * The outputs in a reply: for one sample in the form in which the program returns them, for a batch an array of those.
   * Throws RuntimeError when the reply is foreign or damaged, when noise has spoilt it, or a value is out of range.
   */
  decrypt(reply: Uint8Array): ProgramResult | ProgramResult[] {
    const message = this.#open(reply)
    const results = this.#results(message)
    return message.batch ? results : results[0]!
  }

  /** The outputs of all samples in a reply. */
  decryptBatch(reply: Uint8Array): ProgramResult[] {
    return this.#results(this.#open(reply))
  }

  /** The keys a server computes with; they reveal nothing of the inputs. Made when first asked for. */
  evaluationKeys(): Uint8Array {
    this.#checkAlive()
    this.#evaluationKeys ??= this.#makeEvaluationKeys()
    return this.#evaluationKeys
  }

  /** The secret key, to be stored where only its owner reads it. */
  secretKey(): Uint8Array {
    this.#checkAlive()
    return packMessage("secret key", this.spec.hash, {
      samples: 1,
      batch: false,
      blobs: [this.#secret.save()],
    })
  }

  /**
   * Bits of noise the ciphertexts of a reply could still take, the least of them; Infinity when there are none.
   * A local diagnosis: told to a server, it can give the secret key away.
   */
  noiseBudget(reply: Uint8Array): number {
    const { blobs, samples } = this.#open(reply)
    const { layout, replyLevels } = this.spec
    const pieces = blobs.slice(0, groupsOf(layout, samples).length * replyLevels.length)
    return Math.min(...pieces.map((piece) => this.#secret.noiseBudget(piece)))
  }

  /** Forgets the key and frees all memory. */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#evaluationKeys = undefined
    this.#secret[Symbol.dispose]()
    if (this.#ownsContext) this.#context.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #request(samples: readonly ProgramInputs[], batch: boolean): Uint8Array {
    this.#checkAlive()
    const { layout, inputs, hash } = this.spec
    const checked = samples.map((sample, i) =>
      naming(batch ? `sample ${i}` : undefined, () => checkSample(sample, inputs)),
    )
    const groups = groupsOf(layout, samples.length)
    const blobs = groups.flatMap(({ from, to }) => this.#encryptGroup(checked.slice(from, to)))
    const clear = clearInputs(this.spec)
    if (clear.length > 0) {
      blobs.push(encodeClear(checked.map((sample) => clear.map(({ name }) => sample.get(name)!))))
    }
    return packMessage("request", hash, { samples: samples.length, batch, blobs })
  }

  #encryptGroup(samples: readonly Sample[]): Uint8Array[] {
    const { layout, parameters } = this.spec
    return encryptedInputs(this.spec).flatMap(({ placement, ...input }) => {
      const values = samples.map((sample) => encodeInput(input, sample.get(input.name)!))
      return Array.from({ length: piecesOf(layout, placement.length) }, (_, piece) => {
        const slots = toSlots(layout, placement, piece, values, parameters.t)
        return this.#secret.encrypt(BigUint64Array.from(slots as ArrayLike<number | bigint>, BigInt))
      })
    })
  }

  #open(reply: Uint8Array): Message {
    this.#checkAlive()
    return unpackMessage(reply, replyRules(this.spec, this.#context.levelIds))
  }

  #results({ samples, blobs, batch }: Message): ProgramResult[] {
    const { layout, replyLevels } = this.spec
    const clearSpecs = clearOutputs(this.spec)
    const clear = clearSpecs.length === 0 ? [] : decodeClear(blobs.at(-1)!, clearSpecs, samples)
    return groupsOf(layout, samples).flatMap((group, i) => {
      const pieces = blobs.slice(i * replyLevels.length, (i + 1) * replyLevels.length)
      const slots = naming(batch ? nameOf(group) : undefined, () =>
        pieces.map((blob) => this.#secret.decrypt(blob)),
      )
      return this.#decodeGroup(group, slots, clear, batch)
    })
  }

  #decodeGroup(
    { from, to }: Group,
    slots: readonly Slots[],
    clear: readonly (readonly Values[])[],
    batch: boolean,
  ): ProgramResult[] {
    return Array.from({ length: to - from }, (_, lane) => {
      const sample = from + lane
      return naming(batch ? `sample ${sample}` : undefined, () =>
        this.#decodeLane(lane, slots, clear[sample]),
      )
    })
  }

  #decodeLane(lane: number, slots: readonly Slots[], clear: readonly Values[] = []): ProgramResult {
    const { layout, outputs, parameters } = this.spec
    let piece = 0
    let clearIndex = 0
    const values = outputs.map((output): NestedResult => {
      if (output.placement === null) return toNested(clear[clearIndex++]!, output)
      const pieces = slots.slice(piece, piece + output.pieces.length)
      piece += output.pieces.length
      const decoded = fromSlots(layout, output.placement, pieces, lane, output.lo, parameters.t)
      checkResult(output.name, decoded, output)
      return toNested(decoded, output)
    })
    return shapeResult(this.spec, values)
  }

  #makeEvaluationKeys(): Uint8Array {
    const { hash, keys } = this.spec
    const blobs: Uint8Array[] = []
    if (keys.relinearization) blobs.push(this.#secret.relinearizationKey())
    if (keys.rotations.length > 0) blobs.push(this.#secret.rotationKeys(keys.rotations))
    return packMessage("set of evaluation keys", hash, { samples: 1, batch: false, blobs })
  }

  #checkAlive(): void {
    if (this.#isDisposed) throw new RuntimeError("this client is disposed")
  }
}

/** The flat values of one sample by name. */
type Sample = ReadonlyMap<string, Values>

const checkSample = (sample: unknown, inputs: ProgramSpec["inputs"]): Sample => {
  const names = inputs.map(({ name }) => name)
  const given = checkNames(sample, names)
  return new Map(inputs.map((input) => [input.name, checkValues(input.name, given[input.name], input)]))
}
