import type { Circuit } from "../../../backend/index.ts"
import { RuntimeError, type RuntimeErrorCode } from "../../../data/index.ts"
import type { KeyedSpec } from "../../messages/rounds-and-residues.ts"
import type { GroupJob } from "../engine.ts"

/** What a worker thread is started with. The clear parts of the circuits stay in the main thread. */
export interface WorkerSetUp {
  readonly spec: KeyedSpec
  readonly circuits: readonly Circuit[]
  /** The message with the evaluation keys, in memory that all workers share. */
  readonly evaluationKeys: Uint8Array
  readonly cacheBytes: number
  readonly wasmUrl: string | undefined
}

/** A job whose circuit is told by its number: a worker knows those that it was started with, and those of its latest runs. */
export interface WorkerJob extends Omit<GroupJob, "circuit"> {
  readonly circuit: number
  /** The circuit itself, where the worker does not know it. */
  readonly unknown?: Circuit
}

/** What a worker is told. */
export type Order =
  | { readonly kind: "run"; readonly id: number; readonly job: WorkerJob; readonly reportSteps: boolean }
  | { readonly kind: "cancel"; readonly id: number }

/** What a worker tells. Each run ends in one "done" or "failed". */
export type Answer =
  | {
      readonly kind: "ready"
      /** For each plaintext modulus the primes, SEAL's name of the key level, and of the data levels from one prime up. */
      readonly levels: readonly {
        readonly primes: readonly bigint[]
        readonly key: Uint8Array
        readonly data: readonly Uint8Array[]
      }[]
    }
  | { readonly kind: "refused"; readonly error: ErrorText }
  | { readonly kind: "steps"; readonly id: number; readonly count: number; readonly doing: string }
  | { readonly kind: "done"; readonly id: number; readonly ciphertexts: readonly Uint8Array[] }
  | { readonly kind: "failed"; readonly id: number; readonly error: ErrorText }

/** An error as text, to cross between threads: C++ exceptions and classes of errors do not. */
export interface ErrorText {
  /** That of a RuntimeError; undefined for every other error. */
  readonly code: RuntimeErrorCode | undefined
  readonly message: string
  readonly cause: string | undefined
}

export const toErrorText = (error: unknown): ErrorText => {
  const code = error instanceof RuntimeError ? error.code : undefined
  const { message, stack, cause } = error instanceof Error ? error : new Error(String(error))
  return { code, message, cause: code === undefined ? stack : causeText(cause) }
}

export const fromErrorText = ({ code, message, cause }: ErrorText): Error => {
  const options = cause === undefined ? {} : { cause: new Error(cause) }
  return code === undefined ? new Error(message, options) : new RuntimeError(message, { ...options, code })
}

/** C++ exceptions arrive as `WebAssembly.Exception`, no Error, with `[type, text]` as their message. */
const causeText = (cause: unknown): string | undefined => {
  if (cause === undefined) return undefined
  const message: unknown = (cause as { message?: unknown } | null)?.message ?? cause
  return Array.isArray(message) ? message.join(": ") : String(message)
}
