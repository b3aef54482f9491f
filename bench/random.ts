/** Integers from a fixed seed, so that two runs of the benchmark measure the same programs. */
export interface Random {
  /** A whole number in `lo..hi`, both included. */
  integer(lo: number, hi: number): number
  integers(length: number, lo: number, hi: number): number[]
  /** Row by row. */
  matrix(rows: number, columns: number, lo: number, hi: number): number[][]
}

/** Mulberry32: small, and random enough for test data. */
export const seeded = (seed: number): Random => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (lo: number, hi: number): number => lo + Math.floor(next() * (hi - lo + 1))
  const integers = (length: number, lo: number, hi: number): number[] =>
    Array.from({ length }, () => integer(lo, hi))
  return {
    integer,
    integers,
    matrix: (rows, columns, lo, hi) => Array.from({ length: rows }, () => integers(columns, lo, hi)),
  }
}
