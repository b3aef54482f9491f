import { forms, type OptionForms, RuntimeError, type Values } from "../../data/index.ts"
import { SESSION_BYTES } from "../messages/round-messages.ts"
import { type Masks, maskBytes } from "./masks.ts"

/** What a server keeps of a run between two rounds. */
export interface Session {
  /** The function that is run, of a module. */
  readonly of?: string
  /** The round that comes next. */
  readonly round: number
  readonly samples: number
  readonly batch: boolean
  /** What the values that the client refreshes are masked by. */
  readonly masks: Masks
  /** The clear inputs of each sample by name. */
  readonly clear: readonly Record<string, Values>[]
}

export interface SessionLimits {
  /** Most runs between two rounds at a time; 1000 unless given. The oldest are forgotten. */
  readonly maxSessions?: number
  /** Seconds after which a run that its client has not gone on with is forgotten; 600 unless given. */
  readonly sessionSeconds?: number
  /** Memory for masks and clear inputs; 256 MB unless given. The oldest are forgotten. */
  readonly sessionBytes?: number
}

export const sessionOptionForms: OptionForms<SessionLimits> = {
  maxSessions: forms.number,
  sessionSeconds: forms.number,
  sessionBytes: forms.number,
}

interface Kept {
  readonly session: Session
  readonly bytes: number
  readonly since: number
}

/** Runs that wait for their clients, by numbers that nobody can guess. */
export class Sessions {
  readonly #most: number
  readonly #milliseconds: number
  readonly #mostBytes: number
  /** The oldest first. */
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  constructor({ maxSessions = 1000, sessionSeconds = 600, sessionBytes = 2 ** 28 }: SessionLimits) {
    this.#most = maxSessions
    this.#milliseconds = 1000 * sessionSeconds
    this.#mostBytes = sessionBytes
  }

  /** Keeps a run; returns the number by which its client can go on with it, once. */
  keep(session: Session): Uint8Array {
    const id = crypto.getRandomValues(new Uint8Array(SESSION_BYTES))
    this.restore(id, session)
    return id
  }

  /** Keeps a run under a number that it had before. */
  restore(id: Uint8Array, session: Session): void {
    const bytes = maskBytes(session.masks) + clearBytes(session)
    this.#kept.set(toKey(id), { session, bytes, since: performance.now() })
    this.#bytes += bytes
    this.#forget()
  }

  /** The run of that number, which is forgotten. Throws RuntimeError when there is none, or another was meant. */
  take(
    id: Uint8Array,
    { of, round, samples, batch }: Pick<Session, "of" | "round" | "samples" | "batch">,
  ): Session {
    this.#forget()
    const session = this.#kept.get(toKey(id))?.session
    if (session === undefined) {
      throw new RuntimeError(
        "this server waits for no such round: it was answered already, came too late, or belongs to another server\n" +
          "start the run again with a new request",
        { code: "wrong-round" },
      )
    }
    if (session.of !== of) {
      throw new RuntimeError(`the request is for function "${of}" where "${session.of}" was begun`, {
        code: "wrong-round",
      })
    }
    if (session.round !== round) {
      throw new RuntimeError(
        `the request is for round ${round + 1} where round ${session.round + 1} comes next`,
        { code: "wrong-round" },
      )
    }
    if (session.samples !== samples || session.batch !== batch) {
      throw new RuntimeError(`the request has ${samples} samples where the run has ${session.samples}`, {
        code: "wrong-round",
      })
    }
    this.#drop(toKey(id))
    return session
  }

  clear(): void {
    this.#kept.clear()
    this.#bytes = 0
  }

  #forget(): void {
    const oldest = performance.now() - this.#milliseconds
    for (const [key, { since }] of this.#kept) {
      const isTooMuch = this.#kept.size > this.#most || this.#bytes > this.#mostBytes
      // The newest is kept however large it is: nobody could go on with it otherwise.
      if (since > oldest && !(isTooMuch && this.#kept.size > 1)) return
      this.#drop(key)
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0
    this.#kept.delete(key)
  }
}

const clearBytes = ({ clear }: Session): number =>
  clear.reduce(
    (sum, sample) => sum + Object.values(sample).reduce((own, values) => own + 8 * values.length, 0),
    0,
  )

const toKey = (id: Uint8Array): string =>
  Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("")
