import { printShape, sizeOf } from "../../../data/index.ts"
import { rowStrides } from "../../../ir/index.ts"
import { fail } from "../../core/fail.ts"
import { type ConstantTensor, isConstant, operandsOf } from "../../core/operands.ts"
import { indices } from "../../core/static-positions.ts"
import { isTensor } from "../../core/tensor-base.ts"
import { isTruth } from "../../core/truth-value.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { reshape } from "../shape/reshape.ts"
import { isBooleans, type Mask } from "./booleans.ts"

/** What a mask says of some axes: the places of all true elements in row-major order. */
interface Placed {
  readonly shape: readonly number[]
  readonly flat: readonly number[]
}

/** Whether an index is a mask that is known: booleans, or a constant tensor of them. */
const isMask = (value: unknown): value is Mask | ConstantTensor =>
  isTensor(value) ? value.isMask && isConstant(value) : isBooleans(value)

const placed = (mask: Mask | ConstantTensor): Placed => {
  if (isTensor(mask)) {
    const { values } = mask.node.attrs.value
    return { shape: mask.shape, flat: indices(mask.size).filter((i) => Number(values[i]) === 1) }
  }
  const shape: number[] = []
  for (let at: unknown = mask; Array.isArray(at); at = at[0]) shape.push(at.length)
  const leaves = (mask as readonly unknown[]).flat(Number.POSITIVE_INFINITY)
  if (leaves.length !== sizeOf(shape))
    fail("wrong-shape", `a mask of rows that differ in length, of shape ${printShape(shape)} at first`)
  return { shape, flat: leaves.flatMap((isOne, i) => (isOne === true ? [i] : [])) }
}

/** The places of a mask for axes from `axis` on. Throws ProgramError when their extents differ. */
const fitting = (mask: Mask | ConstantTensor, a: Tensor, axis: number): Placed => {
  const result = placed(mask)
  const own = a.shape.slice(axis, axis + result.shape.length)
  if (printShape(own) !== printShape(result.shape)) {
    fail(
      "wrong-shape",
      `a mask of shape ${printShape(result.shape)} for axes of shape ${printShape(own)}; they must be equal`,
      a,
    )
  }
  return result
}

/** Throws ProgramError for a mask that is not known while tracing. */
export const refuseSecretMasks = (name: string, given: readonly unknown[]): void => {
  const mask = given.find((index) => isTensor(index) && !isConstant(index) && isTruth(index.node))
  if (mask === undefined) return
  fail(
    "data-dependent",
    `${name} by a mask that is not known while tracing: how many elements it keeps, and so the shape, is not either\n` +
      "choose with where(mask, x, 0), or multiply by the mask; take reads 0 and 1 as places",
    mask as Tensor,
  )
}

/** Indices for several axes, each mask as an index for every axis that it has. */
export const unmasked = (a: Tensor, given: readonly unknown[]): unknown[] => {
  let axis = 0
  return given.flatMap((index) => {
    if (!isMask(index)) {
      axis++
      return [index]
    }
    const { shape, flat } = fitting(index, a, axis)
    axis += shape.length
    const strides = rowStrides(shape)
    return shape.map((extent, k) => flat.map((place) => Math.floor(place / strides[k]!) % extent))
  })
}

/**
 * The tensor and the entries of a slice without masks: axes that one mask covers become a single axis, and its places an
 * index tensor.
 */
export const withoutMasks = <E>(
  a: Tensor,
  entries: readonly E[],
): { tensor: Tensor; entries: (Exclude<E, Mask> | Tensor)[] } => {
  let shape = [...a.shape]
  let tensor = a
  const result = entries.map((entry, axis): Exclude<E, Mask> | Tensor => {
    if (!isMask(entry)) return entry as Exclude<E, Mask>
    const mask = fitting(entry, tensor, axis)
    shape = shape.toSpliced(axis, mask.shape.length, sizeOf(mask.shape))
    tensor = reshape(a, shape)
    return operandsOf([...mask.flat], a)[0]
  })
  return { tensor, entries: result }
}
