import { type Builder, broadcastIndices, literal, type Node, transposeIndices } from "../../ir/index.ts"
import { sameShape } from "../shared/node-values.ts"

/** One step for operators that only move elements; undefined when no rule fits. */
export const simplifyMovement = (node: Node, builder: Builder): Node | undefined => {
  const [x] = node.operands as [Node]
  switch (node.op) {
    case "reshape":
      // reshape(x) = x
      if (sameShape(x.type.shape, node.type.shape)) return x
      // reshape(reshape(p)) = reshape(p)
      if (x.op === "reshape") return builder.make("reshape", x.operands, { shape: node.attrs.shape })
      // reshape(gather(p)) = gather(p)
      if (x.op === "gather") return gather(builder, x.operands[0]!, x.attrs.indices.values, node)
      return undefined
    case "broadcast":
      // broadcast(x) = x
      if (sameShape(x.type.shape, node.type.shape)) return x
      // broadcast(broadcast(p)) = broadcast(p)
      return x.op === "broadcast"
        ? builder.make("broadcast", x.operands, { shape: node.attrs.shape })
        : undefined
    case "transpose": {
      const { axes } = node.attrs
      // transpose(x) = x
      if (axes.every((axis, i) => axis === i)) return x
      // transpose(transpose(p)) = transpose(p)
      return x.op === "transpose"
        ? builder.make("transpose", x.operands, { axes: axes.map((axis) => x.attrs.axes[axis]!) })
        : undefined
    }
    case "gather": {
      const { values } = node.attrs.indices
      // gather(x, 0 1 2 …) = reshape(x)
      if (isCounting(values, x)) return builder.make("reshape", [x], { shape: node.attrs.shape })
      // gather(move(p)) = gather(p)
      const moved = movedIndices(x)
      return moved === undefined
        ? undefined
        : gather(
            builder,
            x.operands[0]!,
            Int32Array.from(values as Int32Array, (i) => Number(moved[i]!)),
            node,
          )
    }
    case "concat":
      // concat(x) = x
      return node.operands.length === 1 ? x : undefined
    default:
      return undefined
  }
}

/** Which flat element of its operand each element of a node is; undefined for a node that does more than move. */
export const movedIndices = (node: Node): ArrayLike<number | bigint> | undefined => {
  const [x] = node.operands
  switch (node.op) {
    case "reshape":
      return Int32Array.from({ length: node.type.shape.reduce((a, b) => a * b, 1) }, (_, i) => i)
    case "broadcast":
      return broadcastIndices(x!.type.shape, node.type.shape)
    case "transpose":
      return transposeIndices(x!.type.shape, node.attrs.axes)
    case "gather":
      return node.attrs.indices.values
    default:
      return undefined
  }
}

const gather = (builder: Builder, x: Node, indices: ArrayLike<number | bigint>, { type }: Node): Node =>
  builder.make("gather", [x], { indices: literal(indices), shape: type.shape })

const isCounting = (indices: ArrayLike<number | bigint>, x: Node): boolean =>
  indices.length === x.type.shape.reduce((a, b) => a * b, 1) &&
  Array.from(indices as ArrayLike<number>).every((index, i) => index === i)
