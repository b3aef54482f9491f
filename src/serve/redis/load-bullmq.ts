import { createRequire } from "node:module"
import { RuntimeError } from "../../data/index.ts"

/** A connection as ioredis has it, as far as it is used here; BullMQ uses more. */
export interface RedisClient {
  connect(): Promise<void>
  disconnect(): void
  on(event: "error", listener: (error: Error) => void): unknown
  duplicate(...options: unknown[]): RedisClient
}

type Redis = new (url: string, options: Readonly<Record<string, unknown>>) => RedisClient

export type Bullmq = typeof import("bullmq") & { readonly Redis: Redis }

/** BullMQ and its driver for Redis, which only queues need. Throws RuntimeError when they are not installed. */
export const loadBullmq = async (): Promise<Bullmq> => {
  try {
    const { Redis }: { Redis: Redis } = createRequire(import.meta.url)("ioredis")
    return { ...(await import("bullmq")), Redis }
  } catch (cause) {
    if (!["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"].includes(String((cause as { code?: unknown }).code))) {
      throw cause
    }
    const message =
      "a queue needs the packages bullmq and ioredis, which are not installed\nnpm install bullmq ioredis"
    throw new RuntimeError(message, { code: "platform", cause })
  }
}
