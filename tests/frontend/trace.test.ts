import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import * as frontend from "../../src/frontend/index.ts"
import {
  clear,
  constant,
  enc,
  int,
  measureRanges,
  range,
  Tensor,
  table,
  trace,
  uint,
} from "../../src/frontend/index.ts"
import { evaluate, nodesOf, type Program, printType } from "../../src/ir/index.ts"
import { run } from "./support.ts"

const scalar = { x: enc(uint(4)) }

describe("specifications", () => {
  it("are plain frozen objects", () => {
    expect(enc(uint(4), [64])).toEqual({ secret: true, lo: 0n, hi: 15n, shape: [64] })
    expect(clear(int(5))).toEqual({ secret: false, lo: -16n, hi: 15n, shape: [] })
    expect(enc(range(-3, 12n), 2)).toEqual({ secret: true, lo: -3n, hi: 12n, shape: [2] })
    expect(uint(64)).toEqual({ lo: 0n, hi: 2n ** 64n - 1n })
    expect(int(64)).toEqual({ lo: -(2n ** 63n), hi: 2n ** 63n - 1n })
    expect(Object.isFrozen(enc(uint(4), [64])) && Object.isFrozen(enc(uint(4), [64]).shape)).toBe(true)
  })
})

describe("trace", () => {
  const outputsOf = ({ outputs }: Program): string[] => [...outputs.keys()]

  it("keeps all declared inputs in declared order, used or not", () => {
    const { program } = trace("f", { b: enc(uint(4), [2]), a: clear(int(3)), c: enc(uint(1)) }, ({ a }) => a)
    expect(program.inputs.map(({ attrs }) => attrs.name)).toEqual(["b", "a", "c"])
    expect(program.inputs.map(({ type }) => printType(type))).toEqual([
      "enc 0..15[2]",
      "clear -4..3",
      "enc 0..1",
    ])
    expect(program.name).toBe("f")
  })

  it("names a single output y, those of an array by number, those of a record by key", () => {
    const single = trace("f", scalar, ({ x }) => x)
    const array = trace("f", scalar, ({ x }) => [x, x.add(1)])
    const record = trace("f", scalar, ({ x }) => ({ same: x, next: x.add(1) }))
    expect([single, array, record].map(({ returns }) => returns)).toEqual(["single", "array", "record"])
    expect([single, array, record].map(({ program }) => outputsOf(program))).toEqual([
      ["y"],
      ["y0", "y1"],
      ["same", "next"],
    ])
    expect(evaluate(record.program, { x: 6 })).toEqual({ same: 6, next: 7 })
  })

  it("takes plain values among the outputs as constants", () => {
    const { program } = trace("f", scalar, ({ x }) => ({
      x,
      n: 3,
      b: true,
      big: 2n ** 60n,
      m: [
        [1, 2],
        [3, 4],
      ],
      c: constant([5]),
    }))
    expect(evaluate(program, { x: 1 })).toEqual({
      x: 1,
      n: 3,
      b: 1,
      big: 2n ** 60n,
      m: [
        [1, 2],
        [3, 4],
      ],
      c: [5],
    })
    expect(evaluate(trace("f", {}, () => 7).program, {})).toEqual({ y: 7 })
    expect(evaluate(trace("f", {}, () => [1, Int8Array.of(2, 3)]).program, {})).toEqual({ y0: 1, y1: [2, 3] })
  })

  it("types the tensors from the specification", () => {
    trace("f", { left: enc(uint(4)), right: enc(uint(4)) }, (inputs) => {
      // @ts-expect-error there is no input of this name
      expect(() => inputs.middle).toThrow('there is no input "middle"; there are left, right')
      // @ts-expect-error nor of this one
      expect(() => inputs.letf).toThrow('there is no input "letf"; did you mean left?')
      return inputs.left.add(inputs.right)
    })
  })
})

describe("constants", () => {
  it("enter any trace", () => {
    const weights = constant([1, 2, 3])
    for (const value of [1, 2]) {
      expect(run({ x: enc(uint(4), [3]) }, ({ x }) => x.mul(weights), { x: [value, 1, 1] })).toEqual([
        value,
        2,
        3,
      ])
      const difference = run(scalar, ({ x }) => weights.sub(x), { x: value })
      expect(difference).toEqual([1 - value, 2 - value, 3 - value])
    }
  })

  it("give constants when computed with each other, so that they serve as tables", () => {
    const squares = constant([0, 1, 2, 3])
      .add(constant([1, 1, 1, 1]))
      .square()
      .sub(1)
    expect(squares.node.op).toBe("constant")
    expect(run({ x: enc(uint(2)) }, ({ x }) => x.lookup(squares), { x: 3 })).toBe(15)
    expect(constant([1, 2]).div(4).toString()).toBe("Tensor<clear real 0.25..0.5[2]>")
  })

  it("a table is checked once and used with its offset", () => {
    const half = table([-2, -1, 0, 0, 1], { offset: -2 })
    expect(run({ x: enc(range(-2, 2), [5]) }, ({ x }) => x.lookup(half), { x: [-2, -1, 0, 1, 2] })).toEqual([
      -2, -1, 0, 0, 1,
    ])
  })
})

describe("methods and functions", () => {
  const notOperators = new Set(
    "Tensor trace enc clear uint int range constant table measureRanges formula array full zeros ones arange eye identity linspace meshgrid tri select traceOf proved".split(
      " ",
    ),
  )
  const operators = Object.keys(frontend).filter((name) => !notOperators.has(name))

  it("every operator is both, under one name", () => {
    expect(operators.length).toBeGreaterThan(60)
    for (const name of operators) expect(Reflect.get(Tensor.prototype, name), name).toBeTypeOf("function")
  })

  it("a method gives the very node that its function gives", () => {
    trace("f", { x: enc(uint(4), [2, 2]), y: enc(uint(4), [2, 2]) }, ({ x, y }) => {
      expect(x.add(y).node).toBe(frontend.add(x, y).node)
      expect(x.sum({ axis: 1 }).node).toBe(frontend.sum(x, { axis: 1 }).node)
      expect(x.concat([y], { axis: 1 }).node).toBe(frontend.concat([x, y], { axis: 1 }).node)
      expect(x.gt(y).where(x, y).node).toBe(frontend.where(frontend.gt(x, y), x, y).node)
      expect(x.add.name).toBe("add")
      return x
    })
  })

  it("one expression serves all its uses, and names each operand once", () => {
    trace("f", { x: enc(uint(4)), y: enc(uint(5)) }, ({ x, y }) => {
      const [a, b] = [x.relu().node, y.relu().node]
      expect(a.op === "apply" && b.op === "apply" && a.attrs.expr === b.attrs.expr).toBe(true)
      const half = x.div(2)
      expect(half.square().node.operands).toEqual([half.node])
      return x
    })
  })

  it("equal computations are one node", () => {
    trace("f", scalar, ({ x }) => {
      expect(x.add(1).relu().node).toBe(x.add(1).relu().node)
      return x
    })
  })
})

describe("origins", () => {
  /** The line in this file on which `at` was made. */
  const lineOf = (at: Error): string => /trace\.test\.ts:\d+/.exec(at.stack!)![0]

  it("point to the line that called the operator, as a method or as a function", () => {
    trace("f", { x: enc(range(-4, 4), [2, 3]), y: enc(range(0, 4), [2, 3]) }, ({ x, y }) => {
      const made: [Tensor, Error][] = [
        [x.add(y), new Error()],
        [frontend.mul(x, y), new Error()],
        [x.maximum(y), new Error()],
        [x.clip(y, y.add(1)), new Error()],
        [x.map2(y, (a, b) => a + b), new Error()],
        [frontend.stack([x, y]), new Error()],
        [x.lookup([1, 2, 3, 4, 5, 6, 7, 8, 9], { offset: -4 }), new Error()],
        [x.div(2).tanh().mul(5).round(), new Error()],
        [[x].map((v) => v.slice(null, 1))[0]!, new Error()],
      ]
      for (const [{ builder, node }, at] of made) {
        expect(builder.origins.get(node)!.location).toMatch(/^trace\.test\.ts:\d+:\d+$/)
        expect(builder.origins.get(node)!.location).toContain(`${lineOf(at)}:`)
      }
      return x
    })
  })

  it("are known for constants and inputs, too", () => {
    const { program } = trace("f", scalar, ({ x }) => x.add(7)) // all on one line
    const lines = nodesOf(program).map((node) => /:\d+:/.exec(program.origins.get(node)!.location!)![0])
    expect(lines.length).toBe(3)
    expect(new Set(lines).size).toBe(1)
  })

  it("leave the stack trace limit as it was", () => {
    const before = Error.stackTraceLimit
    Error.stackTraceLimit = 37
    trace("f", scalar, ({ x }) => x.add(1))
    const after = Error.stackTraceLimit
    Error.stackTraceLimit = before
    expect(after).toBe(37)
  })

  it("carry the dotted names of tags, and only inside them", () => {
    trace("f", scalar, ({ x }) => {
      const seen: (string | undefined)[] = []
      const note = (tensor: Tensor): Tensor => {
        seen.push(tensor.builder.origins.get(tensor.node)!.tag)
        return tensor
      }
      const y = x.tag("dense", (v) =>
        note(
          note(v.add(1))
            .tag("relu", (w) => note(w.relu()))
            .add(5),
        ),
      )
      note(y.add(9))
      expect(seen).toEqual(["dense", "dense.relu", "dense", undefined])
      return y
    })
  })
})

describe("printing", () => {
  it("a tensor shows its type", () => {
    trace("f", { x: enc(uint(4), [4]) }, ({ x }) => {
      expect(inspect(x)).toBe("Tensor<enc 0..15[4]>")
      expect(inspect({ x })).toBe("{ x: Tensor<enc 0..15[4]> }")
      expect(x.toString()).toBe("Tensor<enc 0..15[4]>")
      return x
    })
  })
})

describe("size", () => {
  it("a program of 10,000 nodes is traced", () => {
    const traceSteps = (steps: number): Program =>
      trace("f", { x: enc(uint(4), [8]) }, ({ x }) => {
        let y = x
        for (let i = 0; i < steps; i++) y = y.add(i).mod(16).relu()
        return y
      }).program
    expect(nodesOf(traceSteps(3333)).length).toBeGreaterThan(10_000)
  })
})

describe("measured ranges", () => {
  it("narrow one end where only that end is free", () => {
    const { program } = trace("f", { x: enc(uint(3)), y: enc(uint(3)) }, ({ x, y }) => x.add(y))
    const measured = measureRanges(program, [
      { x: 0, y: 0 },
      { x: 2, y: 3 },
    ])
    expect(printType(measured.outputs.get("y")!.type)).toBe("enc 0..5")
  })

  it("stand where tables and products take a value, on the word of the samples", () => {
    const { program } = trace("f", { x: enc(uint(8), [4]) }, ({ x }) => x.sum().map((v) => v >> 2))
    const measured = measureRanges(program, [{ x: [1, 2, 3, 4] }, { x: [200, 0, 0, 0] }])
    const assumed = nodesOf(measured).filter(({ op }) => op === "assume")
    expect(assumed.map(({ attrs, type }) => [attrs, printType(type)])).toEqual([
      [{ lo: 10n, hi: 200n, by: "samples" }, "enc 10..200"],
    ])
    expect(evaluate(measured, { x: [10, 20, 30, 40] })).toEqual(evaluate(program, { x: [10, 20, 30, 40] }))
  })
})
