import { nearest, nearestOf, unflatten } from "../../data/index.ts"
import { literalValues } from "../../ir/index.ts"
import { fail } from "../core/fail.ts"
import { isConstant } from "../core/operands.ts"
import { isTensor } from "../core/tensor-base.ts"
import * as creation from "../create/filled.ts"
import * as grids from "../create/grids.ts"
import * as spaces from "../create/linspace.ts"
import type { Declared } from "../operator/operator.ts"
import type { Parameter } from "../operator/parameter.ts"
import { operators } from "../tensor/operators.ts"
import type { Tensor } from "../tensor/tensor.ts"

/** What formulas can call. */
const functions: Readonly<Record<string, Declared>> = { ...operators, ...creation, ...grids, ...spaces }

/** What stands in braces, `{axis: 0}`: plain values by name. */
export type FormulaOptions = Readonly<Record<string, unknown>>

/** What a part of a formula comes to. */
export type FormulaValue = Tensor | FormulaOptions

export const isOptions = (value: unknown): value is FormulaOptions =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isTensor(value)

/** Whether formulas know a function of this name. */
export const isFunction = (name: string): boolean => Object.hasOwn(functions, name)

/** How formulas call a function: its parameters in order, and the names that may stand in braces behind them. */
interface Signature {
  readonly inOrder: readonly Parameter[]
  readonly least: number
  readonly most: number
  readonly options: readonly string[]
}

/** From the declaration; a list of tensors is written as arguments, because brackets make a matrix. */
const signatureOf = (name: string): Signature => {
  const { parameters } = functions[name]!.declaration
  const isList = parameters[0]?.argument.reading === "tensors"
  const inOrder = isList ? parameters.slice(0, 1) : parameters.filter(({ kind }) => kind !== "named")
  const isOpen = isList || inOrder.at(-1)?.kind === "rest"
  const options = parameters.filter(({ kind }) => kind === "optional" || kind === "named")
  return {
    inOrder,
    least: inOrder.filter(({ kind }) => kind === "required").length,
    most: isOpen ? Number.POSITIVE_INFINITY : inOrder.length,
    options: options.map((each) => each.name),
  }
}

/** What is wrong with a function's name and the number of its arguments; undefined when nothing is. */
export const complaintAboutCall = (name: string, count: number): string | undefined => {
  if (!isFunction(name)) {
    const near = nearestOf(name, Object.keys(functions))
    const hint = near === undefined ? "\nfunctions are the operators of tensors" : `; did you mean ${near}?`
    return `there is no function ${name}${hint}`
  }
  if (functions[name]!.declaration.parameters.some(({ argument }) => argument.reading === "javascript"))
    return `${name} takes a JavaScript function, which formulas do not have\nwrite what it computes as part of the formula`
  const { least, most, options } = signatureOf(name)
  if (count >= least && count <= most) return undefined
  const needed = most === least ? least : Number.isFinite(most) ? `${least} to ${most}` : `${least} or more`
  return `${name} of ${count} arguments; it takes ${needed}${options.length === 0 ? "" : `, and {${options.join(", ")}}`}`
}

/** What is wrong with an option of a function that there is; undefined when nothing is. */
export const complaintAboutOption = (name: string, option: string): string | undefined => {
  const { options } = signatureOf(name)
  if (options.includes(option)) return undefined
  return options.length === 0
    ? `${name} takes no options`
    : `${name} has no option ${option}${nearest(option, options)}`
}

/**
 * What a function makes of its arguments, which `complaintAboutCall` had nothing to say about. `check` is told what it is about to
 * be called with, and may throw.
 */
export const callFunction = (
  name: string,
  args: readonly FormulaValue[],
  check: (given: readonly unknown[]) => void,
): Tensor => {
  const { inOrder } = signatureOf(name)
  const given = args.map((arg, i) => {
    const reading = (inOrder[i] ?? inOrder.at(-1))?.argument.reading
    if (!isTensor(arg) || reading === "tensor" || reading === "tensors") return arg
    return reading === "either" && !isConstant(arg) ? arg : plainOf(arg, `argument ${i + 1} of ${name}`)
  })
  check(given)
  const result = call(name, given)
  return isTensor(result)
    ? result
    : fail(
        "unsupported",
        `${name} gives several tensors, where a formula needs one\ncall it outside of the formula`,
      )
}

const call = (name: string, given: readonly unknown[]): unknown => {
  const run = functions[name] as unknown as (...args: readonly unknown[]) => unknown
  if (signatureOf(name).inOrder[0]?.argument.reading !== "tensors") return run(...given)
  const options = isOptions(given.at(-1)) ? [given.at(-1)] : []
  return run(given.slice(0, given.length - options.length), ...options)
}

/** A constant as the numbers and arrays it was written as. Throws ProgramError for what is not known while tracing. */
export const plainOf = (value: Tensor, what: string): unknown => {
  if (!isConstant(value)) {
    return fail(
      "data-dependent",
      `${what} is ${value.toString()}, which is known only when the program runs\ngive a constant`,
    )
  }
  return unflatten([...literalValues(value.node.attrs.value)], value.shape)
}
