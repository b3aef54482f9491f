/** A program that cannot be traced, typed, parsed or compiled. The message says what is, what was needed, and what to do. */
export class ProgramError extends Error {
  override readonly name = "ProgramError"
}

/** A compiled program that cannot be run as asked: a wrong input, foreign or damaged bytes, a failure inside SEAL (`cause`). */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError"
}
