// Where numpy refuses shapes, axes or indices, so does a traced function, and nowhere else.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ProgramError } from "../../src/data/index.ts"
import { concat, enc, range, split, stack, type Tensor, trace, uint } from "../../src/frontend/index.ts"
import { broadcast } from "./reference.ts"

/** The shape of a result; "refused" where a ProgramError is thrown. */
const shapeOr = (shape: readonly number[], fn: (x: Tensor) => Tensor): string => {
  try {
    const { program } = trace("f", { x: enc(uint(2), shape) }, ({ x }) => fn(x))
    return program.outputs.get("y")!.type.shape.join()
  } catch (error) {
    if (error instanceof ProgramError) return "refused"
    throw error
  }
}

const extents = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 })
const axes = fc.array(fc.integer({ min: -4, max: 3 }), { maxLength: 3 })
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** Axes counted from 0, each once; undefined where numpy refuses. */
const known = (given: readonly number[], rank: number): number[] | undefined => {
  const list = given.map((axis) => (axis < 0 ? axis + rank : axis))
  const isValid = list.every((axis) => axis >= 0 && axis < rank) && new Set(list).size === list.length
  return isValid ? list : undefined
}

const agreesOn = <T>(drawn: fc.Arbitrary<T>, check: (value: T) => readonly [string, string]): void => {
  let refused = 0
  fc.assert(
    fc.property(drawn, (value) => {
      const [actual, expected] = check(value)
      if (expected === "refused") refused++
      expect(actual).toBe(expected)
    }),
    { numRuns: 150 },
  )
  expect(refused).toBeGreaterThan(5)
}

describe("shapes and axes", () => {
  it("broadcast as numpy's", () => {
    agreesOn(fc.tuple(extents, extents), ([p, q]) => {
      const ones = (shape: readonly number[]): never =>
        (shape.length === 0 ? 1 : Array.from({ length: shape[0]! }, () => ones(shape.slice(1)))) as never
      return [shapeOr(p, (x) => x.add(ones(q))), broadcast(p, q)?.join() ?? "refused"]
    })
  })

  it("broadcastTo", () => {
    agreesOn(fc.tuple(extents, extents), ([p, q]) => {
      const result = broadcast(p, q)
      return [
        shapeOr(p, (x) => x.broadcastTo(q)),
        result !== undefined && result.join() === q.join() && p.length <= q.length ? q.join() : "refused",
      ]
    })
  })

  it("reshape, with at most one open extent", () => {
    agreesOn(fc.tuple(extents, fc.array(fc.constantFrom(-1, 1, 2, 3), { maxLength: 3 })), ([p, q]) => {
      const rest = size(q.filter((n) => n >= 0))
      const open = q.filter((n) => n < 0).length
      const fits = open === 0 ? rest === size(p) : open === 1 && size(p) % rest === 0
      return [
        shapeOr(p, (x) => x.reshape(q)),
        fits ? q.map((n) => (n < 0 ? size(p) / rest : n)).join() : "refused",
      ]
    })
  })

  it.each(["sum", "max", "min", "prod", "any", "all"] as const)("%s over axes", (name) => {
    agreesOn(fc.tuple(extents, axes, fc.boolean()), ([p, list, keepDims]) => {
      const places = known(list, p.length)
      const kept = p.flatMap((n, axis) => (places?.includes(axis) ? (keepDims ? [1] : []) : [n]))
      return [
        shapeOr(p, (x) => x[name]({ axis: list, keepDims })),
        places === undefined ? "refused" : kept.join(),
      ]
    })
  })

  it.each([
    [
      "argmax",
      (x: Tensor, axis: number) => x.argmax({ axis }),
      (p: number[], axis: number) => p.toSpliced(axis, 1),
    ],
    ["cumsum", (x: Tensor, axis: number) => x.cumsum({ axis }), (p: number[]) => p],
    ["sort", (x: Tensor, axis: number) => x.sort({ axis }), (p: number[]) => p],
    ["flip", (x: Tensor, axis: number) => x.flip({ axis }), (p: number[]) => p],
    [
      "repeat",
      (x: Tensor, axis: number) => x.repeat(2, { axis }),
      (p: number[], axis: number) => p.with(axis, 2 * p[axis]!),
    ],
    [
      "concat",
      (x: Tensor, axis: number) => concat([x, x], { axis }),
      (p: number[], axis: number) => p.with(axis, 2 * p[axis]!),
    ],
    ["split", (x: Tensor, axis: number) => split(x, 1, { axis })[0]!, (p: number[]) => p],
    [
      "diff",
      (x: Tensor, axis: number) => x.diff({ axis }),
      (p: number[], axis: number) => p.with(axis, p[axis]! - 1),
    ],
  ] as const)("%s along one axis", (_name, fn, shape) => {
    agreesOn(fc.tuple(extents, fc.integer({ min: -4, max: 3 })), ([p, axis]) => {
      const place = known([axis], p.length)?.[0]
      return [shapeOr(p, (x) => fn(x, axis)), place === undefined ? "refused" : shape(p, place).join()]
    })
  })

  it("expandDims, squeeze, transpose, swapAxes, stack", () => {
    agreesOn(fc.tuple(extents, axes), ([p, list]) => {
      const places = known(list, p.length + list.length)
      const rest = [...p]
      const shape = [...p, ...list].map((_, axis) => (places?.includes(axis) ? 1 : rest.shift()!))
      return [shapeOr(p, (x) => x.expandDims(list)), places === undefined ? "refused" : shape.join()]
    })
    agreesOn(fc.tuple(extents, axes), ([p, list]) => {
      const places = known(list, p.length)
      const isUnit = places?.every((axis) => p[axis] === 1)
      return [
        shapeOr(p, (x) => x.squeeze({ axis: list })),
        isUnit ? p.filter((_, axis) => !places!.includes(axis)).join() : "refused",
      ]
    })
    agreesOn(fc.tuple(extents, axes), ([p, list]) => {
      const places = known(list, p.length)
      const isOrder = places !== undefined && places.length === p.length
      return [
        shapeOr(p, (x) => x.transpose(list)),
        isOrder ? places.map((axis) => p[axis]).join() : "refused",
      ]
    })
    agreesOn(fc.tuple(extents, fc.integer({ min: -4, max: 3 })), ([p, axis]) => {
      const place = known([axis], p.length + 1)?.[0]
      return [
        shapeOr(p, (x) => stack([x, x], { axis })),
        place === undefined ? "refused" : p.toSpliced(place, 0, 2).join(),
      ]
    })
  })

  it("indices", () => {
    agreesOn(fc.tuple(extents, fc.array(fc.integer({ min: -4, max: 3 }), { maxLength: 3 })), ([p, list]) => {
      const isInside = list.length <= p.length && list.every((i, axis) => i >= -p[axis]! && i < p[axis]!)
      const shape = p.slice(list.length).join()
      const actual = shapeOr(p, (x) => x.at(...list))
      if (list.length > 0) {
        expect(shapeOr(p, (x) => x.set(list, 0))).toBe(isInside ? p.join() : "refused")
        expect(shapeOr(p, (x) => x.at(...list.map((i) => [i])))).toBe(
          isInside ? [1, ...p.slice(list.length)].join() : "refused",
        )
      }
      return [actual, isInside ? shape : "refused"]
    })
  })
})

describe("what cannot be done says so", () => {
  const remark = (fn: (x: Tensor, wide: Tensor) => Tensor): string => {
    try {
      trace("f", { x: enc(range(-4, 3), [3]), wide: enc(uint(20)) }, ({ x, wide }) => fn(x, wide))
    } catch (error) {
      const lines = (error as Error).message.split("\n")
      return lines
        .filter((line) => !/^ {2}(%|\^)/.test(line))
        .map((line) => line.trim())
        .join("\n")
    }
    return "nothing is thrown"
  }

  it.each<[string, (x: Tensor, wide: Tensor) => Tensor, string]>([
    [
      "an extreme of nothing",
      (x) => x.slice([0, 0]).max(),
      "max of shape [0]: there are no elements to compare",
    ],
    ["a mean of nothing", (x) => x.slice([0, 0]).mean(), "mean of no elements"],
    [
      "more elements than there are",
      (x) => x.topK(4),
      "topK of 4 elements along an axis of shape [3], which has 3",
    ],
    [
      "a negative shift",
      (x) => x.shl(-1),
      "shl by -1..-1 places; shifts are from 0 to 52\nnarrow it with clip, or shift the other way",
    ],
    [
      "a shift that may be negative",
      (x) => x.shr(x),
      "shr by -4..3 places; shifts are from 0 to 52\nnarrow it with clip, or shift the other way",
    ],
    ["a bit from the back", (x) => x.bits(-1), "bit -1: bits are counted from the lowest, 0"],
    [
      "bits without end of a signed value",
      (x) => x.bits([1]),
      "bits without a stop of a value in -4..3, whose sign goes on for ever\ngive the stop: bits([start, stop])",
    ],
    [
      "bits in reverse without a start",
      (x) => x.bits([null, 1, -1]),
      "bits in reverse order without a start\ngive the first bit: bits([start, stop, -1])",
    ],
    [
      "an offset and wrap",
      (x) => x.lookup([1, 2], { offset: 1, wrap: true }),
      "a table with an offset and wrap\nof a table that wraps, entry 0 is for 0",
    ],
    [
      "a table that wraps and is too short",
      (x) => x.lookup([1, 2, 3], { wrap: true }),
      "the table covers -3..2, but the value lies in -4..3\ngive one entry for every value, or narrow the value with clip or assume",
    ],
    [
      "too many combinations",
      (x, wide) => x.multivariate([wide], (a, b) => a + b),
      "multivariate over -4..3 and 0..1048575, which make more than the 65537 pairs a table is made for\nnarrow them first: declare narrower inputs, or assume(lo, hi); clip and floorDiv are tables of the same values",
    ],
    [
      "a real index",
      (x) => x.at(x.div(2)),
      "Tensor<enc real -2.0..1.5[3]> is given as an index, which must be an integer\nround it first",
    ],
    [
      "a value that does not fit",
      (x) => x.set([[0, 2]], [1, 2, 3]),
      "a value of shape [3] is set to a part of shape [2]",
    ],
    ["split into unequal parts", (x) => split(x, 2)[0]!, "split of 3 elements into 2 equal parts"],
    [
      "an unknown mode",
      (x) => x.pad(1, { mode: "mean" as never }),
      'there is no mode "mean" of pad; modes are constant, edge, symmetric, reflect, wrap',
    ],
    ["a negative width", (x) => x.pad(-1), "pad by -1 elements\nuse slice to take elements away"],
    [
      "a divisor that may be 0",
      (x) => x.mod(x),
      "mod by a value in -4..3, which may be 0\nexclude 0 with clip, maximum or assume, or say what comes out there in a function of two, for map2",
    ],
  ])("%s", (_name, fn, message) => {
    expect(remark(fn)).toBe(message)
  })
})
