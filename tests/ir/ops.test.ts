import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Nested, sizeOf } from "../../src/data/index.ts"
import {
  Builder,
  evaluate,
  foldNode,
  intType,
  literal,
  type Node,
  type NodeOf,
  parseExpression,
  printType,
  realLiteral,
} from "../../src/ir/index.ts"

type Shape = readonly number[]

const enc = (lo: number | bigint, hi: number | bigint, shape: Shape = []) =>
  intType(true, BigInt(lo), BigInt(hi), shape)

/** Builds a one-output program around `make` and evaluates it. */
const run = (
  inputs: Record<string, { type: ReturnType<typeof enc>; value: Nested }>,
  make: (builder: Builder, ...nodes: Node[]) => Node,
) => {
  const builder = new Builder()
  const nodes = Object.entries(inputs).map(([name, { type }]) => builder.make("input", [], { name, type }))
  const node = make(builder, ...nodes)
  const program = {
    name: "t",
    inputs: nodes as NodeOf<"input">[],
    outputs: new Map([["y", node]]),
    origins: builder.origins,
  }
  const values = Object.fromEntries(Object.entries(inputs).map(([name, { value }]) => [name, value]))
  return { type: printType(node.type), value: evaluate(program, values)["y"] }
}

const tensor = (shape: Shape, limit: bigint): fc.Arbitrary<bigint[]> =>
  fc.array(fc.bigInt({ min: -limit, max: limit }), { minLength: sizeOf(shape), maxLength: sizeOf(shape) })

const fold = (flat: readonly bigint[], shape: Shape): Nested => {
  if (shape.length === 0) return flat[0]!
  const size = sizeOf(shape.slice(1))
  return Array.from({ length: shape[0]! }, (_, i) =>
    fold(flat.slice(i * size, (i + 1) * size), shape.slice(1)),
  )
}

const flat = (value: unknown): bigint[] => [value].flat(Infinity as 1).map((v) => BigInt(v as number))

describe("against naive references, below and above 2^53", () => {
  const limits = fc.constantFrom(5n, 2n ** 20n, 2n ** 40n, 2n ** 61n)

  test("matmul", () => {
    const cases = fc
      .tuple(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        limits,
      )
      .chain(([n, m, p, limit]) =>
        fc.tuple(fc.constant([n, m, p, limit] as const), tensor([n, m], limit), tensor([m, p], limit)),
      )
    fc.assert(
      fc.property(cases, ([[n, m, p, limit], a, b]) => {
        const { value } = run(
          {
            a: { type: enc(-limit, limit, [n, m]), value: fold(a, [n, m]) },
            b: { type: enc(-limit, limit, [m, p]), value: fold(b, [m, p]) },
          },
          (builder, x, y) => builder.make("matmul", [x!, y!], {}),
        )
        const expected = Array.from({ length: n * p }, (_, i) => {
          let sum = 0n
          for (let k = 0; k < m; k++) sum += a[Math.floor(i / p) * m + k]! * b[k * p + (i % p)]!
          return sum
        })
        expect(flat(value)).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  test("matmul with stacks of matrices broadcasts as numpy does", () => {
    const { value, type } = run(
      {
        a: { type: enc(0, 9, [2, 1, 1, 2]), value: [[[[1, 2]]], [[[3, 4]]]] },
        b: {
          type: enc(0, 9, [3, 2, 1]),
          value: [
            [[1], [0]],
            [[0], [1]],
            [[1], [1]],
          ],
        },
      },
      (builder, x, y) => builder.make("matmul", [x!, y!], {}),
    )
    expect(type).toBe("enc 0..162[2,3,1,1]")
    expect(flat(value)).toEqual([1n, 2n, 3n, 3n, 4n, 7n])
  })

  test("sum over any axes", () => {
    const cases = fc
      .tuple(fc.subarray([0, 1, 2]), limits)
      .chain(([axes, limit]) => fc.tuple(fc.constant(axes), fc.constant(limit), tensor([2, 3, 2], limit)))
    fc.assert(
      fc.property(cases, ([axes, limit, a]) => {
        const { value } = run(
          { a: { type: enc(-limit, limit, [2, 3, 2]), value: fold(a, [2, 3, 2]) } },
          (builder, x) => builder.make("sum", [x!], { axes }),
        )
        const sums = new Map<string, bigint>()
        a.forEach((v, i) => {
          const at = [Math.floor(i / 6), Math.floor(i / 2) % 3, i % 2]
            .filter((_, axis) => !axes.includes(axis))
            .join()
          sums.set(at, (sums.get(at) ?? 0n) + v)
        })
        expect(flat(value)).toEqual([...sums.values()])
      }),
      { numRuns: 100 },
    )
  })

  test.each(["add", "sub", "mul"] as const)("%s broadcasts as numpy does", (op) => {
    const apply = {
      add: (x: bigint, y: bigint) => x + y,
      sub: (x: bigint, y: bigint) => x - y,
      mul: (x: bigint, y: bigint) => x * y,
    }
    fc.assert(
      fc.property(
        limits.chain((limit) => fc.tuple(fc.constant(limit), tensor([2, 1], limit), tensor([3], limit))),
        ([limit, a, b]) => {
          const { value } = run(
            {
              a: { type: enc(-limit, limit, [2, 1]), value: fold(a, [2, 1]) },
              b: { type: enc(-limit, limit, [3]), value: b },
            },
            (builder, x, y) => builder.make(op, [x!, y!], {}),
          )
          expect(flat(value)).toEqual(a.flatMap((x) => b.map((y) => apply[op](x, y))))
        },
      ),
      { numRuns: 100 },
    )
  })

  test("transpose, broadcast and concat move the elements where numpy does", () => {
    const a = {
      type: enc(0, 9, [2, 3]),
      value: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    }
    expect(run({ a }, (b, x) => b.make("transpose", [x!], { axes: [1, 0] })).value).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ])
    expect(run({ a }, (b, x) => b.make("concat", [x!, x!], { axis: 1n })).value).toEqual([
      [1, 2, 3, 1, 2, 3],
      [4, 5, 6, 4, 5, 6],
    ])
    const row = { type: enc(0, 9, [3]), value: [1, 2, 3] }
    expect(run({ row }, (b, x) => b.make("broadcast", [x!], { shape: [2, 3] })).value).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })
})

describe("type rules", () => {
  test("a product with constant weights is bounded by the weights of each result", () => {
    const weights = (builder: Builder, shape: Shape): Node =>
      builder.make("constant", [], { value: literal([1, -2, 3, 0]), shape })
    const vector = { type: enc(0, 10, [2]), value: [0, 0] }
    expect(run({ vector }, (b, x) => b.make("matmul", [weights(b, [2, 2]), x!], {})).type).toBe(
      "enc -20..30[2]",
    )
    expect(run({ vector }, (b, x) => b.make("matmul", [x!, weights(b, [2, 2])], {})).type).toBe(
      "enc -20..40[2]",
    )
    const stack = { type: enc(0, 10, [2, 1]), value: [[0], [0]] }
    expect(run({ stack }, (b, x) => b.make("matmul", [weights(b, [2, 1, 2]), x!], {})).type).toBe(
      "enc -20..30[2,1,1]",
    )
  })

  test("a value times itself is not negative, and minus itself is 0", () => {
    const x = { type: enc(-3, 2), value: 0 }
    expect(run({ x }, (b, node) => b.make("mul", [node!, node!], {})).type).toBe("enc 0..9")
    expect(run({ x }, (b, node) => b.make("sub", [node!, node!], {})).type).toBe("enc 0..0")
  })

  test("integer operators refuse reals, also a real and itself", () => {
    const x = { type: enc(-3, 2), value: 0 }
    const half = (b: Builder, node: Node): Node => b.make("apply", [node], { expr: parseExpression("x / 2") })
    for (const op of ["add", "sub", "mul"] as const) {
      const twice = () => run({ x }, (b, node) => b.make(op, [half(b, node!), half(b, node!)], {}))
      expect(twice, op).toThrow("a real value is used where only integers are supported")
    }
  })

  test("inputs are integers", () => {
    const type = { kind: "real", secret: true, lo: 0, hi: 1, shape: [] } as const
    expect(() => new Builder().make("input", [], { name: "x", type })).toThrow('input "x" is declared real')
  })

  test("a bound beyond 1024 bits or a tensor beyond 2^26 elements is refused and not computed", () => {
    const builder = new Builder()
    let node: Node = builder.make("input", [], { name: "x", type: enc(2, 9) })
    expect(() => {
      for (let i = 0; i < 40; i++) node = builder.make("mul", [node, node], {})
    }).toThrow("the range passes 1024 bits")
    const wide = builder.make("input", [], { name: "w", type: enc(0, 1, [2 ** 20, 1]) })
    const tall = builder.make("input", [], { name: "t", type: enc(0, 1, [1, 2 ** 20]) })
    expect(() => builder.make("add", [wide, tall], {})).toThrow("has more than 67108864 elements")
    const stacks = [wide, tall].map((one) =>
      builder.make("reshape", [one], { shape: [...one.type.shape, 1, 1] }),
    )
    expect(() => builder.make("matmul", stacks, {})).toThrow("has more than 67108864 elements")
  })

  test("a table index counts from 0", () => {
    const builder = new Builder()
    const x = builder.make("input", [], { name: "x", type: enc(0, 1, [2]) })
    const attrs = { lo: 0n, entries: literal([1, 2]), index: literal([-1, 0]) }
    expect(() => builder.make("table", [x], attrs)).toThrow("a table index of -1")
  })
})

test("no result is -0", () => {
  const x = { type: enc(-3, 2, [2]), value: [0, 2] }
  const products = [
    run({ x }, (b, node) => b.make("neg", [node!], {})),
    run({ x }, (b, node) =>
      b.make("mul", [node!, b.make("constant", [], { value: literal([-1]), shape: [] })], {}),
    ),
    run({ x }, (b, node) => b.make("apply", [node!], { expr: parseExpression("x * -1") })),
  ]
  for (const { value } of products) expect(value).toEqual([0, -2])
})

test("a value where an expression is undefined is an error that names it", () => {
  const x = { type: enc(-(2 ** 30), 2 ** 30), value: -4 }
  expect(() =>
    run({ x }, (b, node) => b.make("apply", [node!], { expr: parseExpression("round(sqrt(x))") })),
  ).toThrow('"round(sqrt(x))" is not a number at x = -4')
})

test("a real value does not leave the program", () => {
  const x = { type: enc(-3, 2), value: 1 }
  expect(() => run({ x }, (b, node) => b.make("apply", [node!], { expr: parseExpression("x / 2") }))).toThrow(
    "a real value of type enc real -1.5..1.0 crosses the border of the program",
  )
})

test("folding a real operation gives a real literal", () => {
  const builder = new Builder()
  const two = builder.make("constant", [], { value: literal([1, 2]), shape: [2] })
  const half = builder.make("apply", [two], { expr: parseExpression("x / 2") })
  expect(foldNode(half, [{ type: two.type, values: Float64Array.of(1, 2) }])).toEqual(realLiteral([0.5, 1]))
})

describe("the builder", () => {
  test("gives the same node for the same operation, and another for another", () => {
    const builder = new Builder()
    const x = builder.make("input", [], { name: "x", type: enc(0, 3) })
    const table = (values: number[], lo = 0n) => builder.make("table", [x], { lo, entries: literal(values) })
    expect(table([1, 2, 3, 4])).toBe(table([1, 2, 3, 4]))
    expect(table([1, 2, 3, 4])).not.toBe(table([1, 2, 3, 5]))
    expect(table([1, 2, 3, 4, 5], -1n)).not.toBe(table([1, 2, 3, 4, 5]))
    expect(builder.make("apply", [x], { expr: parseExpression("x+1") })).toBe(
      builder.make("apply", [x], { expr: parseExpression("(x + 1)") }),
    )
  })

  test("refuses nodes of another builder and wrong numbers of operands", () => {
    const builder = new Builder()
    const x = builder.make("input", [], { name: "x", type: enc(0, 3) })
    expect(() => new Builder().make("neg", [x], {})).toThrow("belongs to another program")
    expect(() => builder.make("neg", [x, x], {})).toThrow("neg takes 1 operands, not 2")
  })

  test("shows the program with a caret where operands do not fit", () => {
    const builder = new Builder()
    const x = builder.make("input", [], { name: "x", type: enc(0, 3, [2]) })
    const y = builder.make("input", [], { name: "y", type: enc(0, 3, [3]) })
    const place = { location: "model.ts:12:9" }
    let message = ""
    try {
      builder.make("add", [x, y], {}, place)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message.split("\n")).toEqual([
      "shapes [2] and [3] do not broadcast: axis 0 is 2 and 3",
      '  %0 : enc 0..3[2] = input {name="x"}',
      '  %1 : enc 0..3[3] = input {name="y"}',
      "  %2 = add %0, %1",
      "  ^^^ shapes [2] and [3] do not broadcast: axis 0 is 2 and 3   (model.ts:12:9)",
      "      equal extents or an extent of 1 are needed on every axis, counted from the last",
    ])
  })
})
