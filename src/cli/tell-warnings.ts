import type { Compiled } from "../compiler/index.ts"
import { warningLines } from "../data/index.ts"

/** Says on stderr what is likely a mistake in a program, where no report does: the output itself stays as it is. */
export const tellWarnings = ({ warnings }: Partial<Pick<Compiled, "warnings">>): void => {
  // A module may have been compiled by another version of Lutra, which has none.
  for (const line of warningLines(warnings ?? [])) process.stderr.write(`${line}\n`)
}
