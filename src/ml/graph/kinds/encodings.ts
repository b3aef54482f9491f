import { printShape, unknownCategory } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import { kind } from "../kind.ts"

export interface OneHotAttributes {
  /** For each element of the operand, a vector, the values that have a place of their own. */
  readonly categories: readonly Float64Array[]
  /** Whether values without a place are refused rather than give zeros only. */
  readonly strict?: boolean
}
export interface LookupAttributes {
  readonly keys: Float64Array
  readonly values: Float64Array
  /** The result for everything that is no key. */
  readonly otherwise: number
  /** Whether what is no key is refused instead. */
  readonly strict?: boolean
}

/** Whether two categories are the same: NaN is one like any other. */
const isSame = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b))

export const encodings = {
  oneHot: kind<OneHotAttributes>({
    doc: "For each element, 1 at the place of its category and 0 elsewhere; unknown values give zeros only.",
    arity: 1,
    infer: ([x], { categories }) => {
      if (x!.length !== 1 || x![0] !== categories.length) {
        fail(
          "damaged-model",
          `categories of ${categories.length} features do not fit a value of shape ${printShape(x!)}`,
        )
      }
      return [categories.reduce((sum, list) => sum + list.length, 0)]
    },
    evaluate: ([x], { categories, strict = false }) =>
      Float64Array.from(
        categories.flatMap((list, i) => {
          const value = x!.values[i]!
          if (strict && !list.includes(value)) return fail("wrong-rows", unknownCategory(value, list))
          return Array.from(list, (c) => Number(isSame(c, value)))
        }),
      ),
  }),
  lookup: kind<LookupAttributes>({
    doc: "Each element replaced by the value that belongs to it as a key.",
    arity: 1,
    infer: ([x], { keys, values }) => {
      if (keys.length !== values.length)
        fail("damaged-model", `${keys.length} keys have ${values.length} values`)
      return x!
    },
    evaluate: ([x], { keys, values, otherwise, strict = false }) => {
      const table = new Map(Array.from(keys, (key, i) => [key, values[i]!]))
      return x!.values.map(
        (key) => table.get(key) ?? (strict ? fail("wrong-rows", unknownCategory(key, keys)) : otherwise),
      )
    },
  }),
}
