import type { FastifyInstance } from "fastify"
import type { ServedModel } from "../served-model.ts"
import { type Context, findModel } from "./context.ts"

/** What is served. */
export const modelRoutes = (app: FastifyInstance, context: Context): void => {
  app.get("/v1/models", async () => ({ models: [...context.models.values()].map(describe) }))

  app.get<{ Params: { name: string } }>("/v1/models/:name", async (request, reply) => {
    const { clientPart, clientHash } = findModel(context, request.params.name)
    const trace = context.traces.of(request)
    trace.model = request.params.name
    const tag = `"${clientHash}"`
    reply.header("ETag", tag)
    if (request.headers["if-none-match"]?.split(/,\s*/).includes(tag)) return reply.code(304).send()
    trace.bytesOut = clientPart.length
    return reply.type("application/octet-stream").send(Buffer.from(clientPart))
  })
}

const describe = ({ name, spec, clientPart, frames }: ServedModel) => ({
  name,
  hash: spec.hash,
  bytes: {
    client: clientPart.length,
    keys: frames.keyBytes,
    mostRequest: frames.mostRequestBytes,
    mostReply: frames.mostReplyBytes,
  },
})
