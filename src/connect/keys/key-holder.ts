import { RuntimeError } from "../../data/errors.ts"
import type { Client, ProgramInputs } from "../../runtime/client/client.ts"
import type { ClientOptions } from "../../runtime/client/client-keys.ts"
import { MOST_FAILURES } from "../../runtime/client/key-failures.ts"
import type { ProgramResult } from "../../runtime/client/results.ts"
import type { ModuleClient } from "../../runtime/module/module-client.ts"
import type { SealOptions } from "../../runtime/seal/seal-context.ts"
import type { ModuleSpec } from "../../runtime/spec/module-spec.ts"
import type { ProgramSpec } from "../../runtime/spec/program-spec.ts"
import { sha256Hex } from "../sha256.ts"
import type { KeyStorage, StoredKeys } from "./key-storage.ts"

/** Evaluation keys and the SHA-256 under which a server keeps them. */
export interface NamedKeys {
  readonly hash: string
  readonly bytes: Uint8Array
}

/** What is told of a secret key: a number that changes when it is replaced, and how many decryptions have failed with it. */
export interface KeyState {
  readonly number: number
  readonly failures: number
}

/**
 * The secret key of a connection and what is done with it, in this thread or in a worker. A key that has failed too often is
 * replaced by a new one before it is next used.
 */
export interface KeyHolder {
  keyState(): Promise<KeyState>
  /** The SHA-256 of the evaluation keys that the server was given, in an earlier visit or this one. */
  givenKeys(): Promise<string | undefined>
  evaluationKeys(): Promise<NamedKeys>
  /** Remembers that the server has these evaluation keys. */
  remember(hash: string): Promise<void>
  /** `name` is the function that takes them, of a module. */
  encryptBatch(samples: readonly ProgramInputs[], name?: string): Promise<Uint8Array>
  refresh(reply: Uint8Array): Promise<Uint8Array>
  decryptBatch(reply: Uint8Array): Promise<ProgramResult[]>
  dispose(): void
}

export interface HolderOptions extends SealOptions {
  readonly spec: ProgramSpec | ModuleSpec
  /** SHA-256 of the client's part of the program. */
  readonly program: string
  /** Whether the keys of another program under the same id are replaced. Otherwise they are a reason to refuse this one. */
  readonly replacesOthers: boolean
  /** What the keys are stored under. */
  readonly id: string
  readonly keys?: KeyStorage
}

type AnyClient = Client | ModuleClient

/** Makes the client of a connection, with the given keys or new ones. */
export type CreateClient = (options: ClientOptions) => Promise<AnyClient>

/** Restores the keys of a connection, or makes new ones and stores them. */
export const openHolder = async (options: HolderOptions, create: CreateClient): Promise<KeyHolder> => {
  const { program, replacesOthers, id, keys: storage, wasmUrl } = options
  let stored = await storage?.load(id)
  if (stored !== undefined && stored.program !== program) {
    if (!replacesOthers) throw changed(id)
    stored = undefined
  }
  const seal = wasmUrl === undefined ? {} : { wasmUrl }
  let number = 0
  let isDisposed = false
  let held = await hold(options, create, seal, stored)

  const save = async (changes: Partial<StoredKeys>): Promise<void> => {
    held = { ...held, kept: { ...held.kept, ...changes } }
    await storage?.save(id, held.kept)
  }
  let renewal: Promise<AnyClient> | undefined
  const renew = async (): Promise<AnyClient> => {
    const spent = held.client
    held = await hold(options, create, seal, undefined)
    number++
    spent.dispose()
    if (isDisposed) held.client.dispose()
    return held.client
  }
  /** The client, of a new key if the old one has failed too often. */
  const usable = async (): Promise<AnyClient> => {
    if (held.client.failures < MOST_FAILURES) return held.client
    renewal ??= renew().finally(() => {
      renewal = undefined
    })
    return renewal
  }
  /** What a reply decrypts to. That it does not is stored before anyone is told. */
  const counting = async <T>(decrypt: (client: AnyClient) => T): Promise<T> => {
    const { client } = held
    const before = client.failures
    try {
      return decrypt(client)
    } finally {
      if (client.failures >= MOST_FAILURES) await storage?.remove(id)
      else if (client.failures > before && storage) await save({ secretKey: client.secretKey() })
    }
  }
  return {
    keyState: async () => {
      const { failures } = await usable()
      return { number, failures }
    },
    givenKeys: async () => {
      await usable()
      return held.kept.evaluationKeys
    },
    evaluationKeys: async () => {
      const bytes = (await usable()).evaluationKeys()
      return { bytes, hash: await sha256Hex(bytes) }
    },
    remember: (evaluationKeys) => save({ evaluationKeys }),
    encryptBatch: async (samples, name) => {
      const client = await usable()
      return name === undefined
        ? (client as Client).encryptBatch(samples)
        : (client as ModuleClient).encryptBatch(name, samples)
    },
    refresh: (reply) => counting((client) => client.refresh(reply)),
    decryptBatch: (reply) => counting((client) => client.decryptBatch(reply)),
    dispose: () => {
      isDisposed = true
      held.client.dispose()
    },
  }
}

interface Held {
  readonly client: AnyClient
  readonly kept: StoredKeys
}

/** The stored key, or a new one, which is stored. */
const hold = async (
  { program, id, keys: storage }: HolderOptions,
  create: CreateClient,
  seal: SealOptions,
  stored: StoredKeys | undefined,
): Promise<Held> => {
  const client = await create({ ...seal, ...(stored && { keys: stored.secretKey }) })
  try {
    if (stored !== undefined) return { client, kept: stored }
    const kept = { program, secretKey: storage ? client.secretKey() : new Uint8Array() }
    await storage?.save(id, kept)
    return { client, kept }
  } catch (error) {
    client.dispose()
    throw error
  }
}

const changed = (id: string): RuntimeError =>
  new RuntimeError(
    `${id} offers another program than the one that the stored keys were made for\n` +
      "if you expect that, pass the `hash` of the new one, or remove the stored keys",
    { code: "unexpected-program" },
  )
