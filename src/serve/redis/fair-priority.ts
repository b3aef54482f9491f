/** A run that waits: lower priorities go first, equal ones in the order of their coming. */
export interface WaitingRun {
  readonly client: string
  readonly priority: number
}

/** Above BullMQ's there is none; clients that keep a queue from ever being empty for a million runs wait in order of coming. */
const MOST = 2_097_152

/**
 * The priority of one more run of a client such that clients take turns: one behind its last run, and not before what
 * is next in the queue (start-time fair queuing with equal shares: Goyal, Vin and Cheng, 1996).
 */
export const fairPriority = (waiting: readonly WaitingRun[], client: string): number => {
  let next = Number.POSITIVE_INFINITY
  let ownLast = 0
  for (const run of waiting) {
    next = Math.min(next, run.priority)
    if (run.client === client) ownLast = Math.max(ownLast, run.priority)
  }
  return Math.min(MOST, Math.max(Number.isFinite(next) ? next : 1, ownLast + 1))
}
