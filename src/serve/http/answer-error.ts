import type { IncomingHttpHeaders } from "node:http"
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
  closeUnread(reply)
  const body = JSON.stringify({ error: { code, message } })
  trace.bytesOut = Buffer.byteLength(body)
  return reply.code(status).type("application/json; charset=utf-8").send(body)
}

/**
 * Ends the connection of a request whose body was refused before it was read: nobody reads on at the server's cost. What is under way
 * is still taken for a moment, as a connection that is reset would take the answer with it.
 */
const closeUnread = (reply: FastifyReply): void => {
  const { raw } = reply.request
  // One that sends nothing, or everything, can go on with the connection.
  if (raw.complete || !hasBody(raw.headers)) {
    reply.removeHeader("connection")
    return
  }
  reply.header("connection", "close")
  const { socket } = raw
  // Node would reset the connection as soon as the answer is written.
  socket.destroySoon = () => {
    socket.end()
    const late = setTimeout(() => socket.destroy(), LINGER_MILLISECONDS)
    socket.once("close", () => clearTimeout(late))
    let taken = 0
    socket.on("data", ({ length }: Uint8Array) => {
      taken += length
      if (taken > LINGER_BYTES) socket.destroy()
    })
  }
}

const LINGER_MILLISECONDS = 1000
const LINGER_BYTES = 2 ** 22

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

const toServiceError = (error: unknown, id: string): ServiceError => {
  if (error instanceof ServiceError && error.code !== "internal") return error
  if (error instanceof QuotaError) return new ServiceError("quota", error.message)
  const { code, statusCode = 500 } = error as Partial<FastifyError>
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new ServiceError("too-large", "the body is too large")
  if (statusCode < 500) return new ServiceError("damaged", "this is no request that the server understands")
  const message = `${error instanceof ServiceError ? error.message : "the server failed"}\nits log has more, under ${id}`
  return new ServiceError("internal", message, { cause: (error as Error).cause ?? error })
}
