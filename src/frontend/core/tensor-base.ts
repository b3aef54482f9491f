import { sizeOf } from "../../data/index.ts"
import { infinite, type Node, printType, type Shape } from "../../ir/index.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { trapped } from "./js-operator-traps.ts"
import type { TraceBuilder } from "./trace-builder.ts"

/** What a tensor is before it has operators: a node of a program being traced. Immutable. */
export abstract class TensorBase {
  static {
    Object.setPrototypeOf(TensorBase.prototype, trapped)
  }

  readonly builder: TraceBuilder
  readonly node: Node
  /** The dotted name that messages give to the nodes made from this tensor. */
  readonly label: string | undefined
  /** Whether it is a constant that was written in booleans or compared: as an index it is a mask. */
  readonly isMask: boolean

  constructor(builder: TraceBuilder, node: Node, label?: string, isMask = false) {
    this.builder = builder
    this.node = node
    this.label = label
    this.isMask = isMask
  }

  /** The tensor of another node of the same trace, under a label of its own. */
  abstract derive(node: Node, label: string | undefined, isMask?: boolean): Tensor

  /** The extents of the axes; `[]` for a scalar. */
  get shape(): Shape {
    return this.node.type.shape
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape)
  }

  /** `Tensor<enc 0..15[4]>`: secrecy, proved range and shape. */
  toString(): string {
    return `Tensor<${infinite(printType(this.node.type))}>`
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString()
  }
}

/** Whether a value is a tensor of some trace. */
export const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase
