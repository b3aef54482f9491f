import type { RuntimeErrorCode } from "../../data/errors.ts"
import type { HolderOptions, KeyHolder } from "./key-holder.ts"

/** What is asked of the worker that holds the keys: a method of its holder, by its name. */
export type HolderMethod = Exclude<keyof KeyHolder, "dispose">

/** The first call. Functions cannot be sent, so that the storage is a database that the worker opens itself. */
export interface OpenCall extends Omit<HolderOptions, "keys"> {
  readonly indexedDbName?: string
}

export interface WorkerCall {
  readonly id: number
  readonly method: HolderMethod | "open"
  readonly args: readonly unknown[]
}

export type WorkerAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: CallFailure }

/** An error as it crosses between threads, which keep no class of it. */
export interface CallFailure {
  readonly name: string
  readonly message: string
  /** That of a RuntimeError; undefined for every other error. */
  readonly code: RuntimeErrorCode | undefined
}
