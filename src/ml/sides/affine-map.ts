import { sizeOf } from "../../data/index.ts"
import { evaluateNode } from "../graph/execute.ts"
import type { FloatNode } from "../graph/graph.ts"

/** A matrix with a row for each output, and a constant. */
export interface AffineMap {
  readonly weights: readonly Float64Array[]
  readonly bias: Float64Array
}

/**
 * What linear nodes (`inside`, operands first) make of the elements of `starts`, joined, for those of `ends`, joined: read off
 * zeros and unit vectors.
 */
export const affineMap = (
  starts: readonly FloatNode[],
  inside: readonly FloatNode[],
  ends: readonly FloatNode[],
): AffineMap => {
  const sizes = starts.map(({ shape }) => sizeOf(shape))
  const width = sizes.reduce((a, b) => a + b, 0)
  const probe = (unit: number): Float64Array => {
    const values = new Map<FloatNode, Float64Array>()
    let start = 0
    for (const [i, base] of starts.entries()) {
      const own = new Float64Array(sizes[i]!)
      if (unit >= start && unit < start + sizes[i]!) own[unit - start] = 1
      values.set(base, own)
      start += sizes[i]!
    }
    for (const node of inside) values.set(node, evaluateNode(node, values))
    return Float64Array.from(ends.flatMap((node) => Array.from(values.get(node)!)))
  }
  const bias = probe(-1)
  const columns = Array.from({ length: width }, (_, unit) => probe(unit))
  const weights = Array.from(bias, (constant, output) =>
    Float64Array.from(columns, (column) => column[output]! - constant),
  )
  return { weights, bias }
}
