import { RuntimeError } from "../../data/index.ts"
import type { ModuleSpec } from "../spec/module-spec.ts"
import type { ProgramSpec } from "../spec/program-spec.ts"
import { roundsOf } from "./rounds-and-residues.ts"

/**
 * Throws RuntimeError when an input that is not among `allowed` would travel in the clear, and for a name among them that no input
 * has. `from` is who says so.
 */
export const checkClear = (spec: ProgramSpec, allowed: readonly string[], from: string): void =>
  checkExposed(
    [spec, ...roundsOf(spec)].flatMap((part) => part.inputs),
    `"${spec.name}" takes ${spec.inputs.map(({ name }) => name).join(", ") || "none"}`,
    { allowed, from, of: spec.name },
  )

/** The same for a module, where an input is named with its function, as "put.key". */
export const checkModuleClear = (spec: ModuleSpec, allowed: readonly string[], from: string): void => {
  const inputs = spec.functions.flatMap((one) =>
    one.inputs.map((input) => ({ ...input, name: `${one.name}.${input.name}` })),
  )
  checkExposed(inputs, `"${spec.name}" takes ${inputs.map(({ name }) => name).join(", ") || "none"}`, {
    ...{ allowed, from },
    of: spec.name,
  })
}

interface Exposure {
  readonly allowed: readonly string[]
  readonly from: string
  readonly of: string
}

const checkExposed = (
  inputs: readonly Pick<ProgramSpec["inputs"][number], "name" | "secret">[],
  taken: string,
  { allowed, from, of }: Exposure,
): void => {
  if (!Array.isArray(allowed) || allowed.some((name) => typeof name !== "string")) {
    throw new RuntimeError(`\`clear\` is an array of names of inputs, not ${typeof allowed}`, {
      code: "wrong-argument",
    })
  }
  const known = new Set(inputs.map(({ name }) => name))
  const unknown = allowed.find((name) => !known.has(name))
  if (unknown !== undefined) {
    throw new RuntimeError(`there is no input "${unknown}" to travel in the clear; ${taken}`, {
      code: "unknown-name",
    })
  }
  const exposed = inputs.find(({ name, secret }) => !secret && !allowed.includes(name))
  if (exposed === undefined) return
  throw new RuntimeError(
    `${from} says that input "${exposed.name}" of "${of}" travels in the clear, and nobody here has said so\n` +
      `if it may, name it: clear: ["${exposed.name}"]; if it is secret, do not send this server anything`,
    { code: "exposed-input" },
  )
}
