import { execFileSync } from "node:child_process"
import { expect, it } from "vitest"
import { findProgram } from "../support/left-out.ts"
import { root } from "./dockerfile.ts"

const docker = findProgram("docker")

it.skipIf(docker === undefined)(
  "builds an image whose command starts, as a user who is not root",
  () => {
    const run = (...args: string[]): string => execFileSync(docker!, args, { cwd: root, encoding: "utf8" })
    const image = run("build", "--quiet", ".").trim()
    try {
      expect(run("run", "--rm", "--read-only", image, "--version")).toMatch(/^\d+\.\d+\.\d+\n$/)
      expect(run("run", "--rm", "--read-only", image, "worker", "--help")).toContain("--queue")
      expect(run("run", "--rm", "--entrypoint", "id", image, "-u").trim()).toBe("1000")
    } finally {
      run("rmi", image)
    }
  },
  600_000,
)
