import { createHash } from "node:crypto"
import type { FastifyInstance, FastifyRequest } from "fastify"
import type { ServedModel } from "../served-model.ts"
import { refusingDamaged, ServiceError } from "../service-error.ts"
import { bodyOf, type Context, checkLength, readKeysId, refuseWhenStopping } from "./context.ts"
import { whenOver } from "./trace.ts"
import { Uploads } from "./uploads.ts"

type KeysRequest = FastifyRequest<{ Params: { sha256: string } }>

/** Evaluation keys of the client that asks; those of others are as unknown as those that nobody has. */
export const keyRoutes = (app: FastifyInstance, context: Context): void => {
  const { keys, models, metrics, queue, traces } = context
  const sizes = [...models.values()].map(({ frames }) => frames.keyBytes)
  const bodyLimit = Math.max(...sizes)
  const uploads = new Uploads()
  /** Ends of uploads whose bytes are still coming in. */
  const coming = new WeakMap<FastifyRequest, () => void>()

  app.put("/v1/keys/:sha256", {
    bodyLimit,
    onRequest: async (request: KeysRequest) => {
      refuseWhenStopping(context)
      readKeysId(request.params.sha256)
      checkLength(request.headers["content-length"], bodyLimit)
      const leave = uploads.enter(clientOf(request))
      coming.set(request, leave)
      whenOver(traces.of(request), () => {
        if (coming.delete(request)) leave()
      })
    },
    handler: async (request: KeysRequest, reply) => {
      // From here on the bytes are in memory until they are stored, also when the client goes.
      const leave = coming.get(request)
      coming.delete(request)
      try {
        const { sha256 } = request.params
        const bytes = bodyOf(request.body)
        traces.of(request).bytesIn = bytes.length
        const model = checkKeys(context, sha256, bytes)
        const client = clientOf(request)
        const outcome = await keys.put(client, sha256, bytes)
        metrics.countKeys(outcome)
        whenOver(traces.of(request), () => void queue.prepare({ model: model.name, client, keys: sha256 }))
        return reply.code(outcome === "stored" ? 201 : 200).send()
      } finally {
        leave?.()
      }
    },
  })

  app.head("/v1/keys/:sha256", async (request: KeysRequest, reply) => {
    const isKnown = await keys.has(clientOf(request), readKeysId(request.params.sha256))
    return reply.code(isKnown ? 200 : 404).send()
  })

  app.delete("/v1/keys/:sha256", async (request: KeysRequest, reply) => {
    await keys.delete(clientOf(request), readKeysId(request.params.sha256))
    metrics.countKeys("deleted")
    return reply.code(204).send()
  })

  const clientOf = (request: FastifyRequest): string => traces.of(request).client!
}

/** The model that keys are for. Throws ServiceError "damaged" unless they are keys for one, as far as can be seen without SEAL. */
const checkKeys = ({ models }: Context, sha256: string, bytes: Uint8Array): ServedModel => {
  const served = [...models.values()]
  const model = served.find(({ frames }) => frames.claims(bytes)) ?? served[0]!
  refusingDamaged(() => model.frames.checkKeys(bytes))
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) {
    throw new ServiceError("damaged", "the SHA-256 of these keys is not that of the path\nsend them again")
  }
  return model
}
