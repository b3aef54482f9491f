import { addressTrouble, networkTrouble, RuntimeError } from "../../data/index.ts"
import { type Bullmq, loadBullmq, type RedisClient } from "./load-bullmq.ts"

/** What all connections of one process to a queue share. */
export interface QueueAccess {
  readonly bullmq: Bullmq
  /** For commands that fail at once while Redis is away. */
  readonly impatient: RedisClient
  /** For waiting, which goes on when Redis is back. */
  readonly patient: RedisClient
  disconnect(): void
}

/**
 * Connects to the Redis of `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` with TLS. Throws RuntimeError for
 * another address and when nothing answers there. Later failures are told to `onError`.
 */
export const connectRedis = async (url: string, onError: (error: Error) => void): Promise<QueueAccess> => {
  const trouble = addressTrouble("queue", url)
  if (trouble !== undefined)
    throw new RuntimeError(`the address of the queue ${trouble}`, { code: "wrong-argument" })
  const bullmq = await loadBullmq()
  let isConnected = false
  // What the first connection failed of; its promise only says that it was closed.
  let failure: Error | undefined
  const open = (options: Readonly<Record<string, unknown>>): RedisClient => {
    // BullMQ reads answers as version 2 of the protocol has them.
    const client = new bullmq.Redis(url, { lazyConnect: true, protocol: 2, ...options })
    client.on("error", (error: Error) => {
      if (isConnected) onError(error)
      else failure ??= error
    })
    return client
  }
  const impatient = open({ maxRetriesPerRequest: 1, enableOfflineQueue: false })
  const patient = open({ maxRetriesPerRequest: null })
  const disconnect = (): void => {
    impatient.disconnect()
    patient.disconnect()
  }
  try {
    await Promise.all([impatient.connect(), patient.connect()])
    isConnected = true
  } catch (cause) {
    disconnect()
    // The address may hold a password.
    const { hostname, port } = new URL(url)
    const place = `${hostname}:${port || 6379}`
    throw new RuntimeError(
      `Redis at ${place} cannot be used: ${networkTrouble(failure ?? cause)}\nstart it there, or give another address`,
      { code: "unreachable", cause: failure ?? cause },
    )
  }
  return { bullmq, impatient, patient, disconnect }
}
