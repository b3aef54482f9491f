import type { FloatNode, NodeOf } from "../../../graph/graph.ts"
import { type Grid, scalar, type Tensor } from "../../../graph/tensor.ts"
import type { Op } from "../onnx-op.ts"

/** The node when it is (x * scale + shift) / divisor with one number each; the slope is scale / divisor. */
const scaled = (node: FloatNode): { x: FloatNode; scale: number; shift: number } | undefined => {
  if (node.kind !== "affine") return undefined
  const { scale, shift, divisor = scalar(1) } = node.attributes
  if ([scale, shift, divisor].some(({ values }) => values.length !== 1)) return undefined
  const d = divisor.values[0]!
  return { x: node.operands[0]!, scale: scale.values[0]! / d, shift: shift.values[0]! / d }
}

const isActivation = (node: FloatNode, name: string): node is NodeOf<"activation"> =>
  node.kind === "activation" && node.attributes.function === name

const same = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.abs(b)

/**
 * Quantization-aware training writes `clip(round(x / s) + z, lo, hi) * s`, perhaps with zero points z around the rounding.
 * When `node * scale` is the last product of that, the quantizer and its inverse.
 */
export const fakeQuantizer = (op: Op, node: FloatNode, scale: Tensor): FloatNode | undefined => {
  if (scale.values.length !== 1) return undefined
  const s = scale.values[0]!
  const after = scaled(node)
  const zeroAfter = after?.scale === 1 ? -after.shift : 0
  const clip = after?.scale === 1 ? after.x : node
  if (!isActivation(clip, "clip")) return undefined
  const { lo, hi } = clip.attributes.parameters
  if (!Number.isInteger(lo) || !Number.isInteger(hi) || !(lo! < hi!)) return undefined
  const added = scaled(clip.operands[0]!)
  const rounded = added?.scale === 1 ? added.x : clip.operands[0]!
  if (!isActivation(rounded, "round")) return undefined
  let inner = rounded.operands[0]!
  let zeroBefore = added?.scale === 1 ? added.shift : 0
  const shifted = scaled(inner)
  if (shifted?.scale === 1 && shifted.shift !== 0) {
    zeroBefore += shifted.shift
    inner = shifted.x
  }
  const divided = scaled(inner)
  const fits =
    divided !== undefined &&
    divided.shift === 0 &&
    s > 0 &&
    same(divided.scale * s, 1) &&
    zeroBefore === zeroAfter
  if (!fits || !Number.isInteger(zeroBefore)) return undefined
  const grid: Grid = {
    scale: Float64Array.of(s),
    zeroPoint: Float64Array.of(zeroBefore),
    axis: 0,
    lo: lo!,
    hi: hi!,
  }
  return op.add("dequantize", [op.add("quantize", [divided.x], { grid })], { grid })
}
