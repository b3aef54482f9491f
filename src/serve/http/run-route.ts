import type { FastifyInstance, FastifyRequest } from "fastify"
import type { Place } from "../job-queue.ts"
import type { ServedModel } from "../served-model.ts"
import { refusingDamaged, ServiceError } from "../service-error.ts"
import { bodyOf, type Context, checkLength, findModel, readKeysId, refuseWhenStopping } from "./context.ts"
import { whenOver } from "./trace.ts"

type RunRequest = FastifyRequest<{ Params: { name: string } }>

/** What a request has found before its body is read. */
interface Admission {
  readonly model: ServedModel
  readonly keys: string
  readonly place: Place
}

/** Runs a model on a request. All that can be refused without the body is refused before it is read. */
export const runRoute = (app: FastifyInstance, context: Context, answerSeconds: number): void => {
  const { keys: store, queue, models, metrics, traces } = context
  const admissions = new WeakMap<FastifyRequest, Admission>()

  app.post("/v1/models/:name/run", {
    bodyLimit: Math.max(...[...models.values()].map(({ frames }) => frames.mostRequestBytes)),
    onRequest: async (request: RunRequest) => {
      refuseWhenStopping(context)
      const model = findModel(context, request.params.name)
      const trace = traces.of(request)
      trace.model = model.name
      const keys = readKeysId(request.headers["lutra-keys"])
      checkLength(request.headers["content-length"], model.frames.mostRequestBytes)
      if (!(await store.has(trace.client!, keys))) throw unknownKeys()
      const place = queue.enter(trace.client!)
      // Whatever happens to the request, its place is free again.
      whenOver(trace, place.leave)
      admissions.set(request, { model, keys, place })
    },
    handler: async (request: RunRequest, reply) => {
      const { model, keys, place } = admissions.get(request)!
      const trace = traces.of(request)
      const body = bodyOf(request.body)
      trace.bytesIn = body.length
      checkLength(String(body.length), model.frames.mostRequestBytes)
      refusingDamaged(() => model.frames.checkRequest(body))
      const job = { model: model.name, client: place.client, keys, request: body }
      const { reply: result, waited, ran } = await queue.run(place, job, trace.over)
      trace.waited = waited
      trace.ran = ran
      trace.bytesOut = result.length
      metrics.countRun(model.name, waited, ran)
      // Who takes nothing of the answer does not keep it in memory for ever.
      reply.raw.setTimeout(1000 * answerSeconds)
      reply.header("Server-Timing", `wait;dur=${waited.toFixed(1)}, run;dur=${ran.toFixed(1)}`)
      return reply
        .type("application/octet-stream")
        .send(Buffer.from(result.buffer, result.byteOffset, result.length))
    },
  })
}

const unknownKeys = (): ServiceError =>
  new ServiceError("unknown-keys", "there are no such keys; send them with PUT /v1/keys/SHA256 first")
