import type { Job } from "bullmq"
import { checkArguments, checkOptions, forms, type OptionForms, RuntimeError } from "../../data/index.ts"
import type { Evaluator } from "../evaluator/evaluator.ts"
import { modelsForm, type ServedModel } from "../served-model.ts"
import { refusingDamaged, type ServiceCode, ServiceError } from "../service-error.ts"
import type { Storage } from "../storage/storage.ts"
import { connectRedis } from "./connect-redis.ts"
import {
  isOverdue,
  PREFIX,
  QUEUE,
  type QueuedOutcome,
  type QueuedRun,
  replyPath,
  requestPath,
} from "./queued-run.ts"
import { refuseRounds } from "./redis-evaluator.ts"

export interface QueueWorkerOptions {
  /** `redis://HOST:PORT`. */
  readonly queue: string
  /** That of the servers. */
  readonly storage: Storage
  readonly models: ReadonlyMap<string, ServedModel>
  /** What runs the programs; as many runs are taken at the same time as it is wide. */
  readonly evaluator: Evaluator
  /** Told of each run when it begins. */
  readonly onBegin?: (run: Pick<FinishedRun, "id" | "model">) => void
  /** Told of each run when it has ended. */
  readonly onRun?: (run: FinishedRun) => void
  /** Told why a run failed that its client cannot be told, and what fails without failing a run. */
  readonly onError?: (error: Error) => void
  /** Milliseconds after which the runs of a worker that is dead are given to another; 10,000 unless given. */
  readonly lockMilliseconds?: number
}

export interface FinishedRun {
  readonly id: string
  readonly model: string
  /** Why there is no reply. */
  readonly code: ServiceCode | undefined
  readonly milliseconds: number
}

export interface QueueWorker {
  /** Takes no more runs and resolves when those that it has taken are finished. */
  close(): Promise<void>
  /** Ends at once: runs that it has taken are given to others when their time is over. */
  abandon(): Promise<void>
}

/** How often a run is begun again whose worker has died. */
const MOST_DEATHS = 2
/** Milliseconds until a run of a program that this worker does not have is offered again. */
const NOT_MINE = 500

const neededForms = {
  queue: forms.text,
  storage: forms.object,
  models: modelsForm,
  evaluator: forms.object,
}

const optionForms: OptionForms<QueueWorkerOptions> = {
  ...neededForms,
  onBegin: forms.function,
  onRun: forms.function,
  onError: forms.function,
  lockMilliseconds: forms.positive,
}

/**
 * Takes runs out of a queue in Redis. A worker that dies loses its runs to others. Throws RuntimeError for models in
 * several rounds, and when Redis cannot be used.
 */
export const startQueueWorker = async (options: QueueWorkerOptions, ...surplus: []): Promise<QueueWorker> => {
  checkArguments("startQueueWorker", [options, ...surplus], { options: forms.object }, RuntimeError)
  checkOptions("startQueueWorker", options, optionForms, RuntimeError)
  const { queue, storage, models: given, evaluator: runner } = options
  checkArguments("startQueueWorker", [queue, storage, given, runner], neededForms, RuntimeError)
  const { models, evaluator, lockMilliseconds = 10_000, onError = () => {} } = options
  for (const model of models.values()) refuseRounds(model)
  const access = await connectRedis(options.queue, onError)
  const { DelayedError, Worker } = access.bullmq

  const process = async (job: Job<QueuedRun, QueuedOutcome>, token = ""): Promise<QueuedOutcome> => {
    const began = performance.now()
    // Before anything else: runs whose server has died would be offered for ever.
    if (isOverdue(job.data)) return { code: "timeout", message: "no worker has taken the run in time" }
    if (models.get(job.data.model)?.spec.hash !== job.data.program) {
      // Another version of the model is being rolled out, or this worker has fewer models.
      await job.moveToDelayed(Date.now() + NOT_MINE, token)
      throw new DelayedError()
    }
    options.onBegin?.({ id: job.id!, model: job.data.model })
    const isStillMine = async () => Number(await job.extendLock(token, lockMilliseconds)) === 1
    const outcome = await runOnce(options, job, isStillMine)
    const milliseconds = performance.now() - began
    options.onRun?.({ id: job.id!, model: job.data.model, code: outcome.code, milliseconds })
    return outcome
  }

  const worker = new Worker<QueuedRun, QueuedOutcome>(QUEUE, process, {
    connection: access.patient,
    prefix: PREFIX,
    concurrency: evaluator.width,
    lockDuration: lockMilliseconds,
    stalledInterval: lockMilliseconds / 2,
    maxStalledCount: MOST_DEATHS,
  })
  worker.on("error", onError)
  worker.on("failed", (_, error) => onError(error))
  await worker.waitUntilReady()
  const end = async (isForced: boolean): Promise<void> => {
    await worker.close(isForced)
    access.disconnect()
  }
  return { close: () => end(false), abandon: () => end(true) }
}

/** Runs a program unless its reply is there already. Throws what another worker may do better. */
const runOnce = async (
  { models, evaluator, storage, onError }: QueueWorkerOptions,
  { id, data }: Job<QueuedRun>,
  isStillMine: () => Promise<boolean>,
): Promise<QueuedOutcome> => {
  const { model, client, keys } = data
  if (await storage.stat(replyPath(id!))) return {}
  const request = await storage.get(requestPath(id!))
  if (request === undefined) return { code: "gone", message: "the client has gone" }
  let reply: Uint8Array
  try {
    // The bytes have been out of the server's hands since it checked them.
    refusingDamaged(() => models.get(model)!.frames.checkRequest(request))
    reply = await evaluator.run({ model, client, keys, request }, new AbortController().signal)
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code === "stopping") throw error
    if (error.code === "internal") onError?.(new Error(`run ${id} failed: ${error.cause ?? error.message}`))
    return { code: error.code, message: error.message }
  }
  // Who was thought to be dead leaves the reply to the other.
  if (!(await isStillMine())) throw new Error(`run ${id} was given to another worker`)
  await storage.put(replyPath(id!), reply)
  return {}
}
