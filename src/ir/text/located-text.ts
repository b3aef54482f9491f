import { ProgramError } from "../../data/index.ts"

/** A line of the text; `start` is the number of its first line in the file. */
export interface Line {
  readonly text: string
  readonly start: number
}

/** Runs what may throw, and reports it at a place of a line. */
export const attempt = <T>(line: Line, at: number, run: () => T): T => {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ProgramError || error instanceof SyntaxError)) throw error
    // What V8 says of broken JSON differs between versions.
    return fail(
      line,
      error instanceof SyntaxError ? "the string is not as JSON writes it" : error.message,
      at,
    )
  }
}

const SHOWN = 100

/** Throws ProgramError: `line 3: message`, the line, a caret below column `at`, and the rest of the message. */
export const fail = (line: Line, message: string, at = line.text.length): never => {
  const before = line.text.slice(0, at).split("\n")
  const number = line.start + before.length - 1
  const text = line.text.split("\n")[before.length - 1]!
  const column = before.at(-1)!.length
  const from = column <= SHOWN - 20 ? 0 : column - SHOWN / 2
  const shown = `${from > 0 ? "…" : ""}${text.slice(from, from + SHOWN)}${text.length > from + SHOWN ? "…" : ""}`
  const [first, ...rest] = message.split("\n")
  const pointer = `${" ".repeat(column - from + (from > 0 ? 1 : 0))}^`
  throw new ProgramError([`line ${number}: ${first}`, shown.trimEnd(), pointer, ...rest].join("\n"), {
    code: "syntax",
  })
}

/** The column where a line begins. */
export const indent = ({ text }: Line): number => text.length - text.trimStart().length
