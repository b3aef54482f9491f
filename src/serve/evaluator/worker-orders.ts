import type { ServiceCode } from "../service-error.ts"

/** What an evaluation worker is started with. */
export interface WorkerSetUp {
  /** Compiled programs by the name of their model, in memory that all workers share. */
  readonly programs: ReadonlyMap<string, Uint8Array>
  readonly maxGroups: number
  /** Memory for the keys, contexts and constants of several clients; the least recently used go first. */
  readonly cacheBytes: number
}

/** What a worker is told. It runs one job at a time. */
export type Order =
  | {
      readonly kind: "run"
      readonly id: number
      readonly model: string
      /** Names the keys of one client for one model. */
      readonly holder: string
      readonly request: Uint8Array
    }
  /** Makes what runs need, with no request to run; its reply has no bytes. */
  | { readonly kind: "prepare"; readonly id: number; readonly model: string; readonly holder: string }
  /** Answers "keys"; undefined when there are none. */
  | { readonly kind: "keys"; readonly id: number; readonly bytes: Uint8Array | undefined }
  /** Nobody waits for the job any more. */
  | { readonly kind: "cancel"; readonly id: number }

/** What a worker tells. Each job ends in one "done" or "failed". */
export type Answer =
  | { readonly kind: "ready" }
  /** The worker does not have the keys of the job yet. */
  | { readonly kind: "keys"; readonly id: number }
  | { readonly kind: "done"; readonly id: number; readonly reply: Uint8Array; readonly state: WorkerState }
  | {
      readonly kind: "failed"
      readonly id: number
      readonly code: ServiceCode
      readonly message: string
      /** For the log of the server only. */
      readonly detail: string | undefined
      readonly state: WorkerState
    }

/** What a worker holds after a job. */
export interface WorkerState {
  readonly holders: readonly string[]
  /** Bytes outside of JavaScript's heap, SEAL's memory among them. */
  readonly memoryBytes: number
}
