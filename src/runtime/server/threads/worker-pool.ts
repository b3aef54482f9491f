import { availableParallelism } from "node:os"
import { Worker } from "node:worker_threads"
import type { Circuit } from "../../../backend/index.ts"
import { RuntimeError } from "../../../data/index.ts"
import type { LevelIds } from "../../messages/message-rules.ts"
import { type KeyedSpec, keyedOf } from "../../messages/rounds-and-residues.ts"
import type { SealOptions } from "../../seal/seal-context.ts"
import { CircuitCache } from "../circuit-cache.ts"
import type { Engine, GroupHooks, GroupJob } from "../engine.ts"
import { DEFAULT_CACHE_BYTES } from "../group-runner.ts"
import { estimateWorkerBytes } from "./worker-memory.ts"
import {
  type Answer,
  fromErrorText,
  type Order,
  type WorkerJob,
  type WorkerSetUp,
} from "./worker-messages.ts"

export interface PoolOptions extends SealOptions {
  readonly threads: number | "auto"
  /** Memory that all workers together may take, by an estimate; one is started in any case. */
  readonly workerMemoryBytes?: number
  readonly cacheBytes?: number
  /** Circuits that will be given with jobs, as far as is known: what they need is a part of the estimate. */
  readonly later?: readonly Circuit[]
}

/** Worker threads of Node, each with SEAL, a context, the keys and a cache of constants of its own. */
export class WorkerPool implements Engine {
  /** Starts the workers, all at the same time. Throws RuntimeError when `evaluationKeys` are not keys for this program or module. */
  static async create(
    spec: KeyedSpec,
    circuits: readonly Circuit[],
    evaluationKeys: Uint8Array,
    options: PoolOptions,
  ): Promise<WorkerPool> {
    const { cacheBytes = DEFAULT_CACHE_BYTES, wasmUrl } = options
    const residues = keyedOf(spec)
    // Circuits of several moduli have contexts and constants of their own, all others share them.
    const bytes = residues.reduce((sum, residue) => {
      const own = [...circuits, ...(options.later ?? [])].filter(({ t }) => t === residue.parameters.t)
      return sum + Math.max(0, ...own.map((circuit) => estimateWorkerBytes(residue, circuit, cacheBytes)))
    }, 0)
    const count = workerCount(bytes, options)
    const shared = new Uint8Array(new SharedArrayBuffer(evaluationKeys.length))
    shared.set(evaluationKeys)
    const setUp: WorkerSetUp = {
      spec,
      circuits: circuits.map((circuit) => ({ ...circuit, clear: null })),
      evaluationKeys: shared,
      cacheBytes,
      wasmUrl: wasmUrl === undefined ? undefined : String(wasmUrl),
    }
    const starts = Array.from({ length: count }, () => startWorker(setUp))
    try {
      const levels = await Promise.all(starts.map(({ ready }) => ready))
      const workers = starts.map(({ worker }) => worker)
      return new WorkerPool(workers, levels[0]!, circuits)
    } catch (error) {
      for (const { worker } of starts) void worker.terminate()
      throw error
    }
  }

  readonly levelIds: readonly LevelIds[]
  readonly #idle: Worker[]
  readonly #workers: Set<Worker>
  readonly #queue: Task[] = []
  readonly #running = new Map<Worker, Task>()
  /** The numbers of circuits: all workers know those that they were started with. */
  readonly #numbers = new WeakMap<Circuit, number>()
  readonly #circuits: readonly Circuit[]
  /** What each worker has kept of those that came with jobs: it forgets the same ones in the same order. */
  readonly #kept = new Map<Worker, CircuitCache<number>>()
  #nextNumber: number
  #nextId = 0
  #isDisposed = false

  private constructor(
    workers: readonly Worker[],
    levelIds: readonly LevelIds[],
    circuits: readonly Circuit[],
  ) {
    this.levelIds = levelIds
    this.#circuits = circuits
    this.#nextNumber = circuits.length
    for (const [number, circuit] of circuits.entries()) this.#numbers.set(circuit, number)
    this.#workers = new Set(workers)
    this.#idle = [...workers]
    for (const worker of workers) {
      this.#kept.set(worker, new CircuitCache())
      worker.on("message", (answer: Answer) => this.#hear(worker, answer))
      worker.on("error", (error) => this.#lose(worker, error))
      worker.on("messageerror", (error) => this.#lose(worker, error))
      worker.on("exit", (code) => this.#lose(worker, new Error(`exit code ${code}`)))
      worker.unref()
    }
  }

  get width(): number {
    return Math.max(1, this.#workers.size)
  }

  runGroup(job: GroupJob, { signal, onSteps }: GroupHooks): Promise<Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#isDisposed) throw new RuntimeError("this server is disposed", { code: "disposed" })
      signal.throwIfAborted()
      const abort = (): void => this.#cancel(task, signal.reason)
      const settle = (): void => {
        task.isSettled = true
        signal.removeEventListener("abort", abort)
      }
      const task: Task = {
        id: this.#nextId++,
        job,
        onSteps,
        isSettled: false,
        succeed: (ciphertexts) => {
          settle()
          resolve([...ciphertexts])
        },
        fail: (error) => {
          settle()
          reject(error)
        },
      }
      signal.addEventListener("abort", abort)
      this.#queue.push(task)
      this.#assign()
    })
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    const error = new RuntimeError("this server is disposed", { code: "disposed" })
    for (const task of [...this.#queue, ...this.#running.values()]) task.fail(error)
    this.#queue.length = 0
    this.#running.clear()
    for (const worker of this.#workers) void worker.terminate()
  }

  #assign(): void {
    if (this.#workers.size === 0) {
      for (const task of this.#queue.splice(0)) {
        task.fail(
          new RuntimeError("no worker thread of this server is left; create it again", { code: "internal" }),
        )
      }
    }
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const worker = this.#idle.shift()!
      const task = this.#queue.shift()!
      this.#running.set(worker, task)
      // A worker keeps the process alive while it works, and only then.
      worker.ref()
      const { id, job, onSteps } = task
      // A view would be sent with all of the buffer it is a part of; slice() of Node's Buffer is one.
      const ciphertexts = job.ciphertexts.map((ciphertext) => new Uint8Array(ciphertext))
      const order: Order = {
        kind: "run",
        id,
        job: { ...this.#orderFor(worker, job), ciphertexts },
        reportSteps: onSteps !== undefined,
      }
      worker.postMessage(
        order,
        ciphertexts.map(({ buffer }) => buffer),
      )
    }
  }

  /** A job with the number of its circuit, and the circuit itself where the worker does not know it. */
  #orderFor(worker: Worker, { circuit = this.#circuits[0]!, ...job }: GroupJob): WorkerJob {
    const number = this.#numbers.get(circuit) ?? this.#nextNumber++
    this.#numbers.set(circuit, number)
    if (number < this.#circuits.length) return { ...job, circuit: number }
    const bare = { ...circuit, clear: null }
    const kept = this.#kept.get(worker)!
    const isKnown = kept.has(number)
    kept.get(number, () => bare)
    return { ...job, circuit: number, ...(!isKnown && { unknown: bare }) }
  }

  #hear(worker: Worker, answer: Answer): void {
    const task = this.#running.get(worker)
    if (task === undefined || !("id" in answer) || answer.id !== task.id) return
    switch (answer.kind) {
      case "steps":
        if (task.isSettled) return
        try {
          task.onSteps?.(answer.count, answer.doing)
        } catch (error) {
          this.#cancel(task, error)
        }
        return
      case "done":
        this.#release(worker)
        task.succeed(answer.ciphertexts)
        return
      case "failed":
        this.#release(worker)
        task.fail(fromErrorText(answer.error))
    }
  }

  #release(worker: Worker): void {
    this.#running.delete(worker)
    this.#idle.push(worker)
    worker.unref()
    this.#assign()
  }

  /** Fails a task at once; a worker that is at it stops at its next turn and is free again only then. */
  #cancel(task: Task, reason: unknown): void {
    if (task.isSettled) return
    task.fail(reason)
    const queued = this.#queue.indexOf(task)
    if (queued >= 0) this.#queue.splice(queued, 1)
    for (const [worker, running] of this.#running) {
      if (running === task) worker.postMessage({ kind: "cancel", id: task.id } satisfies Order)
    }
  }

  #lose(worker: Worker, cause: unknown): void {
    if (this.#isDisposed || !this.#workers.delete(worker)) return
    this.#kept.delete(worker)
    const task = this.#running.get(worker)
    this.#running.delete(worker)
    const idle = this.#idle.indexOf(worker)
    if (idle >= 0) this.#idle.splice(idle, 1)
    task?.fail(lost(cause))
    this.#assign()
  }
}

interface Task {
  readonly id: number
  readonly job: GroupJob
  readonly onSteps: GroupHooks["onSteps"]
  isSettled: boolean
  succeed(ciphertexts: readonly Uint8Array[]): void
  fail(error: unknown): void
}

const lost = (cause: unknown): RuntimeError =>
  new RuntimeError(`a worker thread has ended: ${cause instanceof Error ? cause.message : String(cause)}`, {
    code: "internal",
    cause,
  })

const workerCount = (bytes: number, { threads, workerMemoryBytes }: PoolOptions): number => {
  const isAuto = threads === "auto"
  const asked = isAuto ? availableParallelism() : threads
  const memory = workerMemoryBytes ?? (isAuto ? process.availableMemory() / 2 : Infinity)
  return Math.max(1, Math.min(asked, Math.floor(memory / bytes)))
}

/** Beside this file, as source or as what the build made of it. */
const ENTRY = new URL(`server-worker.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url)

const startWorker = (setUp: WorkerSetUp): { worker: Worker; ready: Promise<LevelIds[]> } => {
  // Flags of the process may not fit a worker: --input-type does not.
  const worker = new Worker(ENTRY, { workerData: setUp, execArgv: [], name: "lutra" })
  const ready = new Promise<LevelIds[]>((resolve, reject) => {
    worker.once("message", (answer: Answer) => {
      if (answer.kind === "refused") reject(fromErrorText(answer.error))
      if (answer.kind === "ready") {
        resolve(
          answer.levels.map(({ data, ...chain }) => ({ ...chain, data: (primes) => data[primes - 1]! })),
        )
      }
    })
    worker.once("error", (error) => reject(lost(error)))
    worker.once("exit", (code) => reject(lost(new Error(`exit code ${code}`))))
  })
  return { worker, ready }
}
