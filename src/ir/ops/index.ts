import type { OpDef } from "../op.ts"
import { elementwiseOps } from "./elementwise.ts"
import { leaf } from "./leaf.ts"
import { linearOps } from "./linear.ts"
import { movement } from "./movement.ts"
import { oneHot } from "./one-hot.ts"
import { reduction } from "./reduction.ts"
import { refreshOps } from "./refresh.ts"
import { symbolOps } from "./symbols.ts"
import { tableOps } from "./table.ts"

/** The operator table: every operator of a program, with all that is known of it. */
export const ops = {
  ...leaf,
  ...oneHot,
  ...elementwiseOps,
  ...reduction,
  ...movement,
  ...tableOps,
  ...linearOps,
  ...refreshOps,
  ...symbolOps,
}

export type Ops = typeof ops
export type OpName = keyof Ops

export const opDef = (name: OpName): OpDef => ops[name] as unknown as OpDef
export const opNames = Object.keys(ops) as OpName[]
export const isOpName = (name: string): name is OpName => Object.hasOwn(ops, name)
