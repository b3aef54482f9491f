import type { JobQueue } from "../job-queue.ts"
import type { KeyStore } from "../key-store.ts"
import type { Metrics } from "../metrics.ts"
import type { ServedModel } from "../served-model.ts"
import { ServiceError } from "../service-error.ts"
import type { Authenticate } from "../tokens.ts"
import type { Traces } from "./trace.ts"

/** What the routes of a service share. */
export interface Context {
  readonly models: ReadonlyMap<string, ServedModel>
  readonly keys: KeyStore
  readonly queue: JobQueue
  readonly metrics: Metrics
  readonly traces: Traces
  /** Undefined when everybody is the same client. */
  readonly authenticate: Authenticate | undefined
  /** Whether new work is refused because the service stops. */
  isStopping(): boolean
}

/** Throws ServiceError "stopping" when no new work is taken. */
export const refuseWhenStopping = ({ isStopping }: Context): void => {
  if (isStopping()) throw new ServiceError("stopping", "the server stops; try another or try later")
}

/** Throws ServiceError "unknown-model" when there is none of that name. */
export const findModel = ({ models }: Context, name: string): ServedModel => {
  const model = models.get(name)
  if (model === undefined) throw new ServiceError("unknown-model", "there is no model of that name")
  return model
}

/** The SHA-256 by which keys are meant. Throws ServiceError "damaged" when it is none. */
export const readKeysId = (text: unknown): string => {
  if (typeof text === "string" && /^[0-9a-f]{64}$/.test(text)) return text
  throw new ServiceError(
    "damaged",
    "evaluation keys are named by the SHA-256 of their bytes, 64 digits of 0-9 and a-f",
  )
}

/** Throws ServiceError "too-large" when a request says that its body is longer than `most`. */
export const checkLength = (header: string | undefined, most: number): void => {
  const length = Number(header ?? 0)
  if (length > most) {
    throw new ServiceError("too-large", `the body has ${length} bytes where at most ${most} are accepted`)
  }
}

/** The body as bytes; none is empty. */
export const bodyOf = (body: unknown): Uint8Array => (body instanceof Uint8Array ? body : new Uint8Array())
