import type { RunOptions } from "../../runtime/index.ts"

/** A server of a program, or one of a module that takes calls as bytes. */
export interface Answerer {
  run(request: Uint8Array, options: RunOptions): Promise<Uint8Array>
  dispose(): void
}

interface Entry {
  readonly server: Answerer
  /** What making and using it has added to the memory of this thread. */
  bytes: number
}

/** Servers, each with the keys of one client for one model, of which the least recently used are disposed of. */
export class ServerCache {
  readonly #mostBytes: number
  readonly #memory: () => number
  /** The least recently used first. */
  readonly #entries = new Map<string, Entry>()

  /** `memory` tells the bytes that this thread takes outside of JavaScript's heap. */
  constructor(mostBytes: number, memory: () => number) {
    this.#mostBytes = mostBytes
    this.#memory = memory
  }

  get holders(): string[] {
    return [...this.#entries.keys()]
  }

  /** Does work with the server of a holder, which is made if need be; one that `isBroken` by an error is not kept. */
  async use<T>(
    holder: string,
    make: () => Promise<Answerer>,
    work: (server: Answerer) => Promise<T>,
    isBroken: (error: Error) => boolean,
  ): Promise<T> {
    const before = this.#memory()
    const known = this.#entries.get(holder)
    const entry = known ?? { server: await make(), bytes: 0 }
    this.#entries.delete(holder)
    this.#entries.set(holder, entry)
    try {
      return await work(entry.server)
    } catch (error) {
      if (isBroken(error as Error)) this.#drop(holder)
      throw error
    } finally {
      entry.bytes += Math.max(0, this.#memory() - before)
      this.#shrink()
    }
  }

  /** Keeps the one in use last, however large it is. */
  #shrink(): void {
    let bytes = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)
    for (const [holder, entry] of this.#entries) {
      if (bytes <= this.#mostBytes || this.#entries.size === 1) return
      bytes -= entry.bytes
      this.#drop(holder)
    }
  }

  #drop(holder: string): void {
    this.#entries.get(holder)?.server.dispose()
    this.#entries.delete(holder)
  }
}
