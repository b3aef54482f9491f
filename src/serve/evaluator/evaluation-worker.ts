// The program of a service's worker threads; worker-thread.ts starts it. Untrusted bytes meet SEAL here and nowhere else.
import { parentPort, workerData } from "node:worker_threads"
import { loadAnyBytes } from "../../compiler/index.ts"
import { RuntimeError, type RuntimeErrorCode } from "../../data/index.ts"
import { unpackCall } from "../../runtime/index.ts"
import { ServiceError } from "../service-error.ts"
import { type Answerer, ServerCache } from "./server-cache.ts"
import type { Answer, Order, WorkerSetUp } from "./worker-orders.ts"

type WorkOrder = Order & { readonly kind: "run" | "prepare" }

const port = parentPort!
const tell = (answer: Answer, transfer: ArrayBuffer[] = []): void => port.postMessage(answer, transfer)

const start = ({ programs, maxGroups, cacheBytes }: WorkerSetUp): void => {
  const memory = (): number => process.memoryUsage().external
  const cache = new ServerCache(cacheBytes, memory)
  const loaded = new Map<string, ReturnType<typeof loadAnyBytes>>()
  const cancelled = new Set<number>()
  let giveKeys: ((bytes: Uint8Array | undefined) => void) | undefined

  const createServer = async ({ id, model }: WorkOrder): Promise<Answerer> => {
    const program = loaded.get(model) ?? loadAnyBytes(programs.get(model)!.slice())
    loaded.set(model, program)
    const keys = await new Promise<Uint8Array | undefined>((resolve) => {
      giveKeys = resolve
      tell({ kind: "keys", id })
    })
    if (keys === undefined) throw new ServiceError("unknown-keys", "there are no such keys; send them first")
    const options = { maxGroups, cacheBytes: cacheBytes / 4 }
    if (!("programs" in program)) return program.server(keys, options)
    const server = await program.server(keys, options)
    return {
      run: (bytes, options) => {
        const { name, request } = unpackCall(bytes)
        return server.run(name, request, options)
      },
      dispose: () => server.dispose(),
    }
  }

  const work = async (order: WorkOrder): Promise<void> => {
    const { id, holder } = order
    const onProgress = (): void => {
      if (cancelled.has(id)) throw new ServiceError("gone", "the client has gone")
    }
    const state = () => ({ holders: cache.holders, memoryBytes: memory() })
    try {
      const reply = await cache.use(
        holder,
        () => createServer(order),
        async (server) =>
          order.kind === "run" ? server.run(order.request, { onProgress }) : new Uint8Array(),
        (error) => toServiceError(error).code === "internal",
      )
      tell({ kind: "done", id, reply, state: state() }, [reply.buffer as ArrayBuffer])
    } catch (error) {
      const { code, message, cause } = toServiceError(error)
      tell({
        kind: "failed",
        id,
        code,
        message,
        detail: cause === undefined ? undefined : String(cause),
        state: state(),
      })
    } finally {
      cancelled.delete(id)
    }
  }

  port.on("message", (order: Order) => {
    if (order.kind === "keys") giveKeys?.(order.bytes)
    else if (order.kind === "cancel") cancelled.add(order.id)
    else void work(order)
  })
  tell({ kind: "ready" })
}

/** Bytes that are refused are the client's fault; what SEAL or this process fails at is not. */
const toServiceError = (error: unknown): ServiceError => {
  if (error instanceof ServiceError) return error
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return error instanceof RuntimeError && !OWN_FAULTS.includes(error.code)
    ? new ServiceError("damaged", message)
    : new ServiceError("internal", "the program could not be run", { cause: stack ?? message })
}

const OWN_FAULTS: readonly RuntimeErrorCode[] = ["internal", "disposed", "platform", "refused-parameters"]

start(workerData as WorkerSetUp)
