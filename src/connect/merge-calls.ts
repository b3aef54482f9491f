import { pause } from "./pause.ts"

export interface CallOptions<P> {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: P) => void
}

/** Runs the samples of several calls as one; `signal` is aborted when nobody waits any more. */
export type RunMerged<S, R, P> = (
  samples: readonly S[],
  options: { readonly signal: AbortSignal; readonly onProgress: (progress: P) => void },
) => Promise<readonly R[]>

interface Call<S, R, P> extends CallOptions<P> {
  readonly samples: readonly S[]
  resolve(results: R[]): void
  reject(reason: unknown): void
}

/**
 * Merges calls into runs that each take up to `most` samples, one run at a time: calls that are made while a run is under way
 * share the next, others wait `window` milliseconds for company. A call with more samples than `most` is a run of its own.
 */
export class CallMerger<S, R, P> {
  readonly #run: RunMerged<S, R, P>
  readonly #most: number
  readonly #window: number
  readonly #waiting: Call<S, R, P>[] = []
  #isRunning = false

  constructor(run: RunMerged<S, R, P>, { most, window }: { readonly most: number; readonly window: number }) {
    this.#run = run
    this.#most = most
    this.#window = window
  }

  /** The results of these samples. Throws what the run throws, and the signal's reason when that is aborted. */
  call(samples: readonly S[], options: CallOptions<P> = {}): Promise<R[]> {
    const { signal } = options
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const giveUp = (): void => {
        const at = this.#waiting.indexOf(call)
        if (at >= 0) this.#waiting.splice(at, 1)
        reject(signal?.reason)
      }
      // A signal may live longer than many calls.
      const forget = (): void => signal?.removeEventListener("abort", giveUp)
      const call: Call<S, R, P> = {
        ...options,
        samples,
        resolve: (results) => {
          forget()
          resolve(results)
        },
        reject: (reason) => {
          forget()
          reject(reason)
        },
      }
      signal?.addEventListener("abort", giveUp, { once: true })
      this.#waiting.push(call)
      if (!this.#isRunning) void this.#runAll()
    })
  }

  /** Runs until nobody waits. */
  async #runAll(): Promise<void> {
    this.#isRunning = true
    await pause(this.#window)
    while (this.#waiting.length > 0) await this.#runSome(this.#take())
    this.#isRunning = false
  }

  async #runSome(calls: readonly Call<S, R, P>[]): Promise<void> {
    const all = new AbortController()
    const left = new Set(calls)
    const leave = (call: Call<S, R, P>) => () => {
      left.delete(call)
      if (left.size === 0) all.abort(call.signal?.reason)
    }
    const leaves = calls.map(leave)
    for (const [i, { signal }] of calls.entries())
      signal?.addEventListener("abort", leaves[i]!, { once: true })
    try {
      const samples = calls.flatMap((call) => call.samples)
      const onProgress = (progress: P): void => {
        for (const call of [...left]) {
          try {
            call.onProgress?.(progress)
          } catch (error) {
            // It ends this call and not those that share the run.
            call.reject(error)
            leave(call)()
          }
        }
      }
      const results = await this.#run(samples, { signal: all.signal, onProgress })
      let at = 0
      for (const { samples, resolve } of calls) {
        resolve(results.slice(at, at + samples.length))
        at += samples.length
      }
    } catch (error) {
      for (const { reject } of calls) reject(error)
    } finally {
      for (const [i, { signal }] of calls.entries()) signal?.removeEventListener("abort", leaves[i]!)
    }
  }

  /** The calls of the next run: in order, as many as fit, one at least. */
  #take(): Call<S, R, P>[] {
    let samples = 0
    const end = this.#waiting.findIndex((call) => {
      samples += call.samples.length
      return samples > this.#most
    })
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(1, end))
  }
}
