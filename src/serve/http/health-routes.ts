import type { FastifyInstance } from "fastify"
import { type Context, refuseWhenStopping } from "./context.ts"

/** What is asked by those who watch over the service, without a token. */
export const healthRoutes = (app: FastifyInstance, context: Context): void => {
  app.get("/healthz", async () => "alive\n")
  app.get("/readyz", async () => {
    refuseWhenStopping(context)
    return "ready\n"
  })
  app.get("/metrics", async (_request, reply) => {
    reply.type(context.metrics.contentType)
    return context.metrics.text()
  })
}

/** The paths that tell nothing but that the service lives. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz"])

/** The paths of these routes, and of the description of all. */
export const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics", "/openapi.json"])
