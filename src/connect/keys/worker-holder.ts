import { RuntimeError } from "../../data/errors.ts"
import type { HolderOptions, KeyHolder } from "./key-holder.ts"
import type { CallFailure, HolderMethod, OpenCall, WorkerAnswer, WorkerCall } from "./worker-calls.ts"

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

export interface WorkerOptions extends HolderOptions {
  /** Where the worker's script is, when the bundler does not find it. */
  readonly workerUrl?: string | URL
}

/** A holder of keys in a module worker of its own. The secret key is made there, or read from IndexedDB, and stays there. */
export const openWorkerHolder = async ({
  keys,
  workerUrl,
  ...options
}: WorkerOptions): Promise<KeyHolder> => {
  if (globalThis.Worker === undefined) {
    throw new RuntimeError("there are no Web Workers here\nleave out `worker`; Node does without", {
      code: "platform",
    })
  }
  if (keys !== undefined && keys.indexedDbName === undefined) {
    throw new RuntimeError(
      "a worker cannot use this storage of keys\ngive it indexedDbKeys(), or leave out `worker`",
      { code: "wrong-argument" },
    )
  }
  const worker = startWorker(workerUrl)
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
    const error =
      event.message === undefined
        ? unloaded(workerUrl)
        : new RuntimeError(`the worker that holds the keys failed: ${event.message}`, {
            code: "internal",
            cause: event,
          })
    end(error)
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
    keyState: method("keyState"),
    givenKeys: method("givenKeys"),
    evaluationKeys: method("evaluationKeys"),
    remember: method("remember"),
    encryptBatch: method("encryptBatch"),
    refresh: method("refresh"),
    decryptBatch: method("decryptBatch"),
    dispose: () => end(new RuntimeError("this connection is closed", { code: "disposed" })),
  }
}

const startWorker = (workerUrl: string | URL | undefined): Worker => {
  // Bundlers look for exactly this expression.
  if (workerUrl === undefined)
    return new Worker(new URL("./client-worker.js", import.meta.url), { type: "module", name: "lutra" })
  try {
    return new Worker(workerUrl, { type: "module", name: "lutra" })
  } catch (cause) {
    throw new RuntimeError(
      `no worker can be started from ${workerUrl}: ${(cause as Error).message}\n` +
        "its script must come from the origin of the page",
      { code: "platform", cause },
    )
  }
}

/** Browsers do not tell why a worker's script cannot be loaded. */
const unloaded = (workerUrl: string | URL | undefined): RuntimeError =>
  new RuntimeError(
    `the script of the worker that holds the keys cannot be loaded from ${workerUrl ?? "where the bundler has put it"}: ` +
      "it is not there, or is no JavaScript\n" +
      "copy node_modules/lutra/dist/browser/client-worker.js to where the page's files are and give its address as `workerUrl`",
    { code: "platform" },
  )

const revived = ({ name, message, code }: CallFailure): Error =>
  code === undefined ? Object.assign(new Error(message), { name }) : new RuntimeError(message, { code })
