import { readFileSync } from "node:fs"
import { join } from "node:path"

export const root = join(import.meta.dirname, "../..")

/** An instruction of a Dockerfile: its name and all that follows, lines that go on joined. */
export interface Instruction {
  readonly name: string
  readonly value: string
}

/** The instructions of the Dockerfile of this repository, in order. */
export const readDockerfile = (): readonly Instruction[] =>
  readFileSync(join(root, "Dockerfile"), "utf8")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name = "", value = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? []
      return { name, value }
    })
