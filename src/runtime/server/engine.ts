import type { Circuit } from "../../backend/index.ts"
import type { LevelIds } from "../messages/message-rules.ts"
import type { ClearResults } from "./run-clear-part.ts"

/** What one group of samples brings to a circuit. */
export interface GroupJob {
  /** What is run, the same object each time; the first that the engine was made for unless told. */
  readonly circuit?: Circuit
  /** Its saved ciphertexts: the pieces of all encrypted inputs in order. */
  readonly ciphertexts: readonly Uint8Array[]
  /** Primes that each of them has more than the circuit is made for; none unless told. */
  readonly surplus?: readonly number[]
  /** Values of the circuit's plain operands that are only known at run time. */
  readonly given: ClearResults
}

export interface GroupHooks {
  /** Told of `count` more instructions, the last of which was `doing`. What it throws ends the group. */
  readonly onSteps?: (count: number, doing: string) => void
  /** Ends the group, at the latest after the instruction that is under way and some 100 ms. */
  readonly signal: AbortSignal
}

/** Runs the encrypted parts of the circuits of a program or a module on groups of samples. */
export interface Engine extends Disposable {
  /** For each plaintext modulus. */
  readonly levelIds: readonly LevelIds[]
  /** Groups that run at the same time. */
  readonly width: number
  /**
   * Encodes the constants of a circuit ahead of its first run, as far as they fit in the cache; workers do without. `primesOf`
   * tells the data primes that an input will have, all of them unless given.
   */
  prepare?(circuit: Circuit, primesOf?: (input: string) => number): Promise<void>
  /** The saved ciphertexts of all outputs, the pieces in order. */
  runGroup(job: GroupJob, hooks: GroupHooks): Promise<Uint8Array[]>
}

/**
 * Does `work` for the numbers below `count`, at most `width` of them at a time, and gives the results in order. When one
 * fails no more are begun, the signal tells the others to end, and the failure is thrown when they have.
 */
export const inTurns = async <T>(
  count: number,
  width: number,
  work: (index: number, signal: AbortSignal) => Promise<T>,
): Promise<T[]> => {
  const results: T[] = []
  const failure = new AbortController()
  let next = 0
  const walk = async (): Promise<void> => {
    while (next < count && !failure.signal.aborted) {
      const index = next++
      try {
        results[index] = await work(index, failure.signal)
      } catch (error) {
        failure.abort(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, walk))
  failure.signal.throwIfAborted()
  return results
}
