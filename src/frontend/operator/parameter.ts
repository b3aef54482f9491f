import type { Form } from "../../data/index.ts"

/**
 * What formulas make of an argument, which they hold as a tensor: it stays one; it must be constant and is given as plain
 * numbers; constants become plain and all else stays; it is one of any number of tensors; or formulas cannot write it.
 */
export type Reading = "tensor" | "plain" | "either" | "tensors" | "javascript"

/** What an argument may be. Its `noun`, as "an axis", is the subject of messages about it. */
export interface Argument<T = unknown> extends Form<T> {
  readonly noun: string
  readonly reading: Reading
}

/**
 * How an argument is given: in order, always; in order or by name, or not at all; by name or not at all; or in order, any
 * number of them.
 */
export type Kind = "required" | "optional" | "named" | "rest"

/** One parameter of an operator. */
export interface Parameter<N extends string = string, T = unknown, K extends Kind = Kind> {
  readonly name: N
  readonly kind: K
  readonly argument: Argument<T>
}

const of =
  <K extends Kind>(kind: K) =>
  <const N extends string, T>(name: N, argument: Argument<T>): Parameter<N, T, K> => ({
    name,
    kind,
    argument,
  })

/** Given in order, always: the `shift` of `x.roll(shift)`. */
export const required = of("required")

/** May be left out, and is given in order or by name: `x.sum(0)`, `x.sum({ axis: 0 })`. */
export const optional = of("optional")

/** May be left out, and is given by name: `x.sum({ keepDims: true })`. */
export const named = of("named")

/** Any number of arguments in order: `x.at(i, j)`. Nothing comes behind them. */
export const rest = of("rest")
