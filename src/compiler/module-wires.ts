import type { WiredNames } from "../backend/index.ts"
import { ProgramError, printGiven, type Specification } from "../data/index.ts"
import { type IntType, type Program, printType } from "../ir/index.ts"
import type { Wire } from "../runtime/index.ts"
import { hasRounds } from "./choose-program.ts"

/** `[from, to]` as "function.output" and "function.input"; "all" is every pair that fits. */
export type Wires = "all" | readonly (readonly [from: string, to: string])[]

/** The traced functions of a module, after all passes, by name. */
export type Programs = ReadonlyMap<string, Program>

/** Throws ProgramError for wires between what is not there or does not fit, with the types of both ends. */
export const resolveWires = (programs: Programs, wires: Wires): Wire[] => {
  if (wires === "all") return everyPair(programs).filter((wire) => misfit(programs, wire) === undefined)
  if (!Array.isArray(wires)) {
    throw new ProgramError(`wires are "all" or pairs such as ["inc.y", "dec.x"], not ${printGiven(wires)}`, {
      code: "wrong-argument",
    })
  }
  const resolved = wires.map((pair) => wireOf(programs, pair))
  const misfits = resolved.flatMap((wire) => misfit(programs, wire) ?? [])
  if (misfits.length > 0)
    throw new ProgramError(`${misfits.join("\n")}\n${REMEDY}`, { code: "wrong-argument" })
  return resolved
}

/** The inputs and outputs of a function that wires lead to and from. */
export const wiredNames = (fn: string, wires: readonly Wire[]): WiredNames => ({
  inputs: new Set(wires.filter(({ to }) => to.function === fn).map(({ to }) => to.input)),
  outputs: new Set(wires.filter(({ from }) => from.function === fn).map(({ from }) => from.output)),
})

/** Why no pair fits: the pairs of encrypted values that come near it. */
export const explainNoWires = (programs: Programs): ProgramError => {
  const near = everyPair(programs).flatMap((wire) => misfit(programs, wire) ?? [])
  const shown = near.slice(0, 4)
  if (near.length > shown.length) shown.push(`… and ${near.length - shown.length} more pairs`)
  return new ProgramError(
    `no output fits an input, so that no value can go through several functions\n${[...shown, REMEDY].join("\n")}`,
    { code: "wrong-argument" },
  )
}

/**
 * For each function, the longest way of a value to its end, in functions, `steps` at most. Without `steps` it is as long as the
 * wires are, and two where they lead round in circles. What a function gives whose values the client refreshes on the way has
 * been through that one only.
 */
export const agesOf = (
  programs: Programs,
  wires: readonly Wire[],
  steps: number | undefined,
): ReadonlyMap<string, number> => {
  const names = [...programs.keys()]
  let reached: ReadonlySet<string> = new Set(names)
  const ages = new Map(names.map((name) => [name, 1]))
  // A way without circles passes each function once.
  const most = steps ?? names.length + 1
  for (let age = 1; age < most && reached.size > 0; age++) {
    const goesOn = (fn: string): boolean => reached.has(fn) && (age === 1 || !hasRounds(programs.get(fn)!))
    reached = new Set(wires.filter(({ from }) => goesOn(from.function)).map(({ to }) => to.function))
    for (const name of reached) ages.set(name, age + 1)
  }
  const isCircular = steps === undefined && reached.size > 0
  return isCircular ? agesOf(programs, wires, DEFAULT_STEPS) : ages
}

/** One function on the result of another. */
const DEFAULT_STEPS = 2

const REMEDY =
  "an output fits when it is encrypted, has the shape of the input, and its proved range lies inside the declared one: " +
  "close it with mod, clip or assume, or declare a wider input"

const wireOf = (programs: Programs, pair: unknown): Wire => {
  const [from, to] = Array.isArray(pair) && pair.length === 2 ? pair : []
  if (typeof from !== "string" || typeof to !== "string") {
    throw new ProgramError(`a wire is a pair such as ["inc.y", "dec.x"], not ${printGiven(pair)}`, {
      code: "wrong-argument",
    })
  }
  const [source, output] = endOf(programs, from, "output", (program) => [...program.outputs.keys()])
  const [target, input] = endOf(programs, to, "input", namesOfInputs)
  return { from: { function: source, output }, to: { function: target, input } }
}

const endOf = (
  programs: Programs,
  end: string,
  what: "output" | "input",
  namesIn: (program: Program) => string[],
): [string, string] => {
  const [name = "", value = "", ...rest] = end.split(".")
  const program = programs.get(name)
  const names = program && namesIn(program)
  if (rest.length === 0 && names?.includes(value)) return [name, value]
  const all = [...programs].flatMap(([fn, each]) => namesIn(each).map((one) => `${fn}.${one}`))
  throw new ProgramError(
    `a wire names ${what} ${printGiven(end)}, which there is not\nthere are ${all.join(", ")}`,
    {
      code: "unknown-name",
    },
  )
}

const everyPair = (programs: Programs): Wire[] =>
  [...programs].flatMap(([source, from]) =>
    [...from.outputs.keys()].flatMap((output) =>
      [...programs].flatMap(([target, to]) =>
        namesOfInputs(to).map((input) => ({
          from: { function: source, output },
          to: { function: target, input },
        })),
      ),
    ),
  )

const namesOfInputs = ({ inputs }: Program): string[] => inputs.map(({ attrs }) => attrs.name)

/** Why values cannot go along a wire; undefined when they can. */
const misfit = (programs: Programs, { from, to }: Wire): string | undefined => {
  const output = programs.get(from.function)!.outputs.get(from.output)!.type as IntType
  const input = programs.get(to.function)!.inputs.find(({ attrs }) => attrs.name === to.input)!
    .type as IntType
  if (fits(output, input)) return undefined
  return (
    `${from.function}.${from.output} is ${printType(output)}, which does not fit ` +
    `${to.function}.${to.input}: ${printType(input)}`
  )
}

const fits = (output: Specification, input: Specification): boolean =>
  output.secret &&
  input.secret &&
  output.shape.length === input.shape.length &&
  output.shape.every((size, axis) => size === input.shape[axis]) &&
  output.lo >= input.lo &&
  output.hi <= input.hi
