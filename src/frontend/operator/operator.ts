import { isTensor, type TensorBase } from "../core/tensor-base.ts"
import { binder } from "./bind.ts"
import type { Parameter } from "./parameter.ts"

/** What is declared of an operator. Types, checks, methods, formulas and the reference are made from it. */
export interface Declaration {
  readonly name: string
  readonly parameters: readonly Parameter[]
  /** Whether its result is of no use but by what is done with it, so that it is likely a mistake where nothing is. */
  readonly watched?: Watched
}

/** What of a traced function is watched. */
export type Watched = "comparison" | "assumption"

/** The values that must be given, in order. */
type Required<P extends readonly Parameter[]> = P extends readonly [
  infer H,
  ...infer R extends readonly Parameter[],
]
  ? H extends Parameter<string, infer T, "required">
    ? [T, ...Required<R>]
    : H extends Parameter<string, infer T, "rest">
      ? T[]
      : Required<R>
  : []

/** The values that may be given in order behind those. */
type Optional<P extends readonly Parameter[]> = P extends readonly [
  infer H,
  ...infer R extends readonly Parameter[],
]
  ? H extends Parameter<string, infer T, "optional">
    ? [T, ...Optional<R>]
    : Optional<R>
  : []

type Nameable<P extends readonly Parameter[]> = Extract<
  P[number],
  Parameter<string, never, "optional" | "named"> | Parameter<string, unknown, "optional" | "named">
>

/** The values that may be given by name. */
export type Options<P extends readonly Parameter[]> = {
  readonly [Q in Nameable<P> as Q["name"]]?: Q extends Parameter<string, infer T> ? T | undefined : never
}

type HasOptions<P extends readonly Parameter[]> = [Nameable<P>] extends [never] ? false : true

/** What an implementation is called with: required values, and an object of the others. */
type Implementation<P extends readonly Parameter[]> = (
  ...args: HasOptions<P> extends true ? [...Required<P>, options: Options<P>] : Required<P>
) => unknown

/** The required values under the names that the implementation gives them. */
type Labelled<P extends readonly Parameter[], A extends readonly unknown[]> =
  HasOptions<P> extends true
    ? A extends readonly [...infer R, unknown]
      ? R["length"] extends Required<P>["length"]
        ? R
        : Required<P>
      : Required<P>
    : A["length"] extends Required<P>["length"]
      ? A
      : Required<P>

/** Some of the optional values in order, then some by name. */
type Behind<O extends readonly unknown[], N> = O extends readonly [infer H, ...infer R]
  ? readonly [value: H | undefined, ...Behind<R, N>] | readonly [options?: N]
  : readonly [options?: N]

/** How an operator is called that takes some values by name. */
export interface Call<A extends readonly unknown[], O extends readonly unknown[], N, R> {
  (...args: [...A, options?: N]): R
  (...args: [...A, ...Behind<O, N>]): R
}

/** A function of these values in order, of some in order or by name, and of some by name. */
export type CallOf<A extends readonly unknown[], R, O extends readonly unknown[], N> = [N] extends [never]
  ? (...args: A) => R
  : Call<A, O, N, R>

/** An operator as a function. */
export type Operator<A extends readonly unknown[], R, O extends readonly unknown[] = [], N = never> = CallOf<
  A,
  R,
  O,
  N
> &
  Declared<A, R, O, N>

/** The declaration of an operator, and in its type what methods are made from. */
export interface Declared<A = unknown, R = unknown, O = unknown, N = unknown> {
  readonly declaration: Declaration
  /** Never there. */
  readonly types?: readonly [A, R, O, N]
}

type Made<P extends readonly Parameter[], F extends (...args: never[]) => unknown> = Operator<
  Labelled<P, Parameters<F>>,
  ReturnType<F>,
  Optional<P>,
  HasOptions<P> extends true ? Options<P> : never
>

/**
 * An operator from the one declaration of its parameters. `run` is given the required values in order and then one object
 * of all others that were given, whichever way they came, all of them of their forms. Write its result type out:
 * inferring it would go in a circle. A `watched` operator is warned of where its result reaches no output.
 */
export const operator = <const P extends readonly Parameter[], F extends Implementation<P>>(
  name: string,
  parameters: P,
  run: F,
  watched?: Watched,
): Made<P, F> => {
  const declaration: Declaration = Object.freeze({
    name,
    parameters: Object.freeze(parameters),
    ...(watched && { watched }),
  })
  const call = run as unknown as (...args: readonly unknown[]) => unknown
  const bind = binder(declaration)
  const checked = {
    [name](...args: readonly unknown[]): unknown {
      const bound = bind(args)
      const watch = tracedAmong(bound)?.builder.watch
      return watch === undefined ? call(...bound) : watch.during(declaration, bound, () => call(...bound))
    },
  }[name]!
  return Object.assign(checked, { declaration }) as unknown as Made<P, F>
}

/** The first tensor of a trace among arguments, which may be lists of them. */
const tracedAmong = (args: readonly unknown[]): TensorBase | undefined => {
  for (const arg of args) {
    const tensor = isTensor(arg) ? arg : Array.isArray(arg) ? arg.find(isTraced) : undefined
    if (tensor !== undefined && !tensor.builder.isConstant) return tensor
  }
  return undefined
}

const isTraced = (value: unknown): value is TensorBase => isTensor(value) && !value.builder.isConstant
