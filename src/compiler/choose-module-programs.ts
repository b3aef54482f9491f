import { type ModuleChoice, moduleTime, type NoModuleChoice, type WiredNames } from "../backend/index.ts"
import { encodings } from "./choose-program.ts"
import type { Programs } from "./module-wires.ts"

/** The functions of a module after all passes, and what was chosen for them. */
export interface ChosenModule {
  readonly programs: Programs
  readonly choice: ModuleChoice | NoModuleChoice
}

/**
 * The functions as they are, or with the inputs that no wire leads to sent one-hot, in one digit or two, in all functions where
 * that helps: what takes the least time for the batch, runs and messages together.
 */
export const chooseModuleEncoding = (
  programs: Programs,
  wired: (name: string) => WiredNames,
  choose: (programs: Programs) => ModuleChoice | NoModuleChoice,
  batch: number,
): ChosenModule => {
  const encoded = new Map(
    Array.from(programs, ([name, program]) => [name, encodings(program, wired(name).inputs)]),
  )
  const most = Math.max(...Array.from(encoded.values(), ({ length }) => length))
  let best: ChosenModule = { programs, choice: choose(programs) }
  for (let digits = 1; digits <= most; digits++) {
    const changed: Programs = new Map(
      Array.from(programs, ([name, program]) => {
        const own = encoded.get(name)!
        return [name, own[digits - 1] ?? own.at(-1) ?? program]
      }),
    )
    const choice = choose(changed)
    if ("steps" in choice) continue
    const isBetter = "steps" in best.choice || moduleTime(choice, batch) < moduleTime(best.choice, batch)
    if (isBetter) best = { programs: changed, choice }
  }
  return best
}
