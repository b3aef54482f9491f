import { RuntimeError, type RuntimeErrorCode } from "../data/index.ts"

/** What the HTTP interface says instead of a result, with the status of each code: some of the codes of RuntimeError. */
const STATUS = {
  damaged: 400,
  unauthorized: 401,
  "unknown-path": 404,
  "unknown-model": 404,
  "unknown-keys": 404,
  slow: 408,
  "too-large": 413,
  "wrong-host": 421,
  busy: 429,
  gone: 499,
  internal: 500,
  stopping: 503,
  timeout: 504,
  quota: 507,
} as const satisfies Partial<Record<RuntimeErrorCode, number>>

export type ServiceCode = keyof typeof STATUS

export const CODES = Object.keys(STATUS) as readonly ServiceCode[]

/** The HTTP status of a code. */
export const statusOf = (code: ServiceCode): number => STATUS[code]

/**
 * A request that gets no result. `message` goes to the client, so it names nothing of others and no secret; the cause, if
 * there is one, stays in the server.
 */
export class ServiceError extends Error {
  override readonly name = "ServiceError"
  readonly code: ServiceCode
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined

  constructor(
    code: ServiceCode,
    message: string,
    { retryAfter, cause }: { readonly retryAfter?: number; readonly cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retryAfter = retryAfter
  }

  get status(): number {
    return statusOf(this.code)
  }
}

/** Runs a check of a client's bytes: the RuntimeError that it throws becomes a ServiceError "damaged". */
export const refusingDamaged = (check: () => void): void => {
  try {
    check()
  } catch (error) {
    if (error instanceof RuntimeError) throw new ServiceError("damaged", error.message)
    throw error
  }
}

/** Whether text is one of the codes, such as one that comes from another process. */
export const isServiceCode = (text: string): text is ServiceCode => Object.hasOwn(STATUS, text)
