import { type Layout, lanesOf } from "../../backend/circuit/layout.ts"
import { RuntimeError } from "../../data/index.ts"

/** Samples that share ciphertexts, one in each lane: those from index `from` up to `to`, which is not among them. */
export interface Group {
  readonly from: number
  readonly to: number
}

/** Most groups in any message. Servers accept far fewer; this bounds what a reply may claim. */
export const MAX_GROUPS = 2 ** 12

/** Groups in one request that servers accept unless told otherwise, and that `predict` sends. */
export const DEFAULT_MAX_GROUPS = 64

export const groupCount = (layout: Layout, samples: number): number => Math.ceil(samples / lanesOf(layout))

/** The groups of so many samples in order: all full but the last. */
export const groupsOf = (layout: Layout, samples: number): Group[] => {
  const lanes = lanesOf(layout)
  return Array.from({ length: groupCount(layout, samples) }, (_, i) => ({
    from: i * lanes,
    to: Math.min((i + 1) * lanes, samples),
  }))
}

/** How a message calls a group. */
export const nameOf = ({ from, to }: Group): string =>
  to - from === 1 ? `sample ${from}` : `samples ${from} to ${to - 1}`

/** A RuntimeError with `who` before its message, so that it says which samples are meant; other errors as they are. */
export const named = (who: string | undefined, error: unknown): unknown =>
  who !== undefined && error instanceof RuntimeError
    ? new RuntimeError(`${who}: ${error.message}`, { code: error.code, cause: error.cause ?? error })
    : error

/** Runs `step`; a RuntimeError that it throws is `named`. */
export const naming = <T>(who: string | undefined, step: () => T): T => {
  try {
    return step()
  } catch (error) {
    throw named(who, error)
  }
}
