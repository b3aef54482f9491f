/** One request, and where to find what it needs. */
export interface Job {
  /** Name of the model. */
  readonly model: string
  /** Whose keys these are. */
  readonly client: string
  /** SHA-256 of the client's evaluation keys, as hexadecimal digits. */
  readonly keys: string
  readonly request: Uint8Array
}

/**
 * Runs jobs: in threads of this process, or elsewhere. A service gives it no more than `width` at a time and orders the
 * others fairly.
 */
export interface Evaluator {
  /** Jobs that it runs at the same time. */
  readonly width: number
  /** Whether it can begin this job now; a job that must wait for its own worker lets others go before. */
  canBegin?(job: Job): boolean
  /**
   * The reply. One of the `width` places is taken before this returns, and free again when the promise settles. `signal` says
   * that nobody waits for the reply any more: the job ends soon if that is cheap. Throws ServiceError: "damaged",
   * "unknown-keys", "timeout", "internal", "stopping", "gone", or "busy" from an evaluator with a queue of its own.
   */
  run(job: Job, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Loads keys and encodes the constants of a model ahead of their first run, where a worker is free; does nothing where none is,
   * and where one has them. It takes one of the `width` places as a run does. Throws what `run` throws.
   */
  prepare?(job: Pick<Job, "model" | "client" | "keys">): Promise<void>
  /** Ends all workers; jobs that run fail. */
  close(): Promise<void>
}
