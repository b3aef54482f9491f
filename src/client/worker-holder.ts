import { RuntimeError } from "../data/errors.ts"
import type { HolderOptions, KeyHolder } from "./key-holder.ts"
import type { HolderMethod, OpenCall, WorkerAnswer, WorkerCall } from "./worker-calls.ts"

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** A holder of keys in a module worker of its own. The secret key is made there, or read from IndexedDB, and stays there. */
export const openWorkerHolder = async ({ keys, ...options }: HolderOptions): Promise<KeyHolder> => {
  if (globalThis.Worker === undefined) {
    throw new RuntimeError("there are no Web Workers here\nleave out `worker`; Node does without")
  }
  if (keys !== undefined && keys.indexedDbName === undefined) {
    throw new RuntimeError(
      "a worker cannot use this storage of keys\ngive it indexedDbKeys(), or leave out `worker`",
    )
  }
  // Bundlers look for exactly this expression.
  const worker = new Worker(new URL("./client-worker.js", import.meta.url), { type: "module", name: "lutra" })
  const waiting = new Map<number, Waiting>()
  let calls = 0
  let ended: RuntimeError | undefined

  const end = (reason: RuntimeError): void => {
    ended ??= reason
    worker.terminate()
    for (const { reject } of waiting.values()) reject(reason)
    waiting.clear()
  }
  worker.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => {
    const call = waiting.get(data.id)
    waiting.delete(data.id)
    if ("failure" in data) call?.reject(revived(data.failure))
    else call?.resolve(data.result)
  })
  worker.addEventListener("error", (event) => {
    const why = event.message === undefined ? "its script cannot be loaded" : event.message
    end(new RuntimeError(`the worker that holds the keys failed: ${why}`, { cause: event }))
  })

  const call = (method: HolderMethod | "open", ...args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended)
      const id = calls++
      waiting.set(id, { resolve, reject })
      worker.postMessage({ id, method, args } satisfies WorkerCall)
    })
  const method =
    <M extends HolderMethod>(name: M) =>
    (...args: Parameters<KeyHolder[M]>): ReturnType<KeyHolder[M]> =>
      call(name, ...args) as ReturnType<KeyHolder[M]>

  const { wasmUrl, ...rest } = options
  const first: OpenCall = {
    ...rest,
    ...(keys?.indexedDbName !== undefined && { indexedDbName: keys.indexedDbName }),
    // The worker's own address is another.
    ...(wasmUrl !== undefined && { wasmUrl: new URL(wasmUrl, globalThis.location?.href).href }),
  }
  try {
    await call("open", first)
  } catch (error) {
    worker.terminate()
    throw error
  }
  return {
    givenKeys: method("givenKeys"),
    evaluationKeys: method("evaluationKeys"),
    remember: method("remember"),
    encryptBatch: method("encryptBatch"),
    refresh: method("refresh"),
    decryptBatch: method("decryptBatch"),
    dispose: () => end(new RuntimeError("this connection is closed")),
  }
}

const revived = ({ name, message }: { readonly name: string; readonly message: string }): Error =>
  name === "RuntimeError" ? new RuntimeError(message) : Object.assign(new Error(message), { name })
