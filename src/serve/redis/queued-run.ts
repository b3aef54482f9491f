import { randomBytes } from "node:crypto"
import type { ServiceCode } from "../service-error.ts"
import type { Storage } from "../storage/storage.ts"

/** What Redis holds of a run: names only. Request and reply are in the storage, under the random name of the job. */
export interface QueuedRun {
  readonly model: string
  /** Hash of the program that the client has encrypted for. */
  readonly program: string
  readonly client: string
  /** SHA-256 of the client's evaluation keys. */
  readonly keys: string
  /** Milliseconds since 1970 after which its client has been told that it took too long, and nobody waits for it. */
  readonly deadline: number
}

/** What a worker says of a run that it is done with: nothing when there is a reply, else why there is none. */
export interface QueuedOutcome {
  readonly code?: ServiceCode
  readonly message?: string
}

/** Whether nobody waits for a run any more, whoever has put it into the queue and whatever became of them. */
export const isOverdue = ({ deadline }: Pick<QueuedRun, "deadline">): boolean => Date.now() > deadline

/** Every name in Redis starts with this. */
export const PREFIX = "lutra"
export const QUEUE = "runs"

const FOLDER = "jobs"

/** Nobody who does not know it can guess where a request is. */
export const newJobId = (): string => randomBytes(16).toString("hex")

export const requestPath = (id: string): string => `${FOLDER}/${id}/request`

export const replyPath = (id: string): string => `${FOLDER}/${id}/reply`

export const deleteRun = async (storage: Storage, id: string): Promise<void> => {
  await Promise.all([storage.delete(requestPath(id)), storage.delete(replyPath(id))])
}

/** Deletes requests and replies older than so many milliseconds, which servers or workers that crashed have left. */
export const sweepRuns = async (storage: Storage, maxAge: number): Promise<void> => {
  for await (const { path, modified } of storage.list(`${FOLDER}/`)) {
    if (Date.now() - modified.getTime() > maxAge) await storage.delete(path)
  }
}
