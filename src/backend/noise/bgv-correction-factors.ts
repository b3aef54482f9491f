/**
 * What SEAL multiplies two BGV ciphertexts by before it adds them, when `ratio` is the correction factor of the second by
 * that of the first: residues [x, y] with y * ratio = x mod t, the smallest in absolute value that the Euclidean
 * algorithm meets (`balance_correction_factors` of SEAL's evaluator.cpp). It takes a negative one as the residue mod t.
 */
export const balance = (ratio: bigint, t: bigint): readonly [bigint, bigint] => {
  const residue = (value: bigint): bigint => ((value % t) + t) % t
  const size = (value: bigint): bigint => (value > t / 2n ? t - value : value)
  let best: readonly [bigint, bigint] = [ratio, 1n]
  let [previous, a] = [t, ratio]
  let [before, b] = [0n, 1n]
  while (a !== 0n) {
    const quotient = previous / a
    ;[previous, a] = [a, previous % a]
    ;[before, b] = [b, before - b * quotient]
    if (a === 0n) break
    const found = [residue(a), residue(b)] as const
    if (size(found[0]) + size(found[1]) < size(best[0]) + size(best[1])) best = found
  }
  return best
}
