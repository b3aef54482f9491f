import { availableParallelism } from "node:os"
import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  type OptionForms,
  RuntimeError,
} from "../../data/index.ts"
import { modelsForm, type ServedModel } from "../served-model.ts"
import type { Evaluator, Job } from "./evaluator.ts"
import type { WorkerSetUp } from "./worker-orders.ts"
import { WorkerThread } from "./worker-thread.ts"

export interface LocalEvaluatorOptions {
  readonly models: ReadonlyMap<string, ServedModel>
  /** Reads the keys of a client from where they are stored; undefined when there are none. */
  loadKeys(client: string, sha256: string): Promise<Uint8Array | undefined>
  /** Worker threads; as many as cores unless given. Each runs one job at a time. */
  readonly workers?: number
  /** Seconds that one job may take, loading keys included; 120 unless given. */
  readonly timeoutSeconds?: number
  /**
   * Bytes outside of JavaScript's heap that one worker may have after a job; one that has more is replaced. Half of them
   * are for the keys and contexts of clients that may come again. A share of the free memory unless given, 4 GB at most.
   */
  readonly workerMemoryBytes?: number
  /** Most groups of samples in one request. */
  readonly maxGroups: number
  /** Told why a worker was replaced. */
  readonly onRestart?: (reason: RestartReason) => void
}

/** Each takes memory of its own as soon as it starts. */
const MOST_WORKERS = 1024

const neededForms = {
  models: modelsForm,
  loadKeys: forms.function,
}

const optionForms: OptionForms<LocalEvaluatorOptions> = {
  ...neededForms,
  workers: forms.anything,
  timeoutSeconds: forms.anything,
  workerMemoryBytes: forms.number,
  maxGroups: forms.positive,
  onRestart: forms.function,
}

export type RestartReason = "crash" | "timeout" | "memory"

/**
 * Runs jobs in worker threads of this process. A worker keeps the keys that it has loaded, so it gets the jobs of the same
 * client first; runs of several rounds stay with the worker that remembers their masks.
 */
export class LocalEvaluator implements Evaluator {
  readonly #options: LocalEvaluatorOptions
  readonly #setUp: WorkerSetUp
  readonly #milliseconds: number
  readonly #mostBytes: number
  readonly #slots: Slot[]
  #isClosed = false

  /** Throws RuntimeError for options that make no sense. */
  constructor(options: LocalEvaluatorOptions, ...surplus: []) {
    checkArguments("LocalEvaluator", [options, ...surplus], { options: forms.object }, RuntimeError)
    checkOptions("LocalEvaluator", options, optionForms, RuntimeError)
    checkArguments("LocalEvaluator", [options.models, options.loadKeys], neededForms, RuntimeError)
    const { models, maxGroups, workers = availableParallelism(), timeoutSeconds = 120 } = options
    if (!(Number.isSafeInteger(workers) && workers >= 1 && workers <= MOST_WORKERS)) {
      throw new RuntimeError(`workers is ${workers}; it counts worker threads, from 1 to ${MOST_WORKERS}`, {
        code: "wrong-argument",
      })
    }
    if (!(timeoutSeconds > 0 && timeoutSeconds < 2e6)) {
      throw new RuntimeError(`timeoutSeconds is ${timeoutSeconds}; it is a number above 0, below 2,000,000`, {
        code: "wrong-argument",
      })
    }
    this.#options = options
    this.#milliseconds = 1000 * timeoutSeconds
    this.#mostBytes = options.workerMemoryBytes ?? shareOfMemory(workers)
    const programs = new Map([...models].map(([name, { program }]) => [name, program]))
    this.#setUp = { programs, maxGroups, cacheBytes: this.#mostBytes / 2 }
    this.#slots = Array.from({ length: workers }, () => ({
      thread: this.#start(),
      holders: new Set(),
      isTaken: false,
      isPreparing: undefined,
    }))
  }

  get width(): number {
    return this.#slots.length
  }

  canBegin(job: Job, ...surplus: []): boolean {
    checkArguments("canBegin", [job, ...surplus], { job: forms.object }, RuntimeError)
    return this.#choose(job) !== undefined
  }

  async run(job: Job, signal: AbortSignal, ...surplus: []): Promise<Uint8Array> {
    checkArguments(
      "run",
      [job, signal, ...surplus],
      { job: forms.object, signal: forms.object },
      RuntimeError,
    )
    const slot = this.#choose(job)
    if (slot === undefined) throw new Error("unreachable: a job was begun that must wait")
    return await this.#workOn(slot, job, job.request, signal)
  }

  async prepare(keys: KeysOfModel, ...surplus: []): Promise<void> {
    checkArguments("prepare", [keys, ...surplus], { keys: forms.object }, RuntimeError)
    const holder = holderOf(keys)
    const slot = this.#choose(keys)
    if (slot === undefined || this.#slots.some(({ holders }) => holders.has(holder))) return
    slot.isPreparing = holder
    try {
      await this.#workOn(slot, keys, undefined, new AbortController().signal)
    } finally {
      slot.isPreparing = undefined
    }
  }

  async close(...surplus: []): Promise<void> {
    checkArity("close", surplus, 0, RuntimeError)
    this.#isClosed = true
    await Promise.all(this.#slots.map(({ thread }) => thread.close()))
  }

  async #workOn(
    slot: Slot,
    job: KeysOfModel,
    request: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const holder = holderOf(job)
    slot.isTaken = true
    slot.holders.add(holder)
    if (slot.thread.hasEnded) this.#restart(slot, "crash")
    const { model, client, keys } = job
    const loadKeys = () => this.#options.loadKeys(client, keys)
    try {
      return await slot.thread.run({ model, holder, request, loadKeys }, signal)
    } catch (error) {
      if (slot.thread.hasEnded) this.#restart(slot, isTimeout(error) ? "timeout" : "crash")
      throw error
    } finally {
      // A new worker would have nothing of what was prepared; the run that follows ends with it.
      if (request !== undefined && slot.thread.state.memoryBytes > this.#mostBytes)
        this.#restart(slot, "memory")
      slot.holders = new Set(slot.thread.state.holders)
      slot.isTaken = false
    }
  }

  /** The worker for a job: that with its keys, else the one with the fewest keys; undefined when it has to wait. */
  #choose(job: KeysOfModel): Slot | undefined {
    const holder = holderOf(job)
    const holding = this.#slots.filter(({ holders }) => holders.has(holder))
    // Another worker would take as long to load the same keys.
    const isPreparing = holding.some((slot) => slot.isPreparing === holder)
    const mustStay = isPreparing || (this.#options.models.get(job.model)?.isInRounds && holding.length > 0)
    const free = (mustStay ? holding : this.#slots).filter(({ isTaken }) => !isTaken)
    return (
      free.find((slot) => holding.includes(slot)) ?? free.sort((a, b) => a.holders.size - b.holders.size)[0]
    )
  }

  #start(): WorkerThread {
    return new WorkerThread(this.#setUp, this.#milliseconds)
  }

  #restart(slot: Slot, reason: RestartReason): void {
    if (this.#isClosed) return
    void slot.thread.close()
    slot.thread = this.#start()
    this.#options.onRestart?.(reason)
  }
}

interface Slot {
  thread: WorkerThread
  /** Whose keys the worker has, or is about to load. */
  holders: Set<string>
  isTaken: boolean
  /** Whose keys it loads without a run that waits for them. */
  isPreparing: string | undefined
}

type KeysOfModel = Pick<Job, "model" | "client" | "keys">

const isTimeout = (error: unknown): boolean => (error as { code?: unknown }).code === "timeout"

const holderOf = ({ model, client, keys }: KeysOfModel): string => JSON.stringify([model, client, keys])

const shareOfMemory = (workers: number): number =>
  Math.max(2 ** 29, Math.min(2 ** 32, (0.75 * process.availableMemory()) / workers))
