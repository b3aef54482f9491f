import type { Values } from "../data/index.ts"
import type { Expression } from "./expression/expression.ts"
import type { Literal } from "./literal/literal.ts"
import type { Matrix } from "./literal/matrix.ts"
import type { Bounds, IntType, Shape, Type } from "./type.ts"

/**
 * The closed set of attribute kinds. Printer and parser know kinds, never operators.
 * `type` and `shape` are written in the type position of a statement, all others in braces.
 */
export interface AttrKinds {
  readonly name: string
  readonly int: bigint
  readonly ints: readonly number[]
  readonly literal: Literal
  readonly matrix: Matrix
  readonly expression: Expression
  readonly type: Type
  readonly shape: Shape
}
export type AttrKind = keyof AttrKinds
export type AttrSpec = Readonly<Record<string, AttrKind | `${AttrKind}?`>>

export type AttrsOf<S extends AttrSpec> = {
  readonly [K in keyof S as S[K] extends AttrKind ? K : never]: S[K] extends AttrKind
    ? AttrKinds[S[K]]
    : never
} & {
  readonly [K in keyof S as S[K] extends AttrKind ? never : K]?: S[K] extends `${infer A extends AttrKind}?`
    ? AttrKinds[A]
    : never
}

/** A value during evaluation: its proved type and its flat row-major content. */
export interface Evaluated {
  readonly type: Type
  readonly values: Values
}

/** An integer operand with the bounds of each of its elements. */
export interface Bounded {
  readonly node: Operand
  readonly type: IntType
  readonly bounds: Bounds
}

/** The bounds of each element of a result from those of the operands; `evaluate` is the operation's own meaning. */
export type BoundsRule = (
  operands: readonly Bounded[],
  evaluate: (operands: readonly Evaluated[]) => Values,
) => Bounds

/** A source of choices for the random program generator; every range is inclusive. */
export interface Pick {
  int(lo: number, hi: number): number
  of<T>(items: readonly T[]): T
}

/** What a type rule may look at: an operand's type and identity, and through `attrs` the content of a constant. */
export interface Operand {
  readonly op: string
  readonly attrs: object
  readonly type: Type
}

/** All that is known of an operator. Printer, parser, evaluator, generator and reference pages read this and nothing else. */
export interface OpDef<S extends AttrSpec = AttrSpec> {
  /** One sentence for the reference. */
  readonly doc: string
  /** The number of operands; "any" means one or more. */
  readonly arity: number | "any"
  readonly attrs: S
  /** The result's type from the operands. Throws ProgramError when they do not fit. */
  infer(operands: readonly Operand[], attrs: AttrsOf<S>): Type
  /** How the intervals of single elements follow from the operands'; without it a result has one interval for all. */
  bounds?(attrs: AttrsOf<S>, type: IntType): BoundsRule
  /** Whether elements of the result may differ in bounds though those of the operands do not. */
  readonly setsApart?: boolean
  /** The meaning on cleartext: the flat result for operands inside their types. */
  evaluate(operands: readonly Evaluated[], attrs: AttrsOf<S>, type: Type): Values
  /** Attributes that suit these operands, for generated programs; null when there are none. */
  sample(operands: readonly Type[], pick: Pick): AttrsOf<S> | null
}

export const op = <const S extends AttrSpec>(def: OpDef<S>): OpDef<S> => def

/** The attribute of a kind that is written in the type position, if the operator has one. */
export const declaredAttr = (attrs: AttrSpec): { name: string; kind: "type" | "shape" } | undefined => {
  for (const [name, kind] of Object.entries(attrs))
    if (kind === "type" || kind === "shape") return { name, kind }
  return undefined
}

export const attrKind = (kind: AttrSpec[string]): AttrKind => kind.replace("?", "") as AttrKind
export const isOptional = (kind: AttrSpec[string]): boolean => kind.endsWith("?")
