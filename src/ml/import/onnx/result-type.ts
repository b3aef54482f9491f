import type { Op } from "./onnx-op.ts"
import { BOOL, FLOAT, INT32, INT64, UINT8 } from "./tensor-data.ts"

const boolean: ReadonlySet<string> = new Set([
  "And",
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "IsInf",
  "IsNaN",
  "Less",
  "LessOrEqual",
  "Not",
  "Or",
  "Xor",
])
const indices: ReadonlySet<string> = new Set(["ArgMax", "ArgMin", "Shape", "Size"])
const accumulators: ReadonlySet<string> = new Set(["ConvInteger", "MatMulInteger"])

/** The element type of an operator's result, where that is known; of most it is that of the first operand. */
export const resultType = (op: Op, name: string): number | undefined => {
  if (boolean.has(name)) return BOOL
  if (indices.has(name)) return INT64
  if (accumulators.has(name)) return INT32
  switch (name) {
    case "Cast":
      return op.int("to", FLOAT)
    case "CastLike":
      return op.typeOf(1)
    case "QuantizeLinear":
      return op.typeOf(2) ?? (op.int("output_dtype", 0) || UINT8)
    case "DequantizeLinear":
      return op.int("output_dtype", 0) || (op.typeOf(1) ?? FLOAT)
    case "OneHot":
      return op.typeOf(2)
    case "Where":
      return op.typeOf(1) ?? op.typeOf(2)
    case "ai.onnx.ml.ArrayFeatureExtractor":
      return op.typeOf(0)
    default:
      if (name.startsWith("ai.onnx.ml.")) return FLOAT
      return op.inputs.map((_, i) => op.typeOf(i)).find((type) => type !== undefined)
  }
}
