import { checkArguments, checkOptions, forms, type OptionForms, RuntimeError } from "../data/index.ts"
import type { Evaluator, Job } from "./evaluator/evaluator.ts"
import { ServiceError } from "./service-error.ts"

export interface QueueLimits {
  /** Most jobs that wait, of all clients; 64 unless given. */
  readonly maxWaiting?: number
  /** Most jobs of one client that wait; a quarter of all, 4 at least, unless given. */
  readonly maxWaitingPerClient?: number
}

const limitForms: OptionForms<QueueLimits> = { maxWaiting: forms.count, maxWaitingPerClient: forms.count }

const runForms = { place: forms.object, job: forms.object, signal: forms.signal }

/** A reply, and how long it took in milliseconds. */
export interface Outcome {
  readonly reply: Uint8Array
  readonly waited: number
  readonly ran: number
}

/** A place in the queue that is held from before a request's body is read until its job begins. */
export interface Place {
  readonly client: string
  /** Gives up a place whose job has not been submitted; else does nothing. */
  leave(): void
}

interface Waiting {
  readonly job: Job
  begin(): void
}

/**
 * Jobs that wait for an evaluator. Clients take turns, whoever has sent how many; the jobs of one client keep their order,
 * except that a job which has to wait for its own worker lets the next one go first.
 */
export class JobQueue {
  readonly #evaluator: Evaluator
  readonly #most: number
  readonly #mostPerClient: number
  /** Places taken, those of jobs that wait among them. */
  readonly #places = new Map<string, number>()
  /** By client; who comes first is next. */
  readonly #waiting = new Map<string, Waiting[]>()
  #taken = 0
  #running = 0
  #preparing = 0
  /** Moving average of milliseconds that a job takes. */
  #usual = 1000
  #whenIdle: (() => void)[] = []
  readonly #stop = new AbortController()

  /** Throws RuntimeError for limits that are none. */
  constructor(evaluator: Evaluator, limits: QueueLimits = {}, ...surplus: []) {
    checkArguments(
      "JobQueue",
      [evaluator, limits, ...surplus],
      { evaluator: forms.object, limits: forms.object },
      RuntimeError,
    )
    checkOptions("JobQueue", limits, limitForms, RuntimeError)
    const { maxWaiting = 64, maxWaitingPerClient } = limits
    this.#evaluator = evaluator
    this.#most = maxWaiting
    this.#mostPerClient = Math.min(maxWaiting, maxWaitingPerClient ?? Math.max(4, Math.ceil(maxWaiting / 4)))
  }

  /** Jobs that wait or are about to. */
  get waiting(): number {
    return this.#taken
  }

  get running(): number {
    return this.#running
  }

  /** Seconds after which a place is likely to be free, from how long jobs have taken lately. */
  get retryAfter(): number {
    const turns = (this.#taken + this.#running) / this.#evaluator.width
    return Math.max(1, Math.min(60, Math.ceil((turns * this.#usual) / 2000)))
  }

  /** Takes a place. Throws ServiceError "busy" when there is none for this client. */
  enter(client: string, ...surplus: []): Place {
    checkArguments("enter", [client, ...surplus], { client: forms.text }, RuntimeError)
    const own = this.#places.get(client) ?? 0
    if (this.#taken >= this.#most) this.#refuse(`${this.#taken} requests are waiting already`)
    if (own >= this.#mostPerClient) this.#refuse(`${own} of your requests are waiting already`)
    this.#places.set(client, own + 1)
    this.#taken++
    let isTaken = true
    return {
      client,
      leave: () => {
        if (!isTaken) return
        isTaken = false
        this.#taken--
        const left = this.#places.get(client)! - 1
        if (left === 0) this.#places.delete(client)
        else this.#places.set(client, left)
        this.#tellIdle()
      },
    }
  }

  /**
   * Runs a job when it is its turn. `signal` takes it out of the queue, or tells the evaluator that nobody waits for it.
   * Throws ServiceError.
   */
  run(place: Place, job: Job, signal: AbortSignal, ...surplus: []): Promise<Outcome> {
    checkArguments("run", [place, job, signal, ...surplus], runForms, RuntimeError)
    const ended = AbortSignal.any([signal, this.#stop.signal])
    const since = performance.now()
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#remove(waiting)
        place.leave()
        reject(reasonOf(ended))
        this.#assign()
      }
      const waiting: Waiting = {
        job,
        begin: () => {
          ended.removeEventListener("abort", giveUp)
          resolve(this.#begin(job, ended, since))
          place.leave()
        },
      }
      this.#waiting.set(job.client, [...(this.#waiting.get(job.client) ?? []), waiting])
      if (ended.aborted) return giveUp()
      ended.addEventListener("abort", giveUp, { once: true })
      this.#assign()
    })
  }

  /**
   * Lets the evaluator prepare the first run with these keys when nobody waits for the place that this takes. Nothing depends on it: a
   * run prepares what is missing, and tells what is wrong.
   */
  async prepare(keys: Pick<Job, "model" | "client" | "keys">, ...surplus: []): Promise<void> {
    checkArguments("prepare", [keys, ...surplus], { keys: forms.object }, RuntimeError)
    if (this.#taken > 0 || this.#isFull || this.#stop.signal.aborted) return
    this.#preparing++
    try {
      await this.#evaluator.prepare?.(keys)
    } catch {
      // The run will say so.
    } finally {
      this.#preparing--
      this.#assign()
    }
  }

  /** Resolves when no place is taken and nothing runs, or after so many milliseconds, when what is left is ended. */
  async drain(milliseconds: number, ...surplus: []): Promise<void> {
    checkArguments("drain", [milliseconds, ...surplus], { milliseconds: forms.number }, RuntimeError)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds)
    })
    await Promise.race([this.#idle(), late])
    clearTimeout(timer)
    this.#stop.abort(new ServiceError("stopping", "the server stops and had no time left for this request"))
    await this.#idle()
  }

  /** Whether nothing is under way; once it was told to stop, who has not submitted a job yet does not count. */
  get #isIdle(): boolean {
    const waiting = this.#stop.signal.aborted ? this.#waiting.size : this.#taken
    return this.#running === 0 && waiting === 0
  }

  #idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    return new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  #tellIdle(): void {
    if (this.#isIdle) for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  async #begin(job: Job, signal: AbortSignal, since: number): Promise<Outcome> {
    const began = performance.now()
    this.#running++
    try {
      const reply = await this.#evaluator.run(job, signal)
      const ran = performance.now() - began
      this.#usual = 0.8 * this.#usual + 0.2 * ran
      return { reply, waited: began - since, ran }
    } catch (error) {
      throw signal.aborted ? reasonOf(signal) : error
    } finally {
      this.#running--
      this.#assign()
    }
  }

  get #isFull(): boolean {
    return this.#running + this.#preparing >= this.#evaluator.width
  }

  #assign(): void {
    while (!this.#isFull) {
      const next = this.#next()
      if (next === undefined) break
      next.begin()
    }
    this.#tellIdle()
  }

  #next(): Waiting | undefined {
    for (const [client, jobs] of this.#waiting) {
      const next = jobs.find(({ job }) => this.#evaluator.canBegin?.(job) ?? true)
      if (next === undefined) continue
      this.#remove(next)
      const others = this.#waiting.get(client)
      if (others !== undefined) {
        // To the end of the line.
        this.#waiting.delete(client)
        this.#waiting.set(client, others)
      }
      return next
    }
    return undefined
  }

  #remove(waiting: Waiting): void {
    const { client } = waiting.job
    const left = (this.#waiting.get(client) ?? []).filter((other) => other !== waiting)
    if (left.length === 0) this.#waiting.delete(client)
    else this.#waiting.set(client, left)
  }

  #refuse(what: string): never {
    throw new ServiceError("busy", `${what}; try again later`, { retryAfter: this.retryAfter })
  }
}

const reasonOf = ({ reason }: AbortSignal): ServiceError =>
  reason instanceof ServiceError ? reason : new ServiceError("gone", "the client has gone", { cause: reason })
