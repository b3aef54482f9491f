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

/** Milliseconds before attempt number `attempt` + 1: 0.2 s, doubled each time, 5 s at most, a random half of it less. */
export const backoff = (attempt: number): number =>
  Math.min(5000, 200 * 2 ** attempt) * (1 - Math.random() / 2)
