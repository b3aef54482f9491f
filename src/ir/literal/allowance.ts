/**
 * How many bytes may still be taken for what a text describes: a run of a literal, a shape or a list of operators can stand for
 * far more than its letters.
 */
export interface Allowance {
  bytes: number
  readonly most: number
}

/** What a text of any length may take. */
const LEAST_BYTES = 2 ** 27
/** What a letter of a longer text may take: a digit and a comma are a number. */
const BYTES_PER_LETTER = 32

/** The allowance of a text of so many letters. */
export const allowance = (letters: number): Allowance => {
  const most = Math.max(LEAST_BYTES, BYTES_PER_LETTER * letters)
  return { bytes: most, most }
}

/** Takes so many bytes for `what`, or says why it does not. */
export const take = (left: Allowance, bytes: number, what: string): string | undefined => {
  left.bytes -= bytes
  if (left.bytes >= 0) return undefined
  return (
    `${what} would take more than the ${Math.floor(left.most / 2 ** 20)} MB that a text of this length may\n` +
    "a program so large is made with compile or a Builder, not read from a text"
  )
}

/** Most letters of a line but for those of literals, which have no limit of their own: a grammar remembers hundreds of bytes for each. */
const LONGEST_LINE = 2 ** 17

/** Why a line of so many letters is not read; undefined when it is. */
export const tooLong = (letters: number): string | undefined =>
  letters <= LONGEST_LINE
    ? undefined
    : `a line of ${letters} letters; at most ${LONGEST_LINE} are read\nbreak what it computes into several statements`
