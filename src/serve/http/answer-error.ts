import type { FastifyError, FastifyReply } from "fastify"
import { QuotaError } from "../key-store.ts"
import { ServiceError } from "../service-error.ts"
import type { Trace } from "./trace.ts"

/** Answers with what went wrong, as JSON; what is the server's fault is told to its log alone. */
export const answerError = (error: unknown, reply: FastifyReply, trace: Trace): FastifyReply => {
  const { code, message, status, retryAfter, cause } = toServiceError(error, reply.request.id)
  trace.code = code
  if (code === "internal") trace.fault = cause
  if (retryAfter !== undefined) reply.header("Retry-After", retryAfter)
  // A client that is still sending learns of the refusal and can go on with the connection.
  reply.removeHeader("connection")
  const body = JSON.stringify({ error: { code, message } })
  trace.bytesOut = Buffer.byteLength(body)
  return reply.code(status).type("application/json; charset=utf-8").send(body)
}

const toServiceError = (error: unknown, id: string): ServiceError => {
  if (error instanceof ServiceError && error.code !== "internal") return error
  if (error instanceof QuotaError) return new ServiceError("quota", error.message)
  const { code, statusCode = 500 } = error as Partial<FastifyError>
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new ServiceError("too-large", "the body is too large")
  if (statusCode < 500) return new ServiceError("damaged", "this is no request that the server understands")
  const message = `${error instanceof ServiceError ? error.message : "the server failed"}\nits log has more, under ${id}`
  return new ServiceError("internal", message, { cause: (error as Error).cause ?? error })
}
