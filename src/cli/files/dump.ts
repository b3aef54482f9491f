import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Program, print } from "../../ir.ts"
import { refuseOutput } from "../arguments/check-outputs.ts"

/** Such as `03-fuse-tables.ir`. */
const DUMPED = /^\d{2,}-[a-z-]+\.ir$/

/**
 * Writes programs into a folder as files that are numbered from 00: `00-input.ir`, `01-fold-constants.ir`, …. The folder is
 * made if there is none, and what an earlier dump left in it is removed. Each file is written at once, so that the programs
 * before a refusal are there.
 */
export const dumpInto = (folder: string): ((name: string, program: Program) => void) => {
  const attempt = (run: () => void): void => {
    try {
      run()
    } catch (error) {
      refuseOutput(folder, error)
    }
  }
  attempt(() => {
    mkdirSync(folder, { recursive: true })
    for (const file of readdirSync(folder)) if (DUMPED.test(file)) rmSync(join(folder, file))
  })
  let next = 0
  return (name, program) => {
    const file = join(folder, `${String(next++).padStart(2, "0")}-${name}.ir`)
    attempt(() => writeFileSync(file, print(program)))
  }
}
