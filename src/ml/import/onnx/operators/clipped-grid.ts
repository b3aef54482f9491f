import type { FloatNode } from "../../../graph/graph.ts"
import type { Op } from "../onnx-op.ts"

/** A clip of integers on a grid makes the grid shorter: files write quantizers of few bits so. */
export const clippedGrid = (op: Op, x: FloatNode, lo: number, hi: number): FloatNode | undefined => {
  if (x.kind !== "quantize") return undefined
  const { grid } = x.attributes
  const shorter = { ...grid, lo: Math.max(grid.lo, Math.ceil(lo)), hi: Math.min(grid.hi, Math.floor(hi)) }
  return shorter.lo < shorter.hi ? op.add("quantize", [x.operands[0]!], { grid: shorter }) : undefined
}
