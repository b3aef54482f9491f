import type { Socket } from "node:net"
import { createSecureContext } from "node:tls"
import type { FastifyInstance, FastifyReply, FastifyServerOptions } from "fastify"
import { checkArguments, checkOptions, form, type OptionForms, RuntimeError } from "../../data/index.ts"
import { HTTP_PACKAGES, loadPackages } from "../load-packages.ts"
import { ServiceError } from "../service-error.ts"
import { ANONYMOUS, bearerToken } from "../tokens.ts"
import { answerError } from "./answer-error.ts"
import type { Context } from "./context.ts"
import { HEALTH_PATHS, healthRoutes, OPEN_PATHS } from "./health-routes.ts"
import { keyRoutes } from "./key-routes.ts"
import { isLoopback } from "./loopback.ts"
import { modelRoutes } from "./model-routes.ts"
import { openApiRoute } from "./openapi.ts"
import { runRoute } from "./run-route.ts"

/** What a server proves its name with, in PEM. */
export interface Tls {
  readonly cert: string | Uint8Array
  readonly key: string | Uint8Array
}

export interface AppOptions {
  /** Origins of pages that may use the service; none unless given. */
  readonly origins?: readonly string[]
  /** A logger's options, or false for none, as fastify takes them. */
  readonly logger?: FastifyServerOptions["logger"]
  /** A certificate and its key, in PEM: with them the service speaks HTTPS. */
  readonly tls?: Tls
  /** Seconds in which a request must have come in whole; 300 unless given. */
  readonly requestSeconds?: number
  /** Seconds after which the answer to a run is given up when nothing of it was taken; 60 unless given. */
  readonly answerSeconds?: number
}

/** What serves HTTP. Throws RuntimeError when it is not installed. */
export const loadFastify = () =>
  loadPackages("a server", HTTP_PACKAGES, async () => {
    const [{ fastify, LogController }, { fastifyCors }] = await Promise.all([
      import("fastify"),
      import("@fastify/cors"),
    ])
    return { fastify, LogController, fastifyCors }
  })

/** The HTTP interface of docs/http-api.md. */
export const createApp = async (context: Context, options: AppOptions): Promise<FastifyInstance> => {
  const { fastify, LogController, fastifyCors } = await loadFastify()
  const { origins = [], logger = false, tls, requestSeconds = 300, answerSeconds = 60 } = options
  const timeouts = {
    headersTimeout: Math.min(20_000, 1000 * requestSeconds),
    connectionsCheckingInterval: Math.min(5000, 250 * requestSeconds),
  }
  const app: FastifyInstance = fastify({
    ...protocol(tls, timeouts),
    logger,
    // One line of our own says all that may be said.
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: 1000 * requestSeconds,
    keepAliveTimeout: 65_000,
    clientErrorHandler,
    // Paths that cannot be read.
    frameworkErrors: (_error, _request, reply) => {
      const { code, message, status } = new ServiceError("unknown-path", "there is nothing here")
      void (reply as FastifyReply).code(status).send({ error: { code, message } })
    },
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
  })
  const { traces, authenticate } = context
  app.addHook("onRequest", async (request, reply) => traces.begin(request, reply))
  if (origins.length > 0) {
    await app.register(fastifyCors, {
      origin: [...origins],
      methods: ["GET", "HEAD", "PUT", "POST", "DELETE"],
      allowedHeaders: ["Authorization", "Content-Type", "If-None-Match", "Lutra-Keys"],
      exposedHeaders: ["ETag", "Retry-After", "Server-Timing"],
      maxAge: 600,
    })
  }
  app.addHook("onRequest", async (request, reply) => {
    const trace = traces.of(request)
    const path = request.routeOptions.url ?? ""
    // A page elsewhere whose name was made to lead to this machine has another name.
    if (authenticate === undefined && !HEALTH_PATHS.has(path) && !isLoopback(request.hostname)) {
      throw new ServiceError("wrong-host", "this server has another name")
    }
    if (OPEN_PATHS.has(path)) return
    if (authenticate === undefined) {
      trace.client = ANONYMOUS
      return
    }
    const token = bearerToken(request.headers.authorization)
    const client = token === undefined ? undefined : await authenticate(token)
    if (client === undefined) {
      reply.header("WWW-Authenticate", "Bearer")
      throw new ServiceError("unauthorized", "a bearer token that the server knows is needed")
    }
    trace.client = client
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, request, reply) => answerError(error, reply, traces.of(request)))
  app.setNotFoundHandler((request, reply) =>
    answerError(new ServiceError("unknown-path", "there is nothing here"), reply, traces.of(request)),
  )
  healthRoutes(app, context)
  openApiRoute(app)
  modelRoutes(app, context)
  keyRoutes(app, context)
  runRoute(app, context, answerSeconds)
  await app.ready()
  return app
}

/** Throws RuntimeError when a certificate and its key cannot be used. */
export const checkTls = (tls: Tls): void => {
  checkOptions("tls", tls, tlsForms, RuntimeError)
  const { cert, key } = tls
  checkArguments("tls", [cert, key], tlsForms, RuntimeError)
  try {
    createSecureContext(pem({ cert, key }))
  } catch (cause) {
    // OpenSSL's own words, without the numbers before them.
    const { reason, message } = cause as Error & { readonly reason?: string }
    throw new RuntimeError(
      `this certificate and key cannot be used for TLS: ${reason ?? message}\n` +
        "both are PEM files, the key without a password and that of the first certificate",
      { code: "wrong-argument", cause },
    )
  }
}

const inPem = form<string | Uint8Array>(
  "text or bytes in PEM",
  (value) => typeof value === "string" || value instanceof Uint8Array,
)
const tlsForms: OptionForms<Tls> = { cert: inPem, key: inPem }

const pem = ({ cert, key }: Tls) => ({ cert: Buffer.from(cert), key: Buffer.from(key) })

/** HTTPS where there is a certificate, else HTTP. */
const protocol = (tls: Tls | undefined, timeouts: { readonly headersTimeout: number }): object =>
  tls === undefined ? { http: timeouts } : { https: { ...timeouts, ...pem(tls) } }

/** What is no HTTP, or came too slowly. */
const clientErrorHandler = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy()
    return
  }
  const isSlow = error.code === "ERR_HTTP_REQUEST_TIMEOUT"
  const { code, message, status } = isSlow
    ? new ServiceError("slow", "the request took too long to come in")
    : new ServiceError("damaged", "this is no HTTP request that the server understands")
  const body = JSON.stringify({ error: { code, message } })
  const head = [
    `HTTP/1.1 ${status} ${isSlow ? "Request Timeout" : "Bad Request"}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ]
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`)
}
