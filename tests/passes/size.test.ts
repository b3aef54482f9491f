import { describe, expect, test, vi } from "vitest"
import { enc, trace, uint } from "../../src/frontend/index.ts"
import {
  Builder,
  evaluate,
  intType,
  literal,
  type Node,
  nodesOf,
  type Program,
  parseExpression,
} from "../../src/ir/index.ts"
import { balanceProducts } from "../../src/passes/balance-products.ts"
import { defaultTarget, depthOf, runPasses } from "../../src/passes/index.ts"
import { linearise } from "../../src/passes/linearise.ts"

/** What `run` gives, and how many nodes it makes: its work, counted so that a slow machine makes it no more. */
const counted = <T>(run: () => T): { result: T; made: number } => {
  const makers = (["make", "remake"] as const).map((name) => vi.spyOn(Builder.prototype, name))
  try {
    const result = run()
    return { result, made: makers.reduce((sum, { mock }) => sum + mock.calls.length, 0) }
  } finally {
    for (const maker of makers) maker.mockRestore()
  }
}

const build = (
  shape: number[],
  hi: bigint,
  outputs: (b: Builder, x: Node) => Record<string, Node>,
): Program => {
  const builder = new Builder()
  const x = builder.make("input", [], { name: "x", type: intType(true, 0n, hi, shape) })
  return {
    name: "p",
    inputs: [x],
    outputs: new Map(Object.entries(outputs(builder, x))),
    origins: builder.origins,
  }
}

const chain = (steps: number, first: Node, step: (before: Node, i: number) => Node): Node => {
  let node = first
  for (let i = 0; i < steps; i++) node = step(node, i)
  return node
}

const element = (b: Builder, x: Node, i: number): Node =>
  b.make("gather", [x], { indices: literal([i]), shape: [1] })

describe("programs of ten thousand nodes", () => {
  test("a chain of expressions becomes one table", () => {
    const expressions = ["min(x + 1, 255)", "max(x - 2, 0)", "round(x / 3)", "x * 3"].map(parseExpression)
    const program = build([4], 255n, (b, x) => ({
      y: chain(10_000, x, (before, i) =>
        i % 4 === 3
          ? b.make("apply", [b.make("apply", [before], { expr: expressions[3]! })], { expr: expressions[0]! })
          : b.make("apply", [before], { expr: expressions[i % 4]! }),
      ),
    }))
    const { result, made } = counted(() => runPasses(program, defaultTarget))
    expect(nodesOf(result).length).toBe(2)
    expect(made).toBeLessThan(100_000)
    const x = [0, 17, 254, 255]
    expect(evaluate(result, { x })).toEqual(evaluate(program, { x }))
  })

  test("a chain of sums becomes one matrix", () => {
    const program = build([8], 15n, (b, x) => ({
      y: chain(10_000, x, (before, i) =>
        b.make("add", [before, b.make("gather", [x], { indices: literal([i % 8]), shape: [1] })], {}),
      ),
    }))
    const { result, made } = counted(() => runPasses(program, defaultTarget))
    expect(nodesOf(result).map(({ op }) => op)).toEqual(["input", "linear"])
    expect(made).toBeLessThan(100_000)
    expect(evaluate(result, { x: [1, 2, 3, 4, 5, 6, 7, 8] })).toEqual(
      evaluate(program, { x: [1, 2, 3, 4, 5, 6, 7, 8] }),
    )
  })

  test("prefix sums stay as many small matrices", () => {
    const program = build([2000], 15n, (b, x) => {
      const sums: Node[] = [element(b, x, 0)]
      for (let i = 1; i < 2000; i++) sums.push(b.make("add", [sums.at(-1)!, element(b, x, i)], {}))
      return { y: b.make("concat", sums, { axis: 0n }) }
    })
    const { result, made } = counted(() => linearise.run(program, defaultTarget))
    const entries = nodesOf(result).reduce(
      (sum, node) => sum + (node.op === "linear" ? node.attrs.matrix.value.length : 0),
      0,
    )
    expect(entries).toBeLessThan(20_000)
    expect(made).toBeLessThan(20_000)
  })

  test("many outputs of one chain are found in one round", () => {
    const program = build([1], 15n, (b, x) => {
      const outputs: Record<string, Node> = {}
      chain(2000, x, (before, i) => {
        outputs[`y${i}`] = b.make("add", [before, x], {})
        return outputs[`y${i}`]!
      })
      return outputs
    })
    const { result, made } = counted(() => linearise.run(program, defaultTarget))
    expect(nodesOf(result).length).toBe(2001)
    expect(made).toBeLessThan(16_000)
  })

  test("a chain of reshaped real functions is moved in one go", () => {
    const halve = parseExpression("x / 2")
    const program = build([2, 2], 255n, (b, x) => ({
      y: b.make(
        "apply",
        [
          chain(2000, x, (before, i) =>
            b.make("reshape", [b.make("apply", [before], { expr: halve })], {
              shape: i % 2 === 0 ? [4] : [2, 2],
            }),
          ),
        ],
        { expr: parseExpression("round(x)") },
      ),
    }))
    const { result, made } = counted(() => runPasses(program, defaultTarget))
    expect(
      evaluate(result, {
        x: [
          [1, 2],
          [3, 4],
        ],
      }),
    ).toEqual({
      y: [
        [0, 0],
        [0, 0],
      ],
    })
    expect(made).toBeLessThan(60_000)
  })

  test("a chain of products becomes as deep as its logarithm", () => {
    const builder = new Builder()
    const inputs = Array.from({ length: 1000 }, (_, i) =>
      builder.make("input", [], { name: `x${i}`, type: intType(true, 0n, 1n) }),
    )
    const product = inputs.reduce<Node>((a, b) => builder.make("mul", [a, b], {}), inputs[0]!)
    const program: Program = {
      name: "p",
      inputs,
      outputs: new Map([["y", product]]),
      origins: builder.origins,
    }
    expect(depthOf(program)).toBe(1000)
    expect(depthOf(balanceProducts.run(program, defaultTarget))).toBe(10)
  })
})

describe("programs of a hundred thousand nodes", () => {
  test("a chain of sums does not overflow the stack", () => {
    const program = build([4], 15n, (b, x) => ({
      y: chain(100_000, x, (before) => b.make("add", [before, x], {})),
    }))
    const result = runPasses(program, defaultTarget)
    expect(nodesOf(result).length).toBe(2)
    expect(evaluate(result, { x: [0, 1, 2, 15] })).toEqual({ y: [0, 100_001, 200_002, 1_500_015] })
  })

  test("a chain of additions is traced and evaluated", () => {
    const { program } = trace("f", { x: enc(uint(4)) }, ({ x }) => {
      let y = x
      for (let i = 0; i < 100_000; i++) y = y.add(1)
      return y
    })
    expect(evaluate(program, { x: 5 })).toEqual({ y: 100_005 })
  })
})
