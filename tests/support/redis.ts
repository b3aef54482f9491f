import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { findProgram } from "./left-out.ts"

const program = findProgram("redis-server")

/** Whether tests with Redis can run here. */
export const hasRedis = program !== undefined

export interface LocalRedis {
  readonly url: string
  /** Ends it; `restart` makes it go on. */
  kill(): Promise<void>
  /** Starts it again at the same address, with nothing in it. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A Redis of its own on a free port, which writes nothing to the disk. */
export const startRedis = async (): Promise<LocalRedis> => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-redis-"))
  const port = await freePort()
  let server = await launch(port, folder)
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => end(server),
    restart: async () => {
      await end(server)
      server = await launch(port, folder)
    },
    stop: async () => {
      await end(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What Redis answers to a command. */
export const askRedis = async ({ url }: LocalRedis, ...words: readonly string[]): Promise<unknown> => {
  const client = open(url)
  try {
    return await client.call(...words)
  } finally {
    client.disconnect()
  }
}

/** All names and values that Redis holds, one after the other. */
export const dumpRedis = async ({ url }: LocalRedis): Promise<Buffer> => {
  const client = open(url)
  try {
    const parts: Buffer[] = []
    for (const key of (await client.call("KEYS", "*")) as string[]) {
      const type = String(await client.call("TYPE", key))
      if (type === "none") continue // a lock that has expired since
      const read = READS[type]!
      parts.push(Buffer.from(key), ...flatten(await client.callBuffer(...read(key))))
    }
    return Buffer.concat(parts)
  } finally {
    client.disconnect()
  }
}

const READS: Readonly<Record<string, (key: string) => readonly string[]>> = {
  string: (key) => ["GET", key],
  hash: (key) => ["HGETALL", key],
  list: (key) => ["LRANGE", key, "0", "-1"],
  set: (key) => ["SMEMBERS", key],
  zset: (key) => ["ZRANGE", key, "0", "-1"],
  stream: (key) => ["XRANGE", key, "-", "+"],
}

const flatten = (value: unknown): Buffer[] =>
  Array.isArray(value)
    ? value.flatMap(flatten)
    : [Buffer.isBuffer(value) ? value : Buffer.from(String(value))]

interface Client {
  call(...words: readonly string[]): Promise<unknown>
  callBuffer(...words: readonly string[]): Promise<unknown>
  disconnect(): void
}

const open = (url: string): Client => {
  const { Redis } = createRequire(import.meta.url)("ioredis")
  return new Redis(url, { protocol: 2 })
}

const launch = async (port: number, folder: string): Promise<ChildProcess> => {
  const options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
  const server = spawn(program!, options.map(String), { stdio: ["ignore", "pipe", "inherit"] })
  const lines = createInterface({ input: server.stdout! })
  for await (const line of lines) if (line.includes("Ready to accept connections")) break
  server.stdout!.resume()
  return server
}

const end = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill("SIGKILL")
  await once(server, "exit")
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}
