/** What a program may cost at most. What is not named is not judged. */
export interface Bar {
  /** Milliseconds of a unit (a lookup, an image) on the reference machine, where its prototype ran at ring degree `n`. */
  readonly time?: { readonly ms: number; readonly n: number }
  readonly products?: number
  readonly relinearizations?: number
  readonly rotationKeys?: number
  /** Bytes of all evaluation keys as the server holds them. */
  readonly rawKeyBytes?: number
}

/** Applies to every workload. */
export const MOST_COMPILE_SECONDS = 2
export const LEAST_SEAL_SHARE = 0.9
export const MOST_HAND_WRITTEN_RATIO = 1.05
/** The time of what the compiler chose by that of the best it might have chosen. */
export const MOST_CHOICE_RATIO = 1.15

/**
 * Milliseconds of a relinearization on the machine of design.md, section 5: the lower ends of its ranges, whose upper
 * ends are rotations.
 */
const REFERENCE_RELINEARIZATION: Readonly<Record<number, number>> = { 8192: 10, 16384: 60 }

/** How much slower a machine is than the reference machine, by the time of a relinearization at ring degree `n`. */
export const slowness = (n: number, relinearization: number): number => {
  const reference = REFERENCE_RELINEARIZATION[n]
  if (reference === undefined) throw new Error(`unreachable: no reference at n = ${n}`)
  return relinearization / reference
}

/** The most milliseconds of a unit where a relinearization takes so long; undefined without a bar. */
export const scaledTarget = ({ time }: Bar, relinearization: number): number | undefined =>
  time && time.ms * slowness(time.n, relinearization)
