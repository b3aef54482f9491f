import type { FastifyReply, FastifyRequest } from "fastify"
import type { Metrics } from "../metrics.ts"

/** What is told of a request when it ends: nothing of its body, its token, or which keys it names. */
export interface Trace {
  readonly since: number
  /** Aborted when the answer was sent, or cannot be any more. */
  readonly over: AbortSignal
  /** Name of its client, once that is known. */
  client?: string
  model?: string
  /** Why it got no result. */
  code?: string
  /** For the log: what the client is not told. */
  fault?: unknown
  bytesIn: number
  bytesOut: number
  /** Milliseconds in the queue and in a worker. */
  waited?: number
  ran?: number
}

/** The traces of the requests under way. */
export class Traces {
  readonly #traces = new WeakMap<FastifyRequest, Trace>()
  readonly #metrics: Metrics

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** Begins a trace, which is logged and counted once the answer was sent or the client has gone. */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const over = new AbortController()
    const trace: Trace = { since: performance.now(), over: over.signal, bytesIn: 0, bytesOut: 0 }
    this.#traces.set(request, trace)
    const { socket } = request.raw
    const end = (): void => {
      // What has begun to tell its listeners tells those too that are taken away meanwhile.
      if (over.signal.aborted) return
      over.abort()
      reply.raw.off("close", end)
      socket.off("close", end)
      this.#end(request, reply, trace)
    }
    reply.raw.once("close", end)
    // An answer that waits behind others of the same connection does not hear that the connection has ended.
    socket.once("close", end)
  }

  of(request: FastifyRequest): Trace {
    const trace = this.#traces.get(request)
    if (trace === undefined) throw new Error("unreachable: every request has a trace")
    return trace
  }

  #end(request: FastifyRequest, reply: FastifyReply, trace: Trace): void {
    const { since, waited, ran, bytesIn, bytesOut, client, model, code, fault } = trace
    const status = reply.raw.writableFinished ? reply.statusCode : 499
    const { method } = request
    const route = request.routeOptions.url ?? "unknown"
    this.#metrics.countRequest({ route, method, status, bytesIn, bytesOut })
    const times = {
      ms: whole(performance.now() - since),
      ...(waited !== undefined && { waited: whole(waited) }),
      ...(ran !== undefined && { ran: whole(ran) }),
    }
    const line = { client, model, method, route, status, code, ...times, bytesIn, bytesOut }
    if (fault === undefined) request.log.info(line, "request")
    else request.log.error({ ...line, err: fault }, "request failed")
  }
}

/** Does something once when a request is over, or now if it is. */
export const whenOver = ({ over }: Trace, work: () => void): void => {
  if (over.aborted) work()
  else over.addEventListener("abort", work, { once: true })
}

const whole = (milliseconds: number): number => Math.round(milliseconds * 10) / 10
