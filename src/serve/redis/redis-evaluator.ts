import type { Queue, QueueEvents, Job as QueueJob } from "bullmq"
import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  type OptionForms,
  RuntimeError,
} from "../../data/index.ts"
import type { Evaluator, Job } from "../evaluator/evaluator.ts"
import type { KeyStore } from "../key-store.ts"
import { modelsForm, type ServedModel } from "../served-model.ts"
import { ServiceError } from "../service-error.ts"
import type { Storage } from "../storage/storage.ts"
import { connectRedis, type QueueAccess } from "./connect-redis.ts"
import { fairPriority, type WaitingRun } from "./fair-priority.ts"
import {
  deleteRun,
  isOverdue,
  newJobId,
  PREFIX,
  QUEUE,
  type QueuedOutcome,
  type QueuedRun,
  replyPath,
  requestPath,
  sweepRuns,
} from "./queued-run.ts"

export interface RedisEvaluatorOptions {
  /** `redis://HOST:PORT`. */
  readonly queue: string
  /** Where workers find requests and keys, and leave replies. */
  readonly storage: Storage
  readonly models: ReadonlyMap<string, ServedModel>
  /** Most runs that wait in the queue, of all clients of all servers; 64 unless given. */
  readonly maxWaiting?: number | undefined
  /** Most runs of one client that wait; a quarter of all, 4 at least, unless given. */
  readonly maxWaitingPerClient?: number | undefined
  /** Seconds from when a run is put into the queue until its client is told that it took too long; 300 unless given. */
  readonly waitSeconds?: number | undefined
  /** Told what fails without failing a run. */
  readonly onError?: ((error: Error) => void) | undefined
}

const neededForms = {
  queue: forms.text,
  storage: forms.object,
  models: modelsForm,
}

const optionForms: OptionForms<RedisEvaluatorOptions & { readonly keys?: KeyStore }> = {
  ...neededForms,
  maxWaiting: forms.count,
  maxWaitingPerClient: forms.count,
  waitSeconds: forms.number,
  onError: forms.function,
  keys: forms.anything, // what a service gives an evaluator goes on as it is
}

type QueuedJob = QueueJob<QueuedRun, QueuedOutcome>

/** A run whose client waits, or that is to be cleaned up when it ends. */
interface Pending {
  readonly data: QueuedRun
  state: "new" | "queued" | "abandoned"
  settle(outcome: QueuedOutcome): void
}

/** Milliseconds between two looks at what events may have missed while Redis was away. */
const LOOK = 5000
const SWEEP = 600_000
/** The same for runs in the queue that their servers have left behind. */
const SWEEP_QUEUE = 60_000

/** Puts runs into a queue in Redis and waits for the workers that take them: see `startQueueWorker`. */
export class RedisEvaluator implements Evaluator {
  /** Throws RuntimeError for models in several rounds, and when Redis cannot be used. */
  static async connect(options: RedisEvaluatorOptions, ...surplus: []): Promise<RedisEvaluator> {
    const what = "RedisEvaluator.connect"
    checkArguments(what, [options, ...surplus], { options: forms.object }, RuntimeError)
    checkOptions(what, options, optionForms, RuntimeError)
    checkArguments(what, [options.queue, options.storage, options.models], neededForms, RuntimeError)
    for (const model of options.models.values()) refuseRounds(model)
    const onError = options.onError ?? (() => {})
    const access = await connectRedis(options.queue, onError)
    const queue = new access.bullmq.Queue<QueuedRun, QueuedOutcome>(QUEUE, {
      connection: access.impatient,
      prefix: PREFIX,
      streams: { events: { maxLen: 1000 } },
    })
    const events = new access.bullmq.QueueEvents(QUEUE, { connection: access.patient, prefix: PREFIX })
    queue.on("error", onError)
    events.on("error", onError)
    await Promise.all([queue.waitUntilReady(), events.waitUntilReady()])
    return new RedisEvaluator(options, { access, queue, events })
  }

  /** What may wait is limited in Redis, for all servers together. */
  readonly width = Number.POSITIVE_INFINITY
  readonly #options: RedisEvaluatorOptions
  readonly #storage: Storage
  readonly #access: QueueAccess
  readonly #queue: Queue<QueuedRun, QueuedOutcome>
  readonly #events: QueueEvents
  readonly #pending = new Map<string, Pending>()
  readonly #timers: readonly NodeJS.Timeout[]
  /** The last run that was put into the queue: the next one has to see it there. */
  #last: Promise<unknown> = Promise.resolve()
  readonly #waitMilliseconds: number
  /** Moving average of milliseconds from queue to reply. */
  #usual = 1000

  private constructor(options: RedisEvaluatorOptions, parts: Parts) {
    this.#options = options
    this.#storage = options.storage
    this.#access = parts.access
    this.#queue = parts.queue
    this.#events = parts.events
    this.#events.on("completed", ({ jobId, returnvalue }) =>
      this.#settle(jobId, returnvalue as unknown as QueuedOutcome),
    )
    this.#events.on("failed", ({ jobId }) => this.#settle(jobId, FAILED))
    this.#waitMilliseconds = 1000 * (options.waitSeconds ?? 300)
    this.#timers = [
      this.#every(LOOK, () => this.#look()),
      this.#every(SWEEP_QUEUE, async () => void (await this.#listWaiting())),
      this.#every(SWEEP, () => sweepRuns(this.#storage, 2 * this.#waitMilliseconds + SWEEP)),
    ]
  }

  async run(job: Job, signal: AbortSignal, ...surplus: []): Promise<Uint8Array> {
    checkArguments(
      "run",
      [job, signal, ...surplus],
      { job: forms.object, signal: forms.object },
      RuntimeError,
    )
    const { model, client, keys, request } = job
    const id = newJobId()
    const program = this.#options.models.get(model)!.spec.hash
    const data = { model, program, client, keys, deadline: Date.now() + this.#waitMilliseconds }
    // Requests are in memory until they are stored, however slow the storage is.
    const coming = [...this.#pending.values()].filter(({ state }) => state === "new")
    const full = this.#whyFull(
      coming.map((pending) => pending.data),
      client,
    )
    if (full) await this.#refuse(full, coming.length)
    const ended = new Promise<QueuedOutcome>((settle) => {
      this.#pending.set(id, { data, state: "new", settle })
    })
    try {
      await this.#storage.put(requestPath(id), request)
      await this.#inTurn(() => this.#add(id, data))
    } catch (cause) {
      this.#pending.delete(id)
      await deleteRun(this.#storage, id)
      if (cause instanceof ServiceError) throw cause
      throw new ServiceError("internal", "the queue cannot be used; try again later", { cause })
    }
    this.#mark(id, "queued")
    const since = performance.now()
    const outcome = await this.#whichFirst(ended, signal)
    if (outcome === undefined) {
      this.#mark(id, "abandoned")
      void this.#abandon(id, ended).catch((error: Error) => this.#options.onError?.(error))
      throw signal.aborted
        ? new ServiceError("gone", "the client has gone")
        : new ServiceError("timeout", "no worker has finished the run in time; try again later")
    }
    this.#usual = 0.8 * this.#usual + 0.2 * (performance.now() - since)
    return await this.#deliver(id, outcome)
  }

  async close(...surplus: []): Promise<void> {
    checkArity("close", surplus, 0, RuntimeError)
    for (const timer of this.#timers) clearInterval(timer)
    await Promise.all([this.#queue.close(), this.#events.close()])
    this.#access.disconnect()
    for (const { settle } of this.#pending.values()) settle({ code: "stopping", message: "the server stops" })
  }

  /** Throws ServiceError "busy" when too much is waiting. */
  async #add(id: string, data: QueuedRun): Promise<void> {
    const waiting = await this.#listWaiting()
    const full = this.#whyFull(waiting, data.client)
    if (full) await this.#refuse(full, waiting.length)
    await this.#queue.add(data.model, data, {
      jobId: id,
      priority: fairPriority(waiting, data.client),
      attempts: 3,
      backoff: { type: "fixed", delay: 500 },
      // Long enough for all servers to hear of it.
      removeOnComplete: { age: 60 },
      removeOnFail: { age: 60 },
      stackTraceLimit: 1,
    })
  }

  /** The runs that somebody waits for; those that a server has left behind are deleted. */
  async #listWaiting(): Promise<WaitingRun[]> {
    const jobs = await this.#queue.getJobs(["prioritized", "waiting", "delayed"])
    // One that begins meanwhile may be listed without its data.
    const known = jobs.filter((job) => job?.data)
    await Promise.all(known.filter(({ data }) => isOverdue(data)).map((job) => this.#deleteOverdue(job)))
    return known
      .filter(({ data }) => !isOverdue(data))
      .map(({ data, priority }) => ({ client: data.client, priority }))
  }

  async #deleteOverdue(job: QueuedJob): Promise<void> {
    // Its own server knows best what has become of it.
    if (this.#pending.has(job.id!)) return
    try {
      await job.remove()
    } catch {
      // A worker is at it, and will see that it is overdue.
      return
    }
    await deleteRun(this.#storage, job.id!)
  }

  /** Why one more run of a client may not wait, beside those that wait; undefined when it may. */
  #whyFull(waiting: readonly { readonly client: string }[], client: string): string | undefined {
    const { maxWaiting = 64 } = this.#options
    const mostOwn = this.#options.maxWaitingPerClient ?? Math.max(4, Math.ceil(maxWaiting / 4))
    if (waiting.length >= maxWaiting) return `${waiting.length} requests are waiting already`
    const own = waiting.filter((run) => run.client === client).length
    return own >= mostOwn ? `${own} of your requests are waiting already` : undefined
  }

  async #refuse(what: string, waiting: number): Promise<never> {
    const workers = Math.max(1, await this.#queue.getWorkersCount())
    const retryAfter = Math.max(1, Math.min(60, Math.ceil((waiting * this.#usual) / workers / 2000)))
    throw new ServiceError("busy", `${what}; try again later`, { retryAfter })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const own = this.#last.then(work, work)
    this.#last = own.catch(() => {})
    return own
  }

  /** The outcome, or undefined when the client has gone or has waited for too long. */
  async #whichFirst(ended: Promise<QueuedOutcome>, signal: AbortSignal): Promise<QueuedOutcome | undefined> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#waitMilliseconds)])
    let stop = (): void => {}
    const late = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined)
      if (limit.aborted) stop()
      else limit.addEventListener("abort", stop)
    })
    const outcome = await Promise.race([ended, late])
    limit.removeEventListener("abort", stop)
    return outcome
  }

  async #deliver(id: string, { code, message = "" }: QueuedOutcome): Promise<Uint8Array> {
    const reply = code === undefined ? await this.#storage.get(replyPath(id)) : undefined
    await deleteRun(this.#storage, id)
    if (reply !== undefined) return reply
    if (code === undefined) throw new ServiceError("internal", "the reply of a worker was lost")
    throw new ServiceError(code, message)
  }

  /** Takes a run that nobody waits for out of the queue; one that has begun is cleaned up when it ends. */
  async #abandon(id: string, ended: Promise<QueuedOutcome>): Promise<void> {
    await this.#storage.delete(requestPath(id))
    const job = await this.#queue.getJob(id)
    const isOut = await job?.remove().then(
      () => true,
      () => false, // a worker is at it
    )
    if (!isOut && job !== undefined) await ended
    this.#pending.delete(id)
    await deleteRun(this.#storage, id)
  }

  #mark(id: string, state: Pending["state"]): void {
    const pending = this.#pending.get(id)
    if (pending) pending.state = state
  }

  #settle(id: string, outcome: QueuedOutcome): void {
    this.#pending.get(id)?.settle(outcome)
    this.#pending.delete(id)
  }

  /** Finds the outcomes whose events were missed, and puts back what Redis has forgotten. */
  async #look(): Promise<void> {
    for (const [id, pending] of [...this.#pending]) {
      if (pending.state === "new") continue
      const job = await this.#queue.getJob(id)
      if (job?.finishedOn !== undefined) {
        this.#settle(id, job.failedReason === undefined ? job.returnvalue : FAILED)
      } else if (job === undefined && this.#pending.has(id)) {
        const isDone = pending.state === "abandoned" || (await this.#storage.stat(replyPath(id)))
        if (isDone) this.#settle(id, {})
        else await this.#inTurn(() => this.#add(id, pending.data))
      }
    }
  }

  #every(milliseconds: number, work: () => Promise<void>): NodeJS.Timeout {
    let isBusy = false
    const tick = async (): Promise<void> => {
      if (isBusy) return
      isBusy = true
      try {
        await work()
      } catch (error) {
        this.#options.onError?.(error as Error)
      } finally {
        isBusy = false
      }
    }
    return setInterval(() => void tick(), milliseconds).unref()
  }
}

interface Parts {
  readonly access: QueueAccess
  readonly queue: Queue<QueuedRun, QueuedOutcome>
  readonly events: QueueEvents
}

const FAILED: QueuedOutcome = { code: "internal", message: "the workers of this run have ended or failed" }

/** Throws RuntimeError for a model whose rounds one process has to remember. */
export const refuseRounds = ({ name, isInRounds }: ServedModel): void => {
  if (!isInRounds) return
  throw new RuntimeError(
    `${name} runs in several rounds, and one process has to remember what is between them\n` +
      "serve it without a queue",
    { code: "unsupported" },
  )
}
