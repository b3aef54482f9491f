// The worker that holds the secret key of a connection.
import { RuntimeError } from "../../data/errors.ts"
import { clientOf } from "./any-client.ts"
import { indexedDbKeys } from "./indexed-db-keys.ts"
import { type KeyHolder, type NamedKeys, openHolder } from "./key-holder.ts"
import type { OpenCall, WorkerAnswer, WorkerCall } from "./worker-calls.ts"

const serve = (): void => {
  let holder: KeyHolder | undefined

  const run = async ({ method, args }: WorkerCall): Promise<unknown> => {
    if (method === "open") {
      const { indexedDbName, ...options } = args[0] as OpenCall
      const keys = indexedDbName === undefined ? {} : { keys: indexedDbKeys(indexedDbName) }
      holder = await openHolder({ ...options, ...keys }, clientOf(options.spec))
      return undefined
    }
    const step = holder?.[method] as ((...args: readonly unknown[]) => Promise<unknown>) | undefined
    if (step === undefined) throw new Error(`unreachable: ${method} before open`)
    return step(...args)
  }

  const answer = async (call: WorkerCall): Promise<WorkerAnswer> => {
    try {
      return { id: call.id, result: copied(await run(call)) }
    } catch (error) {
      const { name, message } = error as Error
      const code = error instanceof RuntimeError ? error.code : undefined
      return { id: call.id, failure: { name, message, code } }
    }
  }

  globalThis.addEventListener("message", (event: MessageEvent<WorkerCall>) => {
    void answer(event.data).then((message) =>
      globalThis.postMessage(message, { transfer: "result" in message ? buffersOf(message.result) : [] }),
    )
  })
}

/** The same with bytes of its own: what is sent is given away, so that the page need not copy it. */
const copied = (result: unknown): unknown => {
  if (result instanceof Uint8Array) return result.slice()
  return isNamedKeys(result) ? { ...result, bytes: result.bytes.slice() } : result
}

const buffersOf = (result: unknown): Transferable[] => {
  if (result instanceof Uint8Array) return [result.buffer as ArrayBuffer]
  return isNamedKeys(result) ? [result.bytes.buffer as ArrayBuffer] : []
}

const isNamedKeys = (result: unknown): result is NamedKeys =>
  (result as Partial<NamedKeys> | undefined)?.bytes instanceof Uint8Array

serve()
