import { createHash } from "node:crypto"

/** One request as it arrived at the server, and how it was answered. All of it is in plain sight of whoever runs the server. */
export interface Seen {
  readonly id: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly method: string
  readonly path: string
  readonly status: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** SHA-256 of the body. */
  readonly hash: string
  readonly milliseconds: number
  /** Some bytes out of the middle of the body, in base64; empty when there is no body. */
  readonly glimpse: string
}

/** Bytes of a glimpse: a square of 64 x 64. */
export const GLIMPSE = 64 * 64

/** The last requests, the newest first. */
export class SeenRequests {
  readonly #most: number
  #seen: Seen[] = []
  #count = 0

  constructor(most = 40) {
    this.#most = most
  }

  add(request: Omit<Seen, "id" | "bytesIn" | "hash" | "glimpse">, body: Uint8Array): void {
    // Far from the header, whose bytes are the same in every request.
    const from = Math.max(0, Math.floor(body.length / 2) - GLIMPSE / 2)
    const seen: Seen = {
      ...request,
      id: this.#count++,
      bytesIn: body.length,
      hash: createHash("sha256").update(body).digest("hex"),
      glimpse: Buffer.from(body.subarray(from, from + GLIMPSE)).toString("base64"),
    }
    this.#seen = [seen, ...this.#seen].slice(0, this.#most)
  }

  list(): readonly Seen[] {
    return this.#seen
  }
}
