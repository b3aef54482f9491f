import {
  type Builder,
  broadcastShapes,
  literal,
  matmulPlan,
  type Node,
  type NodeOf,
  type Program,
} from "../../ir/index.ts"
import { isConstant, sameShape } from "../shared/node-values.ts"
import { sweep } from "../shared/sweep.ts"

/** Rewrites products of two secrets, or of a secret and a clear value, to elementwise ones of equal shapes. */
export const expandProducts = (program: Program, builder: Builder): Program =>
  sweep(program, builder, (node, operands) => {
    if (!node.type.secret || operands.some(isConstant)) return undefined
    if (node.op === "mul") return spreadProduct(operands, builder)
    return node.op === "matmul" ? expandMatmul(operands, builder) : undefined
  })

// mul(a, b) = mul(broadcast a, broadcast b)
const spreadProduct = (operands: readonly Node[], builder: Builder): Node => {
  const shape = operands.map(({ type }) => type.shape).reduce(broadcastShapes)
  const [a, b] = operands.map((operand) =>
    sameShape(operand.type.shape, shape) ? operand : builder.make("broadcast", [operand], { shape }),
  ) as [Node, Node]
  return builder.make("mul", [a, b], {})
}

// matmul(a, b)[i, j] = sum over k of mul(a[i, k], b[k, j])
const expandMatmul = (operands: readonly Node[], builder: Builder): NodeOf<"reshape"> => {
  const plan = matmulPlan(operands[0]!.type.shape, operands[1]!.type.shape)
  const { leftBatch, rightBatch } = plan.batchesOf()
  const { rows, columns, inner, batches } = plan
  const shape = [batches * rows * columns, inner]
  const left = new Int32Array(shape[0]! * inner)
  const right = new Int32Array(left.length)
  for (let out = 0, at = 0; out < shape[0]!; out++) {
    const batch = Math.floor(out / (rows * columns))
    const row = Math.floor(out / columns) % rows
    for (let k = 0; k < inner; k++, at++) {
      left[at] = (leftBatch[batch]! * rows + row) * inner + k
      right[at] = (rightBatch[batch]! * inner + k) * columns + (out % columns)
    }
  }
  const a = builder.make("gather", [operands[0]!], { indices: literal(left), shape })
  const b = builder.make("gather", [operands[1]!], { indices: literal(right), shape })
  const sums = builder.make("sum", [builder.make("mul", [a, b], {})], { axes: [1] })
  return builder.make("reshape", [sums], { shape: plan.shape })
}
