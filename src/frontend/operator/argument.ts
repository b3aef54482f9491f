import { form, type Integer, isArrayLike } from "../../data/index.ts"
import type { Axes, ShapeLike } from "../core/axes.ts"
import type { TensorLike } from "../core/operands.ts"
import { isTensor } from "../core/tensor-base.ts"
import type { Argument, Reading } from "./parameter.ts"

/** What an argument may be; elements of lists are left to who reads them. */
export const argument = <T>(
  noun: string,
  needed: string,
  accepts: (value: unknown) => boolean,
  reading: Reading = "plain",
): Argument<T> => ({ ...form<T>(needed, accepts), noun, reading })

const isNumber = (value: unknown): boolean => typeof value === "number"
const isList = (value: unknown): boolean => isArrayLike(value)

/** A tensor, a number, or nested or typed arrays of numbers. */
export const tensor = argument<TensorLike>(
  "a tensor",
  "a tensor, a number or nested arrays",
  (value) => ["number", "bigint", "boolean"].includes(typeof value) || isList(value) || isTensor(value),
  "tensor",
)

/** A tensor, or null where numpy takes None. */
export const tensorOrNull = argument<TensorLike | null>(
  "a tensor",
  "a tensor, a number, nested arrays or null",
  (value) => value === null || tensor.accepts(value),
  "tensor",
)

/** Several tensors in a list. */
export const tensors = argument<readonly TensorLike[]>(
  "a list of tensors",
  "a list of tensors",
  (value) => Array.isArray(value),
  "tensors",
)

/** One axis. */
export const axis = argument<number>("an axis", "an integer", isNumber)

/** One axis, or null for all elements in row-major order. */
export const axisOrNull = argument<number | null>(
  "an axis",
  "an integer or null",
  (value) => value === null || isNumber(value),
)

/** An axis, several of them, or null for all. */
export const axesOrNull = argument<Axes | null>(
  "an axis",
  "an integer, a list of integers or null",
  (value) => value === null || isNumber(value) || isList(value),
)

/** An axis or several of them. */
export const axes = argument<Axes>(
  "an axis",
  "an integer or a list of integers",
  (value) => isNumber(value) || isList(value),
)

/** Extents, or one extent for a vector. */
export const shape = argument<ShapeLike>(
  "an extent of a shape",
  "an integer or a list of integers",
  (value) => isNumber(value) || isList(value),
)

/** A whole number that the shape of the program depends on. */
export const integer = (noun: string): Argument<number> =>
  argument(noun, "an integer", (value) => Number.isSafeInteger(value))

/** A number whose rule its reader has. */
export const number = (noun: string): Argument<number> => argument(noun, "a number", isNumber)

/** One whole number for all, or a list of them. */
export const integers = (noun: string): Argument<number | readonly number[]> =>
  argument(noun, "an integer or a list of integers", (value) => isNumber(value) || isList(value))

/** An exact integer of any size. */
export const exact = (noun: string): Argument<Integer> =>
  argument(noun, "an integer", (value) => isNumber(value) || typeof value === "bigint")

/** True or false. */
export const flag = (noun: string): Argument<boolean> =>
  argument(noun, "true or false", (value) => typeof value === "boolean")

/** A function or whatever else formulas cannot write. */
export const javascript = <T>(
  noun: string,
  needed: string,
  accepts: (value: unknown) => boolean,
): Argument<T> => argument(noun, needed, accepts, "javascript")

/** What is checked where it is read; tensors are taken, too. */
export const index = <T>(noun: string): Argument<T> =>
  argument(
    noun,
    "an integer, a list, null or a tensor",
    (value) => value === null || isNumber(value) || isList(value) || isTensor(value),
    "either",
  )
