import type { Nested } from "../../data/index.ts"
import type { IntType, Node, NodeOf } from "../../ir/index.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { fail } from "./fail.ts"
import { literalOf } from "./literals.ts"
import { originHere } from "./location.ts"
import { isTensor } from "./tensor-base.ts"
import type { TraceBuilder } from "./trace-builder.ts"

/** What operators take: a tensor, or plain values that become a constant of the other operand's trace. */
export type TensorLike = Tensor | Nested

/**
 * The arguments of one operation as tensors of one trace.
 * Throws ProgramError when none of them is a tensor, or when they come from two traces.
 */
export const operandsOf = <const A extends readonly TensorLike[]>(...args: A): { [K in keyof A]: Tensor } => {
  const tensors = args.filter(isTensor)
  const host = tensors.find(({ builder }) => !builder.isConstant) ?? tensors[0]
  if (host === undefined) {
    return fail(
      "wrong-argument",
      "none of the arguments is a tensor\nmake one of them a tensor with constant(...), or compute in JavaScript",
    )
  }
  const { builder, label } = host
  return args.map((arg) =>
    isTensor(arg) && arg.builder === builder ? arg : host.derive(nodeIn(builder, arg, label), label),
  ) as { [K in keyof A]: Tensor }
}

/**
 * A value as a node of the given trace: plain values and constants of elsewhere become constants.
 * Throws ProgramError for what another trace computes.
 */
export const nodeIn = (builder: TraceBuilder, value: TensorLike, label?: string): Node => {
  if (!isTensor(value)) return builder.make("constant", [], literalOf(value), originHere(label))
  if (value.builder === builder) return value.node
  if (isConstant(value)) return builder.make("constant", [], value.node.attrs, originHere(label))
  return fail(
    "foreign-tensor",
    `${value.toString()} belongs to another trace\n` +
      "a tensor lives only inside the function that was traced; return it there and pass it on as an input",
    value,
  )
}

/** A tensor whose values are known while tracing. */
export type ConstantTensor = Tensor & { readonly node: NodeOf<"constant"> }
export const isConstant = (tensor: Tensor): tensor is ConstantTensor => tensor.node.op === "constant"

/** A tensor of integers: its type has exact bounds. */
export type IntTensor = Tensor & { readonly node: Node & { readonly type: IntType } }
export const isInt = (tensor: Tensor): tensor is IntTensor => tensor.node.type.kind === "int"

/** The arguments as integer tensors. Throws ProgramError naming the operation when one is real. */
export const integersOf = <const A extends readonly TensorLike[]>(
  name: string,
  ...args: A
): { [K in keyof A]: IntTensor } =>
  operandsOf(...args).map((tensor) =>
    isInt(tensor)
      ? tensor
      : fail(
          "not-integer",
          `${name} of a real value, but only integers are supported\nround it first: round, floor, ceil, trunc or toInt`,
          tensor,
        ),
  ) as { [K in keyof A]: IntTensor }
