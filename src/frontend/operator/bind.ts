import { isPlainObject, nearest, ProgramError, printGiven } from "../../data/index.ts"
import { isTensor } from "../core/tensor-base.ts"
import type { Declaration } from "./operator.ts"
import type { Parameter } from "./parameter.ts"
import { usageOf } from "./usage.ts"

const mayBeNamed = ({ kind }: Parameter): boolean => kind === "optional" || kind === "named"

/**
 * Makes of the arguments of a call what an implementation takes: what is required, what any number may be given of, and
 * where there are names an object of all others.
 * The result throws ProgramError for a missing or surplus argument, an unknown name, and a value of another form.
 */
export const binder = (declaration: Declaration): ((given: readonly unknown[]) => readonly unknown[]) => {
  const { name, parameters } = declaration
  const ordered = parameters.filter(({ kind }) => kind === "required" || kind === "optional")
  const required = ordered.filter(({ kind }) => kind === "required")
  const more = parameters.find(({ kind }) => kind === "rest")
  const named = new Map(parameters.filter(mayBeNamed).map((each) => [each.name, each]))
  const most = ordered.length
  const least = required.length
  const refuse = (code: "wrong-argument" | "unknown-option", message: string): never => {
    throw new ProgramError(`${message}\nwrite ${usageOf(declaration)}`, { code })
  }

  const byName = (options: Readonly<Record<string, unknown>>, values: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(options)) {
      const parameter = named.get(key)
      if (parameter === undefined) {
        const known = [...named.keys()]
        refuse(
          "unknown-option",
          known.length === 0
            ? `${name} takes no options, but ${key} is given`
            : `${name} has no option ${printGiven(key)}${nearest(key, known)}`,
        )
      }
      if (value === undefined) continue
      if (key in values) refuse("wrong-argument", `${key} of ${name} is given twice, in order and by name`)
      values[key] = checked(declaration, parameter!, value)
    }
  }

  return (given) => {
    const args = given.slice(0, given.findLastIndex((value) => value !== undefined) + 1)
    // Behind what is required, an object as {} writes it holds values by name.
    const last = args.length > least ? args.at(-1) : undefined
    const options = isPlainObject(last) ? last : undefined
    const inOrder = options === undefined ? args : args.slice(0, -1)
    const isSurplus = inOrder.length > most && more === undefined
    if (isSurplus && !(most === least && isCallback(inOrder, most)))
      refuse("wrong-argument", surplus(declaration, [least, most], inOrder.length))
    const result = required.map((parameter, i) =>
      inOrder[i] === undefined
        ? refuse("wrong-argument", `${parameter.name} of ${name} is missing`)
        : checked(declaration, parameter, inOrder[i]),
    )
    if (more !== undefined) {
      for (const value of inOrder.slice(most)) result.push(checked(declaration, more, value))
    }
    const values: Record<string, unknown> = {}
    for (let i = least; i < most; i++) {
      const parameter = ordered[i]!
      if (inOrder[i] !== undefined) values[parameter.name] = checked(declaration, parameter, inOrder[i])
    }
    if (options !== undefined) byName(options, values)
    return named.size === 0 ? result : [...result, values]
  }
}

/** The value, if it has the form that its parameter needs. */
const checked = (declaration: Declaration, { argument }: Parameter, value: unknown): unknown => {
  if (argument.accepts(value)) return value
  const { noun, needed, reading } = argument
  if (reading === "tensors") {
    throw new ProgramError(
      `${declaration.name} takes ${needed}, and ${printGiven(value)} was given\nwrite ${usageOf(declaration)}`,
      { code: "wrong-argument" },
    )
  }
  if (isTensor(value)) {
    throw new ProgramError(
      `${printGiven(value)} is given as ${noun}, which must be known while tracing\n` +
        "to read at a secret place use x.lookup(table), or compare with eq and choose with where",
      { code: "data-dependent" },
    )
  }
  if (reading === "tensor") {
    throw new ProgramError(
      `${printGiven(value)} is given where a tensor was needed\n` +
        "give a tensor, a finite number, a bigint, a boolean, or nested or typed arrays of them",
      { code: "wrong-argument" },
    )
  }
  throw new ProgramError(`${noun} is ${printGiven(value)}, not ${needed}\nwrite ${usageOf(declaration)}`, {
    code: "wrong-argument",
  })
}

/** Whether the surplus is what map and reduce of arrays add: the index of the last argument, and the array. */
const isCallback = (args: readonly unknown[], most: number): boolean => {
  const [at, list] = args.slice(most)
  return args.length === most + 2 && Array.isArray(list) && list[at as number] === args[most - 1]
}

const surplus = (
  { name, parameters }: Declaration,
  [least, most]: readonly [number, number],
  given: number,
): string => {
  const isMethod = ["tensor", "tensors"].includes(parameters[0]?.argument.reading ?? "")
  const own = Number(isMethod)
  const [takes, got] = [most - own, given - own]
  const besides = isMethod ? " besides its tensor" : ""
  const count = takes === 0 ? "no argument" : takes === 1 ? "1 argument" : `${takes} arguments`
  return `${name} takes ${least < most ? "at most " : ""}${count}${besides}, and ${got} ${got === 1 ? "was" : "were"} given`
}
