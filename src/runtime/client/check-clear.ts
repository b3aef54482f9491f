import { RuntimeError } from "../../data/index.ts"
import { roundsOf } from "../messages/rounds-and-residues.ts"
import type { ProgramSpec } from "../spec/program-spec.ts"

/**
 * Throws RuntimeError when an input that is not among `allowed` would travel in the clear, and for a name among them that no input
 * has. `from` is who says so.
 */
export const checkClear = (spec: ProgramSpec, allowed: readonly string[], from: string): void => {
  if (!Array.isArray(allowed) || allowed.some((name) => typeof name !== "string")) {
    throw new RuntimeError(`\`clear\` is an array of names of inputs, not ${typeof allowed}`, {
      code: "wrong-argument",
    })
  }
  const inputs = [spec, ...roundsOf(spec)].flatMap((part) => part.inputs)
  const known = new Set(inputs.map(({ name }) => name))
  const unknown = allowed.find((name) => !known.has(name))
  if (unknown !== undefined) {
    const names = spec.inputs.map(({ name }) => name).join(", ") || "none"
    throw new RuntimeError(
      `there is no input "${unknown}" to travel in the clear; "${spec.name}" takes ${names}`,
      { code: "unknown-name" },
    )
  }
  const exposed = inputs.find(({ name, secret }) => !secret && !allowed.includes(name))
  if (exposed === undefined) return
  throw new RuntimeError(
    `${from} says that input "${exposed.name}" of "${spec.name}" travels in the clear, and nobody here has said so\n` +
      `if it may, name it: clear: ["${exposed.name}"]; if it is secret, do not send this server anything`,
    { code: "exposed-input" },
  )
}
