import { forms, type OptionForms, RuntimeError } from "../../data/index.ts"
import { packMessage, unpackMessage } from "../messages/envelope.ts"
import type { LevelIds } from "../messages/message-rules.ts"
import { allEvaluationKeyRules, allSecretKeyRules } from "../messages/round-messages.ts"
import { contextsFor, type KeyedSpec, keyedOf } from "../messages/rounds-and-residues.ts"
import { contextForm, type SealContext, type SealOptions, urlForm } from "../seal/seal-context.ts"
import { SealSecret } from "../seal/seal-secret.ts"
import { wipe } from "../seal/wipe.ts"
import { checkKeyBytes } from "../spec/check-spec.ts"
import type { OnProgress } from "../spec/program-spec.ts"
import { KeyFailures } from "./key-failures.ts"

export interface ClientOptions extends SealOptions {
  /** What `secretKey()` returned, to go on with the same key; without it a new one is made. */
  readonly keys?: Uint8Array
  /** A context for the parameters to use, which the caller disposes; without it the client makes its own. */
  readonly context?: SealContext
  /** The same for a program of several plaintext moduli: one for each. */
  readonly contexts?: readonly SealContext[]
  /** The most bytes of evaluation keys that may be needed; Infinity unless given. */
  readonly maxKeyBytes?: number
  readonly onProgress?: OnProgress
}

export const clientOptionForms: OptionForms<ClientOptions> = {
  wasmUrl: urlForm,
  keys: forms.bytes,
  context: contextForm,
  contexts: forms.list,
  maxKeyBytes: forms.number,
  onProgress: forms.function,
}

/** What a client holds of a program or a module: a secret key for each plaintext modulus, and what is made of it. */
export class ClientKeys implements Disposable {
  /**
   * Throws RuntimeError when `keys` is not a secret key of this program or module or has failed too often, and when it
   * needs more than `maxKeyBytes`.
   */
  static async create(spec: KeyedSpec, options: ClientOptions): Promise<ClientKeys> {
    const { onProgress, maxKeyBytes = Infinity } = options
    checkKeyBytes(spec, maxKeyBytes)
    onProgress?.(0, 2, "setting up encryption")
    const { contexts, ownsContexts } = await contextsFor(spec, options)
    try {
      onProgress?.(1, 2, options.keys === undefined ? "generating the secret key" : "loading the secret key")
      const rules = allSecretKeyRules(
        spec,
        contexts.map(({ levelIds }) => levelIds),
      )
      const saved = options.keys && unpackMessage(options.keys, rules).blobs
      try {
        const failures = new KeyFailures(saved?.at(-1)?.[0])
        failures.check()
        const keys = new ClientKeys(
          spec,
          contexts,
          ownsContexts,
          createSecrets(contexts, failures, saved),
          failures,
        )
        onProgress?.(2, 2, "ready")
        return keys
      } finally {
        wipe(saved ?? [])
      }
    } catch (error) {
      if (ownsContexts) for (const context of contexts) context.dispose()
      throw error
    }
  }

  /** For each plaintext modulus. */
  readonly levelIds: readonly LevelIds[]
  readonly failures: KeyFailures
  readonly #spec: KeyedSpec
  readonly #contexts: readonly SealContext[]
  readonly #ownsContexts: boolean
  readonly #secrets: readonly SealSecret[]
  #evaluationKeys: Uint8Array | undefined
  #isDisposed = false

  private constructor(
    spec: KeyedSpec,
    contexts: readonly SealContext[],
    ownsContexts: boolean,
    secrets: readonly SealSecret[],
    failures: KeyFailures,
  ) {
    this.#spec = spec
    this.#contexts = contexts
    this.#ownsContexts = ownsContexts
    this.#secrets = secrets
    this.failures = failures
    this.levelIds = contexts.map(({ levelIds }) => levelIds)
  }

  /** The secret key of one of the plaintext moduli, by its number. */
  secret(residue: number): SealSecret {
    return this.#secrets[residue]!
  }

  /** The message with all evaluation keys. */
  evaluationKeys(): Uint8Array {
    this.checkAlive()
    this.#evaluationKeys ??= packMessage(allEvaluationKeyRules(this.#spec, this.levelIds), {
      samples: 1,
      batch: false,
      blobs: keyedOf(this.#spec).flatMap(({ keys }, i) => this.secret(i).evaluationKeys(keys)),
    })
    return this.#evaluationKeys
  }

  /** The message with all secret keys, and how often they have failed. */
  secretKey(): Uint8Array {
    this.checkAlive()
    const saved = this.#secrets.map((secret) => secret.save())
    try {
      const blobs = [...saved, this.failures.toBytes()]
      return packMessage(allSecretKeyRules(this.#spec, this.levelIds), { samples: 1, batch: false, blobs })
    } finally {
      wipe(saved)
    }
  }

  checkAlive(): void {
    if (this.#isDisposed) throw new RuntimeError("this client is disposed", { code: "disposed" })
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#evaluationKeys = undefined
    for (const secret of this.#secrets) secret[Symbol.dispose]()
    if (this.#ownsContexts) for (const context of this.#contexts) context.dispose()
  }
}

const createSecrets = (
  contexts: readonly SealContext[],
  failures: KeyFailures,
  saved: readonly Uint8Array[] | undefined,
): SealSecret[] => {
  const secrets: SealSecret[] = []
  try {
    for (const [i, context] of contexts.entries()) secrets.push(new SealSecret(context, failures, saved?.[i]))
    return secrets
  } catch (error) {
    for (const secret of secrets) secret[Symbol.dispose]()
    throw error
  }
}
