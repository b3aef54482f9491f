import { Worker } from "node:worker_threads"
import { ServiceError } from "../service-error.ts"
import type { Answer, Order, WorkerSetUp, WorkerState } from "./worker-orders.ts"

/** Beside this file, as source or as what the build made of it. */
const ENTRY = new URL(`evaluation-worker.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url)

/** JavaScript's heap of a worker; what SEAL takes is not in it. */
const HEAP_MEGABYTES = 1024

/** What one job of a worker needs. */
export interface ThreadJob {
  readonly model: string
  readonly holder: string
  /** Undefined where all is only prepared for runs. */
  readonly request: Uint8Array | undefined
  /** Reads the keys from where they are stored; called when the worker does not have them. */
  loadKeys(): Promise<Uint8Array | undefined>
}

interface Running {
  readonly id: number
  readonly job: ThreadJob
  succeed(reply: Uint8Array): void
  fail(error: ServiceError): void
}

/** A worker thread that runs one job at a time. Once it has ended it stays so. */
export class WorkerThread {
  readonly #worker: Worker
  readonly #milliseconds: number
  #running: Running | undefined
  #nextId = 0
  #state: WorkerState = { holders: [], memoryBytes: 0 }
  #hasEnded = false
  #ended: Promise<unknown> | undefined

  /** A job that takes longer than so many milliseconds ends with its worker. */
  constructor(setUp: WorkerSetUp, milliseconds: number) {
    this.#milliseconds = milliseconds
    // Flags of the process may not fit a worker: --input-type does not.
    this.#worker = new Worker(ENTRY, {
      workerData: setUp,
      execArgv: [],
      name: "lutra",
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    })
    this.#worker.on("message", (answer: Answer) => this.#hear(answer))
    this.#worker.on("error", (error) => this.#lose(error))
    this.#worker.on("messageerror", (error) => this.#lose(error))
    this.#worker.on("exit", (code) => this.#lose(new Error(`exit code ${code}`)))
  }

  get isBusy(): boolean {
    return this.#running !== undefined
  }

  /** Whether it can take no job any more. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** What it held after its last job. */
  get state(): WorkerState {
    return this.#state
  }

  /** The reply, of no bytes where nothing was run. Throws ServiceError; after "timeout" the worker has ended, after "internal" it may have. */
  run(job: ThreadJob, signal: AbortSignal): Promise<Uint8Array> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer)
        signal.removeEventListener("abort", cancel)
        this.#running = undefined
      }
      const cancel = (): void => this.#tell({ kind: "cancel", id })
      const timer = setTimeout(() => {
        const seconds = this.#milliseconds / 1000
        this.#end(new ServiceError("timeout", `the run took longer than ${seconds} s, which is the limit`))
      }, this.#milliseconds)
      this.#running = {
        id,
        job,
        succeed: (reply) => {
          settle()
          resolve(reply)
        },
        fail: (error) => {
          settle()
          reject(error)
        },
      }
      signal.addEventListener("abort", cancel)
      const { model, holder, request } = job
      if (request === undefined) {
        this.#tell({ kind: "prepare", id, model, holder })
      } else {
        // A view would be sent with all of the buffer it is a part of.
        const own = new Uint8Array(request)
        this.#tell({ kind: "run", id, model, holder, request: own }, [own.buffer])
      }
      if (signal.aborted) cancel()
    })
  }

  /** Ends the worker; a job that runs fails. */
  async close(): Promise<void> {
    this.#end(new ServiceError("stopping", "the server stops"))
    await this.#ended
  }

  #tell(order: Order, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, transfer)
  }

  #hear(answer: Answer): void {
    const running = this.#running
    if (answer.kind === "ready" || running === undefined || answer.id !== running.id) return
    if (answer.kind === "keys") {
      void this.#giveKeys(running)
      return
    }
    this.#state = answer.state
    if (answer.kind === "done") running.succeed(answer.reply)
    else running.fail(new ServiceError(answer.code, answer.message, { cause: answer.detail }))
  }

  async #giveKeys({ id, job }: Running): Promise<void> {
    try {
      const found = await job.loadKeys()
      if (this.#running?.id !== id) return
      const bytes = found && new Uint8Array(found)
      this.#tell({ kind: "keys", id, bytes }, bytes ? [bytes.buffer] : [])
    } catch (cause) {
      // The worker waits for keys that do not come: a new one takes its place.
      if (this.#running?.id === id) this.#end(new ServiceError("internal", "keys cannot be read", { cause }))
    }
  }

  #lose(cause: unknown): void {
    this.#end(new ServiceError("internal", "the worker of this run has ended; try again", { cause }))
  }

  #end(error: ServiceError): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#state = { holders: [], memoryBytes: 0 }
    this.#ended = this.#worker.terminate()
    this.#running?.fail(error)
  }
}
