/** Waits so many milliseconds. Throws the signal's reason as soon as it is aborted. */
export const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener("abort", stop, { once: true })
  })

/** What a promise gives. Throws the signal's reason as soon as it is aborted, while what was promised goes on. */
export const orAborted = <T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(signal?.reason)
    if (signal?.aborted) stop()
    else signal?.addEventListener("abort", stop, { once: true })
    promise.then(resolve, reject).finally(() => signal?.removeEventListener("abort", stop))
  })

/** Milliseconds before attempt number `attempt` + 1: 0.2 s, doubled each time, 5 s at most, a random half of it less. */
export const backoff = (attempt: number): number =>
  Math.min(5000, 200 * 2 ** attempt) * (1 - Math.random() / 2)
