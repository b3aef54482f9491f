import { ServiceError } from "../service-error.ts"

/** Uploads of keys at the same time: each holds all of its bytes in memory. */
const MOST = 8
const MOST_PER_CLIENT = 2

/** Bounds how many sets of keys are being received. */
export class Uploads {
  readonly #clients = new Map<string, number>()
  #count = 0

  /** Returns what is to be called, once or more often, when the upload is over. Throws ServiceError "busy". */
  enter(client: string): () => void {
    const own = this.#clients.get(client) ?? 0
    if (this.#count >= MOST || own >= MOST_PER_CLIENT) {
      throw new ServiceError("busy", "too many keys are being sent at the same time; try again later", {
        retryAfter: 2,
      })
    }
    this.#count++
    this.#clients.set(client, own + 1)
    let isUnderWay = true
    return () => {
      if (!isUnderWay) return
      isUnderWay = false
      this.#count--
      const left = this.#clients.get(client)! - 1
      if (left === 0) this.#clients.delete(client)
      else this.#clients.set(client, left)
    }
  }
}
