import { real } from "../options.ts"

/** How far quantizing is. */
export interface QuantizeProgress {
  /** Steps done, and how many there will be at most. */
  readonly step: number
  readonly steps: number
  /** What is done, in a few words. */
  readonly doing: string
}

export interface BudgetOptions {
  /** Seconds of one core that are looked for integer models in, 60 by default: what was found until then is taken. */
  readonly maxSeconds?: number
  /** Called before each integer model that is tried. */
  readonly onProgress?: (progress: QuantizeProgress) => void
  /** Ends the search; `quantize` throws the signal's reason. */
  readonly signal?: AbortSignal
}

/** Between two chances for others to run, in milliseconds. */
const TURN = 40

/** The part of the time that is searched in; the rest is for finishing what was found. */
const SEARCHED = 0.9

/** The time that a search has, and whom it tells how far it is. */
export class Budget {
  readonly maxSeconds: number
  readonly #options: BudgetOptions
  readonly #clock: () => number
  readonly #begun: number
  #turned = performance.now()
  #step = 0
  #wasSpent = false
  #mayLeave = false

  /** `clock` tells milliseconds. Throws ProgramError for a number of seconds that is none. */
  constructor(options: BudgetOptions = {}, clock = coreTime) {
    this.#options = options
    this.#clock = clock
    this.#begun = clock()
    this.maxSeconds = real("maxSeconds", options.maxSeconds ?? 60, 0)
  }

  /** Which part of the time has gone; 1 or more when all has. */
  get share(): number {
    return this.maxSeconds === 0 ? Infinity : (this.#clock() - this.#begun) / 1000 / this.maxSeconds
  }

  /** Whether the time to search in has gone. */
  isSpent(): boolean {
    this.#wasSpent ||= this.share >= SEARCHED
    return this.#wasSpent
  }

  /** Whether a search was cut short. */
  get wasSpent(): boolean {
    return this.#wasSpent
  }

  /** Tells of a step of at most so many. */
  tell(doing: string, steps: number): void {
    this.#options.onProgress?.({ step: Math.min(this.#step++, steps), steps, doing })
  }

  /** Tells that all is done. */
  finish(): void {
    const steps = Math.max(this.#step, 1)
    this.#options.onProgress?.({ step: steps, steps, doing: "done" })
  }

  /**
   * Lets others run where they have not for a while. Throws the reason of the signal where it was aborted, and ends what
   * `within` does when the time has gone. Long work calls it every few milliseconds.
   */
  async turn(): Promise<void> {
    if (performance.now() - this.#turned > TURN) {
      await new Promise((resolve) => setTimeout(resolve))
      this.#turned = performance.now()
    }
    this.#options.signal?.throwIfAborted()
    if (this.#mayLeave && this.isSpent()) throw new OutOfTime()
  }

  /** What work gives; undefined where the time went before it was done. Only one such work is done at a time. */
  async within<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.#mayLeave = true
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error
      return undefined
    } finally {
      this.#mayLeave = false
    }
  }
}

/** Seen by `Budget.within` alone. */
class OutOfTime extends Error {}

/** Milliseconds that this thread had a core, where the platform counts them, so that a busy machine searches as far as an idle one. */
const coreTime = (): number => {
  const usage = typeof process === "undefined" ? undefined : process.threadCpuUsage?.()
  return usage === undefined ? performance.now() : (usage.user + usage.system) / 1000
}
