import { ProgramError, RuntimeError } from "../../../src/data/index.ts"
import { complaintsOf } from "./complaints.ts"

/** Something that is wrong, or may be. */
export interface Attempt {
  readonly label: string
  readonly run: () => unknown
  /** Whether Infinity is given, so that the message may show it. */
  readonly givesInfinity?: boolean
  /** Text of the user, which the message may quote. */
  readonly text?: string
}

/** What came of attempts: how many were refused, and what was wrong with how. */
export interface Outcome {
  readonly tried: number
  readonly refused: number
  readonly wrong: readonly string[]
}

/** What is wrong with how an attempt was refused; nothing where a user can read it. */
export const judge = (attempt: Attempt, error: unknown): string[] => {
  const { label, givesInfinity = false, text = "" } = attempt
  if (!(error instanceof ProgramError || error instanceof RuntimeError)) {
    const { stack = String(error) } = error as Error
    return [`${label}: ${stack.split("\n").slice(0, 4).join(" ")}`]
  }
  const message = text === "" ? error.message : error.message.replaceAll(text, "TEXT")
  const found = complaintsOf(message).filter((what) => what !== "Infinity" || !givesInfinity)
  return found.map((what) => `${label}: ${what} in ${JSON.stringify(error.message.slice(0, 500))}`)
}

/** Makes all attempts, one after the other. */
export const tryAll = async (attempts: Iterable<Attempt>): Promise<Outcome> => {
  const wrong: string[] = []
  let tried = 0
  let refused = 0
  for (const attempt of attempts) {
    tried++
    try {
      await attempt.run()
    } catch (error) {
      refused++
      wrong.push(...judge(attempt, error))
    }
  }
  return { tried, refused, wrong }
}
