import { broadcastIndices } from "../../ir/index.ts"
import type { ElementGrid } from "../quantize/network/network.ts"
import type { Grid, Shape } from "./tensor.ts"

/** A grid as it is at each element of a value. */
export const gridAt = ({ scale, zeroPoint, axis, lo, hi }: Grid, shape: Shape): ElementGrid => {
  const indices = broadcastIndices(scale.length === 1 ? [] : shape.map((n, i) => (i === axis ? n : 1)), shape)
  return { scale: (i) => scale[indices[i]!]!, zero: (i) => zeroPoint[indices[i]!]!, lo, hi }
}
