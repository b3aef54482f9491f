import { createRequire } from "node:module"
import { loadPackages } from "../load-packages.ts"

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
export const loadBullmq = (): Promise<Bullmq> =>
  loadPackages("a queue", ["bullmq", "ioredis"], async () => {
    const { Redis }: { Redis: Redis } = createRequire(import.meta.url)("ioredis")
    return { ...(await import("bullmq")), Redis }
  })
