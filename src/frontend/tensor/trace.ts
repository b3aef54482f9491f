import {
  isArrayLike,
  nearest,
  ProgramError,
  printGiven,
  printInline,
  type Specification,
  type Warning,
} from "../../data/index.ts"
import { intType, type Node, type NodeOf, type Program, programWarnings } from "../../ir/index.ts"
import { fail } from "../core/fail.ts"
import { originHere } from "../core/location.ts"
import type { Sample } from "../core/measure-ranges.ts"
import { nodeIn, type TensorLike } from "../core/operands.ts"
import { isTensor } from "../core/tensor-base.ts"
import { TraceBuilder } from "../core/trace-builder.ts"
import { extremeFor } from "../operators/order/extreme-for.ts"
import { Tensor } from "./tensor.ts"

/** Declared inputs by name. */
export type Inputs = Readonly<Record<string, Specification>>

/** What a traced function may return: one tensor, an array of them or a record of them. */
export type Outputs = TensorLike | readonly TensorLike[] | Readonly<Record<string, TensorLike>>

/** What a traced function is given: a tensor for each declared input. */
export type Traced<I extends Inputs> = { readonly [K in keyof I]: Tensor }

/** A program, and in which form its function gave the outputs. */
export interface Trace {
  readonly program: Program
  readonly returns: "single" | "array" | "record"
  /** What is likely a mistake: comparisons and assumptions that reach no output, inputs that nobody reads. */
  readonly warnings: readonly Warning[]
}

/**
 * Runs `fn` once on tensors without values and records what it does. One output is named "y", those of an array "y0",
 * "y1", …, those of a record by its keys. All declared inputs belong to the program, used or not. `samples` are what
 * `roundBits({ keep })` measures. Real outputs are refused by the passes, together with whatever else is wrong.
 * Throws ProgramError when `fn` returns anything but tensors and plain values.
 */
export const trace = <const I extends Inputs>(
  name: string,
  inputs: I,
  fn: (inputs: Traced<I>) => Outputs,
  samples: readonly Sample[] = [],
): Trace => {
  checkName("a program", name)
  const builder = new TraceBuilder(false, samples, extremeFor)
  const nodes = Object.entries(inputs).map(([input, spec]) => declare(builder, input, spec))
  builder.declareInputs(nodes)
  const tensors = Object.fromEntries(nodes.map((node) => [node.attrs.name, new Tensor(builder, node)]))
  const returned: unknown = fn(withKnownNames(tensors) as Traced<I>)
  const { returns, outputs } = named(returned)
  const program: Program = Object.freeze({
    name,
    inputs: Object.freeze(nodes),
    outputs: new Map(outputs.map(([output, value]) => [output, outputNode(builder, output, value)])),
    origins: builder.origins,
  })
  const warnings = [...builder.watch!.warnings(program, returned), ...programWarnings(program)]
  return { program, returns, warnings: Object.freeze(warnings) }
}

/** The tensors by name; a name that is not declared throws ProgramError with the nearest one. */
const withKnownNames = (tensors: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> =>
  new Proxy(tensors, {
    get(target, key, receiver) {
      if (typeof key === "symbol" || key in target || ["then", "toJSON"].includes(key) || /^[@_$]/.test(key))
        return Reflect.get(target, key, receiver)
      throw new ProgramError(`there is no input ${printGiven(key)}${nearest(key, Object.keys(target))}`, {
        code: "unknown-name",
      })
    },
  })

const declare = (builder: TraceBuilder, name: string, spec: Specification): NodeOf<"input"> => {
  checkLength("an input", name)
  if (typeof spec?.lo !== "bigint" || typeof spec.hi !== "bigint" || !Array.isArray(spec.shape)) {
    throw new ProgramError(
      `input "${name}" is declared as ${describe(spec)}\nwrite enc(uint(4), [64]) or clear(int(8))`,
      { code: "wrong-argument" },
    )
  }
  const type = intType(spec.secret, spec.lo, spec.hi, spec.shape)
  return builder.make("input", [], { name, type }, originHere(undefined))
}

const named = (returned: unknown): { returns: Trace["returns"]; outputs: [string, unknown][] } => {
  if (Array.isArray(returned)) {
    return { returns: "array", outputs: notEmpty(returned.map((value, i) => [`y${i}`, value])) }
  }
  if (isRecord(returned)) return { returns: "record", outputs: notEmpty(Object.entries(returned)) }
  return { returns: "single", outputs: [["y", returned]] }
}

const notEmpty = (outputs: [string, unknown][]): [string, unknown][] =>
  outputs.length > 0
    ? outputs
    : fail(
        "wrong-argument",
        "the traced function returned no outputs\nreturn a tensor, an array or a record of tensors",
      )

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** Files and messages take names twice as long: rounds and functions of modules add to them. */
const LONGEST_NAME = 500

const checkLength = (what: string, name: string): void => {
  if (name.length <= LONGEST_NAME) return
  fail(
    "wrong-argument",
    `${what} has a name of ${name.length} characters, ${printGiven(name)}\n${LONGEST_NAME} are the most`,
  )
}

const checkName = (what: string, name: string): void => {
  checkLength(what, name)
  if (!/^[A-Za-z_]\w*$/.test(name))
    fail("wrong-argument", `${printGiven(name)} is no name for ${what}\nuse letters, digits and _`)
}

const outputNode = (builder: TraceBuilder, name: string, value: unknown): Node => {
  checkName("an output", name)
  if (!isTensor(value) && !isPlain(value)) {
    fail(
      "wrong-argument",
      `the traced function returned ${describe(value)}, which is no tensor\n` +
        "return a tensor, an array or a record of tensors; numbers and nested arrays are constants",
    )
  }
  return nodeIn(builder, value as TensorLike)
}

const isPlain = (value: unknown): boolean =>
  isArrayLike(value) || ["number", "bigint", "boolean"].includes(typeof value)

const describe = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (value instanceof Promise) return "a Promise (it must not be async)"
  return isRecord(value) ? "an object" : printInline(value)
}
