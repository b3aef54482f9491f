// Case groups 33 and 34: tensors joined and parted, arrays of scalars, and constants.
import { describe, expect, it } from "vitest"
import {
  arange,
  array,
  clear,
  concat,
  constant,
  enc,
  eye,
  full,
  fullLike,
  identity,
  ones,
  onesLike,
  range,
  split,
  stack,
  type Tensor,
  uint,
  zeros,
  zerosLike,
} from "../../src/frontend/index.ts"
import { moved } from "./cases.ts"
import { broadcast, build, flat, fold, get, type Nested, shapeOf } from "./reference.ts"
import { that } from "./support.ts"

const joinedAt = (parts: readonly Nested[], axis: number): Nested => {
  const shapes = parts.map(shapeOf)
  const extent = shapes.reduce((n, shape) => n + shape[axis]!, 0)
  return build(shapes[0]!.with(axis, extent), (at) => {
    let place = at[axis]!
    let part = 0
    while (place >= shapes[part]![axis]!) place -= shapes[part++]![axis]!
    return get(parts[part]!, at.with(axis, place))
  })
}

describe("joining and parting", () => {
  it.each([
    ...[0, 1, -1].map((axis) =>
      that(
        `concat of encrypted, clear and constant parts along ${axis}`,
        { x: enc(range(-9, 9), [2, 2]), y: clear(uint(3), [2, 2]) },
        ({ x, y }) =>
          concat(
            [
              x,
              y,
              [
                [1, 2],
                [3, 4],
              ],
              x,
            ],
            { axis },
          ),
        ({ x, y }) =>
          joinedAt(
            [
              x,
              y,
              [
                [1, 2],
                [3, 4],
              ],
              x,
            ],
            (axis + 2) % 2,
          ),
      ),
    ),
    that(
      "stack along each axis",
      { x: enc(uint(3), [2]), y: enc(uint(2), [2]) },
      ({ x, y }) => [stack([x, y]), stack([x, y], { axis: 1 }), x.concatenate([y])],
      ({ x, y }) => [[x, y], build([2, 2], ([i, j]) => get([x, y], [j!, i!])), [...flat(x), ...flat(y)]],
    ),
    that(
      "an array of encrypted and clear scalars and numbers",
      { x: enc(uint(3)), y: enc(range(-4, 0)), z: clear(uint(2)) },
      ({ x, y, z }) => [
        array([
          [x, y],
          [y, x],
        ]),
        array([
          [x, z, 7],
          [0, y, x],
        ]),
        array([stack([x, y]), [1, 2]]),
      ],
      ({ x, y, z }) => [
        [
          [x, y],
          [y, x],
        ],
        [
          [x, z, 7],
          [0, y, x],
        ],
        [
          [x, y],
          [1, 2],
        ],
      ],
    ),
    moved(
      "split",
      [4, 3],
      (x) => [...split(x, 2), ...x.split([1, 2], { axis: 1 })],
      (x) => {
        const rows = x as Nested[]
        return [
          rows.slice(0, 2),
          rows.slice(2),
          ...[0, 1, 2].map((j) => build([4, 1], ([i]) => get(x, [i!, j]))),
        ]
      },
    ),
  ])("%s", (_name, run) => run())
})

describe("making tensors", () => {
  const values = (tensor: Tensor): unknown => {
    const { attrs } = tensor.node as unknown as { attrs: { value: { values: ArrayLike<number> } } }
    return fold(Array.from(attrs.value.values), tensor.shape)
  }

  it("constants of a shape", () => {
    expect(values(zeros([2, 1]))).toEqual([[0], [0]])
    expect(values(ones([2]))).toEqual([1, 1])
    expect(values(ones())).toBe(1)
    expect(values(full([1, 2], -7))).toEqual([[-7, -7]])
    expect(zeros([2, 0, 3]).shape).toEqual([2, 0, 3])
    expect(values(constant([[1], [2]]))).toEqual([[1], [2]])
  })

  it("arange and identities", () => {
    expect(values(arange(4))).toEqual([0, 1, 2, 3])
    expect(values(arange(2, 9, 3))).toEqual([2, 5, 8])
    expect(values(arange(3, -2, -2))).toEqual([3, 1, -1])
    expect(values(arange(3, 3))).toEqual([])
    expect(values(identity(2))).toEqual([
      [1, 0],
      [0, 1],
    ])
    expect(values(eye(2, 3, { k: 1 }))).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ])
  })

  it.each([
    moved(
      "zerosLike, onesLike and fullLike",
      [2, 1],
      (x) => [zerosLike(x), onesLike(x).add(x.zerosLike()).add(x), fullLike(x, 4)],
      (x) => [[[0], [0]], build([2, 1], (at) => get(x, at) + 1), [[4], [4]]],
    ),
  ])("%s", (_name, run) => run())

  it("shapes broadcast as this file believes", () => {
    expect(broadcast([2, 1], [3])).toEqual([2, 3])
    expect(broadcast([2], [3])).toBeUndefined()
  })
})
