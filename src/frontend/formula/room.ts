import { sizeOf } from "../../data/index.ts"
import { type Allowance, broadcastShapes, type Shape, take } from "../../ir/index.ts"
import { fail } from "../core/fail.ts"
import { isConstant } from "../core/operands.ts"
import { isTensor } from "../core/tensor-base.ts"
import type { Tensor } from "../tensor/tensor.ts"
import type { FormulaValue } from "./functions.ts"

/** What an element takes while it is made: as a number in an array, in an array of an array, and in a literal. */
const ELEMENT_BYTES = 32
/** How often a formula may make as much as an input holds. */
const USES = 16

/** Throws ProgramError when so many elements do not fit any more. */
export const checkRoom = (left: Allowance, elements: number): void => {
  const complaint = take({ ...left }, ELEMENT_BYTES * elements, "its values")
  if (complaint === undefined) return
  fail(
    "too-large",
    `${complaint.split("\n", 1)[0]!}\nmake what is so large outside of the formula and give it as an input`,
  )
}

/** Counts a result that was made: a constant as a whole, and of any other what it has more than each of its operands. */
export const takeRoom = (left: Allowance, operands: readonly FormulaValue[], result: FormulaValue): void => {
  if (!isTensor(result) || operands.includes(result)) return
  const known = isConstant(result) ? 0 : Math.max(0, ...tensorsAmong(operands).map(({ size }) => size))
  left.bytes -= ELEMENT_BYTES * Math.max(0, result.size - known)
}

/** What a formula may take because it was given this input. */
export const roomFor = (value: FormulaValue): number =>
  isTensor(value) ? USES * ELEMENT_BYTES * value.size : 0

/** Elements of the result of an operator, or of a function that has no rule of its own: at most as many as it has. */
export const elementsOf = (operands: readonly FormulaValue[]): number => {
  const tensors = tensorsAmong(operands)
  const together = tensors.reduce((sum, { size }) => sum + size, 0)
  return Math.max(together, sizeWhereFitting(tensors.map(({ shape }) => shape)))
}

/** Elements of a product of matrices. */
export const elementsOfProduct = (operands: readonly FormulaValue[]): number => {
  const [a, b] = tensorsAmong(operands)
  if (a === undefined || b === undefined || a.ndim === 0 || b.ndim === 0) return elementsOf(operands)
  const rows = a.ndim > 1 ? a.shape.at(-2)! : 1
  const columns = b.ndim > 1 ? b.shape.at(-1)! : 1
  return rows * columns * sizeWhereFitting([a.shape.slice(0, -2), b.shape.slice(0, -2)])
}

/** Elements that indices choose, one for each axis. */
export const elementsChosen = ([, ...indices]: readonly FormulaValue[]): number =>
  tensorsAmong(indices).reduce((product, { size }) => product * size, 1)

/** Elements of what a function makes of its arguments, before it does. */
export const elementsOfCall = (name: string, given: readonly unknown[]): number => {
  const values = given.filter((each): each is FormulaValue => typeof each === "object" && each !== null)
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
  return Math.max(elementsOf(values), rule?.(given) ?? 0)
}

type Rule = (given: readonly unknown[]) => number

const ofShape: Rule = ([shape]) => numbersIn(shape ?? []).reduce((a, b) => a * b, 1)
const ofRows: Rule = ([rows, ...others]) => {
  const [high = 0] = numbersIn(rows)
  // The diagonal, which is among the others too, makes nothing larger.
  return high * Math.max(high, mostOf(others))
}
const ofPairs: Rule = ([a, b]) => sizeGiven(a) * sizeGiven(b)
/** Each axis may become longer by so much at both ends. */
const ofPadding =
  (which: (given: readonly unknown[]) => unknown): Rule =>
  (given) => {
    const most = mostOf(which(given))
    return shapeGiven(given[0]).reduce((size, extent) => size * (extent + 2 * most), 1)
  }

/** They have options in numbers, of which one is a padding. */
const PADDED = [1, 2, 3].flatMap((rank) => [`conv${rank}d`, `avgPool${rank}d`, `maxPool${rank}d`])

/** Functions that make many elements of few, or of none. */
const rules: Readonly<Record<string, Rule>> = {
  zeros: ofShape,
  ones: ofShape,
  full: ofShape,
  broadcastTo: ([, shape]) => ofShape([shape]),
  eye: ofRows,
  identity: ([size]) => ofRows([size]),
  tri: ofRows,
  arange: ([start, stop, step]) => {
    const [from, to, by] = [start, stop, step].map((each) => numbersIn(each)[0])
    const length = to === undefined ? (from ?? 0) : to - (from ?? 0)
    return Math.max(0, length / (by ?? 1))
  },
  linspace: ([, , count]) => numbersIn(count)[0] ?? 0,
  repeat: ([x, repeats]) => sizeGiven(x) * mostOf(repeats),
  tile: ([x, repeats]) => sizeGiven(x) * numbersIn(repeats).reduce((a, b) => a * b, 1),
  diag: ([x, offset]) => {
    const [shift = 0] = numbersIn(offset)
    return shapeGiven(x).length === 1 ? (sizeGiven(x) + Math.abs(shift)) ** 2 : 0
  },
  matmul: (given) => elementsOfProduct(tensorsAmong(given)),
  dot: (given) => elementsOfProduct(tensorsAmong(given)),
  inner: ([a, b]) => (sizeGiven(a) * sizeGiven(b)) / Math.max(1, shapeGiven(a).at(-1) ?? 1) ** 2,
  tensordot: ([a, b, axes]) => (numbersIn(axes)[0] === 0 ? ofPairs([a, b]) : 0),
  outer: ofPairs,
  kron: ofPairs,
  bincount: ([x, , least]) => sizeGiven(x) * (numbersIn(least)[0] ?? 0),
  histogram: ([x, bins]) => sizeGiven(x) * (numbersIn(bins)[0] ?? 0),
  pad: ofPadding(([, width]) => width),
  ...Object.fromEntries(
    PADDED.map((name) => [name, ofPadding((given) => given.slice(1).filter((each) => !isTensor(each)))]),
  ),
}

const tensorsAmong = (values: readonly unknown[]): Tensor[] => values.filter(isTensor)

/** Where shapes do not fit, whoever is given them says so. */
const sizeWhereFitting = (shapes: readonly Shape[]): number => {
  try {
    return sizeOf(shapes.reduce<Shape>(broadcastShapes, []))
  } catch {
    return 0
  }
}

const shapeGiven = (value: unknown): Shape => (isTensor(value) ? value.shape : [numbersIn(value).length])
const sizeGiven = (value: unknown): number => sizeOf(shapeGiven(value))

/** The largest number in arrays and options, 0 at least. */
const mostOf = (value: unknown): number => numbersIn(value).reduce((a, b) => Math.max(a, b), 0)

/** All numbers in arrays and options, however deep. */
const numbersIn = (value: unknown): number[] => {
  if (typeof value === "number") return [value]
  if (typeof value === "bigint") return [Number(value)]
  if (Array.isArray(value)) return value.flatMap(numbersIn)
  return typeof value === "object" && value !== null && !isTensor(value)
    ? Object.values(value).flatMap(numbersIn)
    : []
}
