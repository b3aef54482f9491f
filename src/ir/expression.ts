import type { Type } from "./type.ts"

export interface Expression {
  readonly text: string
  readonly arity: number
  evaluate(point: readonly number[]): number
}
export const parseExpression = (_text: string): Expression => {
  throw new Error("todo")
}
export const boundExpression = (
  _e: Expression,
  _types: readonly Type[],
  _limit: bigint,
): { integer: boolean; lo: number; hi: number } => {
  throw new Error("todo")
}
