import { RuntimeError } from "../data/errors.ts"
import { Client, type ProgramInputs } from "../runtime/client.ts"
import type { ProgramSpec } from "../runtime/program-spec.ts"
import type { ProgramResult } from "../runtime/results.ts"
import type { SealOptions } from "../runtime/seal.ts"
import type { KeyStorage, StoredKeys } from "./key-storage.ts"
import { sha256Hex } from "./sha256.ts"

/** Evaluation keys and the SHA-256 under which a server keeps them. */
export interface NamedKeys {
  readonly hash: string
  readonly bytes: Uint8Array
}

/** The secret key of a connection and what is done with it, in this thread or in a worker. */
export interface KeyHolder {
  /** The SHA-256 of the evaluation keys that the server was given, in an earlier visit or this one. */
  givenKeys(): Promise<string | undefined>
  evaluationKeys(): Promise<NamedKeys>
  /** Remembers that the server has these evaluation keys. */
  remember(hash: string): Promise<void>
  encryptBatch(samples: readonly ProgramInputs[]): Promise<Uint8Array>
  refresh(reply: Uint8Array): Promise<Uint8Array>
  decryptBatch(reply: Uint8Array): Promise<ProgramResult[]>
  dispose(): void
}

export interface HolderOptions extends SealOptions {
  readonly spec: ProgramSpec
  /** SHA-256 of the client's part of the program. */
  readonly program: string
  /** Whether the keys of another program under the same id are replaced. Otherwise they are a reason to refuse this one. */
  readonly replacesOthers: boolean
  /** What the keys are stored under. */
  readonly id: string
  readonly keys?: KeyStorage
}

/** Restores the keys of a connection, or makes new ones and stores them. */
export const openHolder = async (options: HolderOptions): Promise<KeyHolder> => {
  const { spec, program, replacesOthers, id, keys: storage, wasmUrl } = options
  let stored = await storage?.load(id)
  if (stored !== undefined && stored.program !== program) {
    if (!replacesOthers) throw changed(id)
    stored = undefined
  }
  const seal = wasmUrl === undefined ? {} : { wasmUrl }
  const client = await Client.create(spec, { ...seal, ...(stored && { keys: stored.secretKey }) })
  try {
    const secretKey = stored?.secretKey ?? (storage ? client.secretKey() : new Uint8Array())
    let kept: StoredKeys = stored ?? { program, secretKey }
    if (stored === undefined) await storage?.save(id, kept)
    return {
      givenKeys: async () => kept.evaluationKeys,
      evaluationKeys: async () => {
        const bytes = client.evaluationKeys()
        return { bytes, hash: await sha256Hex(bytes) }
      },
      remember: async (evaluationKeys) => {
        kept = { ...kept, evaluationKeys }
        await storage?.save(id, kept)
      },
      encryptBatch: async (samples) => client.encryptBatch(samples),
      refresh: async (reply) => client.refresh(reply),
      decryptBatch: async (reply) => client.decryptBatch(reply),
      dispose: () => client.dispose(),
    }
  } catch (error) {
    client.dispose()
    throw error
  }
}

const changed = (id: string): RuntimeError =>
  new RuntimeError(
    `${id} offers another program than the one that the stored keys were made for\n` +
      "if you expect that, pass the `hash` of the new one, or remove the stored keys",
  )
