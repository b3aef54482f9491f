import { printGiven } from "./checks/form.ts"
import { nearest, nearestOf } from "./checks/nearest.ts"
import { RuntimeError } from "./errors.ts"
import {
  flatten,
  type Integer,
  type Nested,
  type NestedOfShape,
  printShape,
  shapeOf,
  sizeOf,
} from "./nested.ts"

/** What an input or output may hold: integers in `lo..hi`, in row-major order of `shape`. */
export interface Specification<Shape extends readonly number[] = readonly number[]> {
  readonly secret: boolean
  readonly lo: bigint
  readonly hi: bigint
  readonly shape: Shape
}

/** The values of declared inputs by name, nested as their shapes say. */
export type InputsOf<S extends Readonly<Record<string, Specification>>> = {
  readonly [K in keyof S]: S[K] extends Specification<infer Shape> ? NestedOfShape<Shape> : Nested
}

/** Integers exact below 2^53 as numbers, all others as bigint. */
export type Values = Float64Array | readonly bigint[]

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** Whether every integer in lo..hi is exact as a JavaScript number. */
export const fitsNumber = (lo: bigint, hi: bigint): boolean => lo >= -SAFE && hi <= SAFE

export const printRange = (lo: bigint, hi: bigint): string => `${lo}..${hi}`

/**
 * The flat values of one named input, checked against its specification.
 * Throws RuntimeError when the shape differs, a value is no integer, or one lies outside lo..hi.
 */
export const checkValues = (name: string, input: unknown, spec: Specification): Values => {
  if (input === undefined) throw new RuntimeError(`input "${name}" is missing`, { code: "wrong-input" })
  if (input instanceof Promise)
    throw new RuntimeError(`input "${name}" is ${printGiven(input)}`, { code: "wrong-input" })
  const shape = shapeOf(input)
  // Nested arrays show no extent past one of 0: [] is of shape [0, 3] as well as of [0].
  const isOpen = shape.at(-1) === 0
  const same =
    (isOpen ? shape.length <= spec.shape.length : shape.length === spec.shape.length) &&
    shape.every((extent, axis) => extent === spec.shape[axis])
  if (!same) {
    throw new RuntimeError(
      `input "${name}" has shape ${printShape(shape)} where the program takes ${printShape(spec.shape)}`,
      { code: "wrong-input" },
    )
  }
  let leaves: unknown[]
  try {
    leaves = sizeOf(spec.shape) === 0 ? [] : flatten(input, spec.shape)
  } catch (cause) {
    throw new RuntimeError(`input "${name}": ${(cause as Error).message}`, {
      code: "wrong-input",
      cause,
    })
  }
  const integers = leaves.map((leaf, i) => integer(name, leaf, i, spec))
  return fitsNumber(spec.lo, spec.hi) ? Float64Array.from(integers, Number) : integers.map(BigInt)
}

const integer = (name: string, leaf: unknown, index: number, { lo, hi, shape }: Specification): Integer => {
  const value = typeof leaf === "boolean" ? Number(leaf) : leaf
  const isInteger = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))
  if (!isInteger) {
    throw new RuntimeError(
      `input "${name}"${position(index, shape)} is ${printLeaf(leaf)}, not an exact integer`,
      { code: "wrong-input" },
    )
  }
  if (value < lo || value > hi) {
    throw new RuntimeError(
      `input "${name}"${position(index, shape)} is ${value}, outside its declared range ${printRange(lo, hi)}\n` +
        "clip it before encryption or declare a wider range",
      { code: "out-of-range" },
    )
  }
  return value
}

/** A leaf as a message shows it: text in quotes, with what it would be as a number. */
const printLeaf = (leaf: unknown): string => {
  const [shown, ...advice] = printGiven(leaf).split("\n")
  const isNumeric = typeof leaf === "string" && leaf.trim() !== "" && Number.isSafeInteger(Number(leaf))
  return [isNumeric ? `the text ${shown}` : shown, ...advice].join(": ")
}

const position = (index: number, shape: readonly number[]): string => {
  const at: number[] = []
  for (let axis = shape.length - 1, rest = index; axis >= 0; axis--) {
    at.unshift(rest % shape[axis]!)
    rest = Math.floor(rest / shape[axis]!)
  }
  return shape.length === 0 ? "" : printShape(at)
}

/** Throws RuntimeError when `inputs` misses a declared name or holds one that is not declared. */
export const checkNames = (inputs: unknown, names: readonly string[]): Record<string, unknown> => {
  if (typeof inputs !== "object" || inputs === null || Array.isArray(inputs) || inputs instanceof Promise) {
    throw new RuntimeError(
      `inputs are an object with ${names.join(", ") || "no names"}, not ${printGiven(inputs)}`,
      { code: "wrong-input" },
    )
  }
  for (const name of names) {
    if (Object.hasOwn(inputs, name)) continue
    const given = Object.keys(inputs).filter((other) => !names.includes(other))
    const meant = nearestOf(name, given)
    throw new RuntimeError(
      `input "${name}" is missing${meant === undefined ? "" : `; "${meant}" is given`}`,
      { code: "wrong-input" },
    )
  }
  for (const name of Object.keys(inputs)) {
    if (!names.includes(name)) {
      const isMeant = nearestOf(name, names) !== undefined
      const known = isMeant ? nearest(name, names) : `; the program takes ${names.join(", ") || "none"}`
      throw new RuntimeError(`there is no input "${name}"${known}`, { code: "unknown-name" })
    }
  }
  return inputs as Record<string, unknown>
}
