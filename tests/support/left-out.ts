import { execFileSync } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

/** Programs of the system that some tests need. */
const PROGRAMS = {
  "redis-server": { tests: "Redis tests", names: ["redis-server"] },
  chromium: { tests: "browser tests", names: ["chromium", "chromium-browser", "google-chrome"] },
  docker: { tests: "the build of the Docker image", names: ["docker"] },
} as const

export type SystemProgram = keyof typeof PROGRAMS

/**
 * Where a program of the system is; undefined when it is not installed, or cannot work as docker without its daemon, and the
 * tests that need it are left out.
 */
export const findProgram = (program: SystemProgram): string | undefined => {
  const file = findFile(program)
  return file !== undefined && program === "docker" && !hasDaemon(file) ? undefined : file
}

const hasDaemon = (docker: string): boolean => {
  try {
    execFileSync(docker, ["version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

const findFile = (program: SystemProgram): string | undefined => {
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
  const reasons = missing.map(
    (program) =>
      `${PROGRAMS[program].tests} (${program} ${findFile(program) === undefined ? "is not installed" : "has no daemon that answers"})`,
  )
  return reasons.length === 0 ? undefined : `left out: ${reasons.join(", ")}`
}

/** Vitest calls the first function before all tests and the second, which it returns, after them. */
export const setup = (): (() => void) => {
  const line = leftOut()
  return () => {
    if (line !== undefined) process.stdout.write(`\n${line}\n`)
  }
}
