import { clear, enc, range, type Tensor } from "../../src/frontend/index.ts"
import { build, elementwise, type Nested } from "./reference.ts"
import { type Case, that } from "./support.ts"

/** A function of one value, at every value of a range. */
export const everywhere = (
  name: string,
  lo: number,
  hi: number,
  fn: (x: Tensor) => Tensor,
  plain: (x: number) => number,
): Case =>
  that(
    name,
    { x: enc(range(lo, hi), [hi - lo + 1]) },
    ({ x }) => fn(x),
    ({ x }) => elementwise(plain, x),
    { samples: [{ x: build([hi - lo + 1], ([i]) => lo + i!) }] },
  )

/** A function of one encrypted value, of several shapes. */
export const unary = (
  name: string,
  [lo, hi]: readonly [number, number],
  shapes: readonly number[][],
  fn: (x: Tensor) => Tensor,
  plain: (x: number) => number,
): Case[] =>
  shapes.map((shape) =>
    that(
      `${name} of shape [${shape}]`,
      { x: enc(range(lo, hi), shape) },
      ({ x }) => fn(x),
      ({ x }) => elementwise(plain, x),
    ),
  )

/** A function of two values that broadcast, in all mixtures of encrypted and clear that are not all clear. */
export const binary = (
  name: string,
  [p, q]: readonly [readonly [number, number], readonly [number, number]],
  [s, r]: readonly [readonly number[], readonly number[]],
  fn: (x: Tensor, y: Tensor) => Tensor,
  plain: (x: number, y: number) => number,
): Case[] =>
  ([enc, clear] as const).flatMap((first) =>
    ([enc, clear] as const).flatMap((second) =>
      first === clear && second === clear
        ? []
        : [
            that(
              `${name} of ${first.name} [${s}] and ${second.name} [${r}]`,
              { x: first(range(...p), s), y: second(range(...q), r) },
              ({ x, y }) => fn(x, y),
              ({ x, y }) => elementwise(plain, x, y),
            ),
          ],
    ),
  )

/** A movement of the elements of one tensor. */
export const moved = (
  name: string,
  shape: readonly number[],
  fn: (x: Tensor) => Tensor | Tensor[],
  plain: (x: Nested) => unknown,
): Case =>
  that(
    `${name} of [${shape}]`,
    { x: enc(range(-9, 9), shape) },
    ({ x }) => fn(x),
    ({ x }) => plain(x),
  )
