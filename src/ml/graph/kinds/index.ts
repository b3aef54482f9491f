import type { Kind } from "../kind.ts"
import { elementwise } from "./elementwise.ts"
import { encodings } from "./encodings.ts"
import { linear } from "./linear.ts"
import { movement } from "./movement.ts"
import { neighbours } from "./neighbours.ts"
import { pools } from "./pool.ts"
import { quantized } from "./quantized.ts"
import { reduction } from "./reduce.ts"
import { treeKinds } from "./trees.ts"
import { values } from "./values.ts"

/** Every kind of node, once: graph, executor, reference and tests read this table. */
export const kinds = {
  ...values,
  ...linear,
  ...pools,
  ...elementwise,
  ...movement,
  ...reduction,
  ...quantized,
  ...encodings,
  ...treeKinds,
  ...neighbours,
} as const

type Kinds = typeof kinds
export type KindName = keyof Kinds
export type AttributesOf<K extends KindName> = Kinds[K] extends Kind<infer A> ? A : never

export const kindNames = Object.keys(kinds) as readonly KindName[]

/** The entry of a kind. */
export const kindOf = <K extends KindName>(name: K): Kind<AttributesOf<K>> =>
  kinds[name] as unknown as Kind<AttributesOf<K>>
