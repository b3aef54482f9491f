import { unflatten } from "../data/index.ts"
import { literalValues, nearest } from "../ir/index.ts"
import * as creation from "./creation.ts"
import { fail } from "./fail.ts"
import { concat, type JoinOptions, stack } from "./join.ts"
import { isConstant, type TensorLike } from "./operands.ts"
import { operators } from "./operators.ts"
import type { Tensor } from "./tensor.ts"
import { isTensor } from "./tensor-base.ts"

/** What formulas can call. */
const functions = {
  ...operators,
  ...creation,
  // A list of tensors is written as arguments, because brackets make a matrix.
  concat: (...args: (TensorLike | JoinOptions)[]) => concat(...lastApart<JoinOptions>(args)),
  concatenate: (...args: (TensorLike | JoinOptions)[]) => concat(...lastApart<JoinOptions>(args)),
  stack: (...args: (TensorLike | JoinOptions)[]) => stack(...lastApart<JoinOptions>(args)),
}

const lastApart = <O>(args: readonly (TensorLike | O)[]): [TensorLike[], O?] => {
  const last = args.at(-1)
  return (isOptions(last) ? [args.slice(0, -1), last] : [args]) as [TensorLike[], O?]
}

/** What stands in braces, `{axis: 0}`: plain values by name. */
export type FormulaOptions = Readonly<Record<string, unknown>>

/** What a part of a formula comes to. */
export type FormulaValue = Tensor | FormulaOptions

export const isOptions = (value: unknown): value is FormulaOptions =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isTensor(value)

/** A tensor, a plain value that is known while tracing, or whichever of the two is given. */
type Argument = "tensor" | "plain" | "either"

/** How a function is called. */
interface Signature {
  /** What is given in order. */
  readonly takes: readonly Argument[]
  /** How many of them may be left out. */
  readonly optional?: number
  /** What any number of further arguments are. */
  readonly rest?: Argument
  /** The names that may stand in braces behind them. */
  readonly options?: readonly string[]
}

type Functions = typeof functions

/** Whether a function takes a fixed number of tensors and nothing else. */
type IsSimple<A extends readonly unknown[]> = number extends A["length"]
  ? false
  : A extends Required<A>
    ? { [K in keyof A]: Tensor } extends A
      ? true
      : false
    : false

/** The functions that are called in their own way, and "javascript" for what takes JavaScript functions. */
type Special = {
  readonly [K in keyof Functions as IsSimple<Parameters<Functions[K]>> extends true ? never : K]:
    | Signature
    | "javascript"
}

const of = (takes: readonly Argument[], ...options: readonly string[]): Signature => ({ takes, options })
const reduction = of(["tensor"], "axis", "keepDims")
const sorting = of(["tensor"], "axis", "descending")
const best = of(["tensor", "plain"], "axis", "largest")
const join: Signature = { takes: ["tensor"], rest: "tensor", options: ["axis"] }
const rounding = of(["tensor"], "decimals")
const lowBits: Signature = { takes: ["tensor", "plain"], optional: 1, options: ["keep"] }
const convolution = of(["tensor", "tensor"], "stride", "dilation", "padding", "groups", "bias")
const maxPool = of(["tensor", "plain"], "stride", "dilation", "padding")
const avgPool = of(["tensor", "plain"], "stride", "dilation", "padding", "countIncludePad")
const triangle: Signature = { takes: ["tensor", "plain"], optional: 1 }
const shaped = of(["tensor", "plain"])

const special: Special = {
  all: reduction,
  any: reduction,
  arange: { takes: ["plain", "plain", "plain"], optional: 2 },
  argTopK: best,
  argmax: reduction,
  argmin: reduction,
  argsort: sorting,
  around: rounding,
  assume: of(["tensor", "plain", "plain"]),
  at: { takes: ["tensor"], rest: "either" },
  avgPool1d: avgPool,
  avgPool2d: avgPool,
  avgPool3d: avgPool,
  bits: shaped,
  broadcastTo: shaped,
  concat: join,
  concatenate: join,
  conv1d: convolution,
  conv2d: convolution,
  conv3d: convolution,
  countNonzero: reduction,
  cumsum: of(["tensor"], "axis"),
  diag: of(["tensor"], "offset"),
  diagonal: of(["tensor"], "offset", "axis1", "axis2"),
  diff: of(["tensor"], "n", "axis"),
  expandDims: shaped,
  eye: { takes: ["plain", "plain"], optional: 1, options: ["k"] },
  flip: of(["tensor"], "axis"),
  full: of(["plain", "plain"]),
  fullLike: shaped,
  identity: of(["plain"]),
  lookup: of(["tensor", "tensor"], "offset"),
  map: "javascript",
  map2: "javascript",
  max: reduction,
  maxPool1d: maxPool,
  maxPool2d: maxPool,
  maxPool3d: maxPool,
  mean: reduction,
  min: reduction,
  moveAxis: of(["tensor", "plain", "plain"]),
  ones: { takes: ["plain"], optional: 1 },
  pad: of(["tensor", "plain"], "mode", "constantValues"),
  prod: reduction,
  ptp: reduction,
  repeat: of(["tensor", "plain"], "axis"),
  reshape: shaped,
  rint: rounding,
  roll: of(["tensor", "plain"], "axis"),
  round: rounding,
  roundBits: lowBits,
  set: of(["tensor", "plain", "tensor"]),
  slice: { takes: ["tensor"], rest: "either" },
  sort: sorting,
  squeeze: of(["tensor"], "axis"),
  stack: join,
  sum: reduction,
  swapAxes: of(["tensor", "plain", "plain"]),
  tag: "javascript",
  take: of(["tensor", "either"], "axis"),
  tile: shaped,
  topK: best,
  transpose: { takes: ["tensor", "plain"], optional: 1 },
  tril: triangle,
  triu: triangle,
  truncateBits: lowBits,
  zeros: { takes: ["plain"], optional: 1 },
}

/** Whether formulas know a function of this name. */
export const isFunction = (name: string): name is keyof Functions => Object.hasOwn(functions, name)

/** What is wrong with a function's name and the number of its arguments; undefined when nothing is. */
export const complaintAboutCall = (name: string, count: number): string | undefined => {
  if (!isFunction(name)) {
    const near = nearest(name, Object.keys(functions))
    const hint = near.startsWith("; did you mean") ? near : "\nfunctions are the operators of tensors"
    return `there is no function ${name}${hint}`
  }
  const signature = signatureOf(name)
  if (signature === undefined)
    return `${name} takes a JavaScript function, which formulas do not have\nwrite what it computes as part of the formula`
  const { takes, optional = 0, rest, options: known = [] } = signature
  const least = takes.length - optional
  if (count < least || (rest === undefined && count > takes.length)) {
    const needed =
      rest !== undefined ? `${least} or more` : optional > 0 ? `${least} or ${takes.length}` : least
    return `${name} of ${count} arguments; it takes ${needed}${known.length === 0 ? "" : `, and {${known.join(", ")}}`}`
  }
  return undefined
}

/** What is wrong with an option of a function that there is; undefined when nothing is. */
export const complaintAboutOption = (name: string, option: string): string | undefined => {
  const { options = [] } = signatureOf(name as keyof Functions)!
  if (options.includes(option)) return undefined
  return options.length === 0
    ? `${name} takes no options`
    : `${name} has no option ${option}${nearest(option, options)}`
}

/** What a function makes of its arguments, which `complaintAboutCall` had nothing to say about. */
export const callFunction = (name: string, args: readonly FormulaValue[]): Tensor => {
  const { takes, rest } = signatureOf(name as keyof Functions)!
  const given = args.map((arg, i) => {
    const kind = takes[i] ?? rest
    if (!isTensor(arg) || kind === "tensor" || (kind === "either" && !isConstant(arg))) return arg
    return plainOf(arg, `argument ${i + 1} of ${name}`)
  })
  return (functions[name as keyof Functions] as (...args: unknown[]) => Tensor)(...given)
}

const signatureOf = (name: keyof Functions): Signature | undefined => {
  if (!Object.hasOwn(special, name)) return { takes: Array(functions[name].length).fill("tensor") }
  const signature = special[name as keyof Special]
  return signature === "javascript" ? undefined : signature
}

/** A constant as the numbers and arrays it was written as. Throws ProgramError for what is not known while tracing. */
export const plainOf = (value: Tensor, what: string): unknown => {
  if (!isConstant(value)) {
    return fail(`${what} is ${value.toString()}, which is known only when the program runs\ngive a constant`)
  }
  return unflatten([...literalValues(value.node.attrs.value)], value.shape)
}
