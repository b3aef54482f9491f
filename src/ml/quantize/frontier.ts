/** An integer model by what it costs and what it loses. */
export interface FrontierPoint {
  readonly label: string
  /** What stands beside it in a picture; the next letter of the alphabet unless given. */
  readonly mark?: string
  /** Estimated milliseconds of one encrypted prediction. */
  readonly time: number
  /** Points lost against the floating point model. */
  readonly loss: number
}

/** The points that no other beats both in time and in loss, from fast to slow. */
export const frontierOf = (points: readonly FrontierPoint[]): FrontierPoint[] => {
  const sorted = points.toSorted((a, b) => a.time - b.time || a.loss - b.loss)
  let least = Infinity
  return sorted.filter(({ loss }) => {
    if (loss >= least) return false
    least = loss
    return true
  })
}
