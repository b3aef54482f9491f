import type { Integer, Nested, NestedResult, ProgramResult } from "../../data/index.ts"
import type { Tensor } from "./tensor.ts"

/** What comes back where a traced function returns `R`: its records and arrays, with values for tensors. */
export type ResultOf<R> = Nested extends R
  ? Readonly<Record<string, Tensor>> extends R
    ? ProgramResult
    : NestedResult
  : R extends Tensor
    ? NestedResult
    : R extends Integer | boolean
      ? Integer
      : R extends readonly unknown[]
        ? { -readonly [K in keyof R]: ResultOf<R[K]> }
        : R extends ArrayLike<unknown>
          ? Integer[]
          : { -readonly [K in keyof R]: ResultOf<R[K]> }
