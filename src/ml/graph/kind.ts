import type { Shape } from "./tensor.ts"

/** What a kind's rules see of an operand or result during execution: its shape and the values of one sample. */
export interface Sample {
  readonly shape: Shape
  readonly values: Float64Array
}

/** All that is known of a kind of node. Shapes and values are those of one sample: no node mixes the rows of a batch. */
export interface Kind<A> {
  /** One sentence for the reference. */
  readonly doc: string
  /** The number of operands; "any" means one or more. */
  readonly arity: number | "any"
  /** The result's shape. Throws ProgramError when operands and attributes do not fit. */
  infer(operands: readonly Shape[], attributes: A): Shape
  /** Multiplications and additions for one sample; the size of the result where it is not given. */
  work?(operands: readonly Shape[], attributes: A, result: Shape): number
  /** The result's values for one sample. May return an operand's own array, which no one changes. */
  evaluate(operands: readonly Sample[], attributes: A, result: Shape): Float64Array
}

/** Gives an entry of the table its type. */
export const kind = <A>(entry: Kind<A>): Kind<A> => entry
