import { printShape, sizeOf } from "../../data/index.ts"
import { literal, rowStrides } from "../../ir/index.ts"
import { fail } from "../core/fail.ts"
import { make } from "../core/make.ts"
import { isConstant } from "../core/operands.ts"
import { constant } from "../create/constant.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { plainOf } from "./functions.ts"

const LONGEST_RANGE = 2 ** 20

/** The integers from `start` to `stop`, both included as in mathjs, as a constant. */
export const integersFrom = (start: Tensor, stop: Tensor, step: Tensor): Tensor => {
  const [from, to, by] = [whole("the start", start), whole("the end", stop), whole("the step", step)]
  if (by === 0) fail("wrong-argument", "a range with step 0")
  const count = Math.max(0, Math.floor((to - from) / by) + 1)
  if (count > LONGEST_RANGE)
    fail("too-large", `a range of ${count} integers, of which at most ${LONGEST_RANGE} are made`)
  return constant(Float64Array.from({ length: count }, (_, i) => from + i * by))
}

/** The extent that `end` stands for on one axis of the value that is indexed. */
export const extentOf = (x: Tensor, axis: number): Tensor =>
  constant(x.shape[axis] ?? fail("wrong-shape", `index ${axis + 1} of a value of ${axesOf(x)}`))

/** An index of one axis, counted from 1, if that axis has it. */
export const checkIndex = (x: Tensor, index: Tensor, axis: number): Tensor => {
  const extent = x.shape[axis] ?? fail("wrong-shape", `index ${axis + 1} of a value of ${axesOf(x)}`)
  if (!isConstant(index)) {
    fail(
      "data-dependent",
      `an index is ${index.toString()}\nwrite at(x, i), which counts from 0, for an index that is not constant`,
    )
  }
  for (const i of [plainOf(index, "an index")].flat()) {
    if (typeof i === "number" && Number.isInteger(i) && i >= 1 && i <= extent) continue
    fail("out-of-range", `index ${i} on an axis of ${extent} elements, which formulas count from 1`)
  }
  return index
}

/** Part of a tensor by checked indices, one for each axis: a number drops its axis, a vector chooses from it. */
export const elementsAt = (x: Tensor, indices: readonly Tensor[]): Tensor => {
  if (indices.length !== x.ndim) {
    const count = indices.length === 1 ? "1 index" : `${indices.length} indices`
    const fix = x.ndim === 0 ? "" : `\ngive one for each axis: x[1${", :".repeat(x.ndim - 1)}]`
    fail("wrong-shape", `${count} of a value of ${axesOf(x)}${fix}`)
  }
  const strides = rowStrides(x.shape)
  const shape = indices.filter(({ ndim }) => ndim > 0).map(({ size }) => size)
  let places = [0]
  if (sizeOf(shape) > 2 ** 26) fail("too-large", `the shape ${printShape(shape)} has too many elements`)
  indices.forEach((index, axis) => {
    const chosen = ([plainOf(index, "an index")] as number[]).flat()
    places = places.flatMap((place) => chosen.map((i) => place + (i - 1) * strides[axis]!))
  })
  return make("gather", [x], { indices: literal(places), shape })
}

const axesOf = (x: Tensor): string => {
  if (x.ndim === 0) return "no axes"
  return `${x.ndim === 1 ? "1 axis" : `${x.ndim} axes`} (shape ${printShape(x.shape)})`
}

const whole = (what: string, value: Tensor): number => {
  const plain = plainOf(value, `${what} of a range`)
  if (typeof plain === "number" && Number.isSafeInteger(plain)) return plain
  return fail("not-integer", `${what} of a range is ${value.ndim === 0 ? plain : "a list"}, no integer`)
}
