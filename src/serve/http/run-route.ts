import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { RuntimeError } from "../../data/index.ts"
import type { Place } from "../job-queue.ts"
import type { ServedModel } from "../served-model.ts"
import { ServiceError } from "../service-error.ts"
import { bodyOf, type Context, checkLength, findModel, readKeysId, refuseWhenStopping } from "./context.ts"

type RunRequest = FastifyRequest<{ Params: { name: string } }>

/** What a request has found before its body is read. */
interface Admission {
  readonly model: ServedModel
  readonly keys: string
  readonly place: Place
}

/** Runs a model on a request. All that can be refused without the body is refused before it is read. */
export const runRoute = (app: FastifyInstance, context: Context): void => {
  const { keys: store, queue, models, metrics, traces } = context
  const admissions = new WeakMap<FastifyRequest, Admission>()

  app.post("/v1/models/:name/run", {
    bodyLimit: Math.max(...[...models.values()].map(({ frames }) => frames.mostRequestBytes)),
    onRequest: async (request: RunRequest, reply) => {
      refuseWhenStopping(context)
      const model = findModel(context, request.params.name)
      const trace = traces.of(request)
      trace.model = model.name
      const keys = readKeysId(request.headers["lutra-keys"])
      checkLength(request.headers["content-length"], model.frames.mostRequestBytes)
      if (!(await store.has(trace.client!, keys))) throw unknownKeys()
      const place = queue.enter(trace.client!)
      // Whatever happens to the request, its place is free again.
      reply.raw.once("close", place.leave)
      if (reply.raw.destroyed) place.leave()
      admissions.set(request, { model, keys, place })
    },
    handler: async (request: RunRequest, reply) => {
      const { model, keys, place } = admissions.get(request)!
      const trace = traces.of(request)
      const body = bodyOf(request.body)
      trace.bytesIn = body.length
      checkRequest(model, body)
      const job = { model: model.name, client: place.client, keys, request: body }
      const { reply: result, waited, ran } = await queue.run(place, job, whenGone(reply))
      trace.waited = waited
      trace.ran = ran
      trace.bytesOut = result.length
      metrics.countRun(model.name, waited, ran)
      reply.header("Server-Timing", `wait;dur=${waited.toFixed(1)}, run;dur=${ran.toFixed(1)}`)
      return reply
        .type("application/octet-stream")
        .send(Buffer.from(result.buffer, result.byteOffset, result.length))
    },
  })
}

const unknownKeys = (): ServiceError =>
  new ServiceError("unknown-keys", "there are no such keys; send them with PUT /v1/keys/SHA256 first")

/** Aborted when the connection ends before the answer was sent. */
const whenGone = ({ raw }: FastifyReply): AbortSignal => {
  const control = new AbortController()
  if (raw.destroyed) control.abort()
  raw.once("close", () => {
    if (!raw.writableFinished) control.abort()
  })
  return control.signal
}

const checkRequest = ({ frames }: ServedModel, bytes: Uint8Array): void => {
  checkLength(String(bytes.length), frames.mostRequestBytes)
  try {
    frames.checkRequest(bytes)
  } catch (error) {
    if (error instanceof RuntimeError) throw new ServiceError("damaged", error.message)
    throw error
  }
}
