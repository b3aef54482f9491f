import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

/** Programs of the system that some tests need. */
const PROGRAMS = {
  "redis-server": { tests: "Redis tests", names: ["redis-server"] },
  chromium: { tests: "browser tests", names: ["chromium", "chromium-browser", "google-chrome"] },
} as const

export type SystemProgram = keyof typeof PROGRAMS

/** Where a program of the system is; undefined when it is not installed, and the tests that need it are left out. */
export const findProgram = (program: SystemProgram): string | undefined => {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "")
  return PROGRAMS[program].names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(isExecutable)
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** One line that says which tests are left out and why; undefined when none is. */
export const leftOut = (): string | undefined => {
  const missing = (Object.keys(PROGRAMS) as SystemProgram[]).filter(
    (program) => findProgram(program) === undefined,
  )
  const reasons = missing.map((program) => `${PROGRAMS[program].tests} (${program} is not installed)`)
  return reasons.length === 0 ? undefined : `left out: ${reasons.join(", ")}`
}

/** Vitest calls the first function before all tests and the second, which it returns, after them. */
export const setup = (): (() => void) => {
  const line = leftOut()
  return () => {
    if (line !== undefined) process.stdout.write(`\n${line}\n`)
  }
}
