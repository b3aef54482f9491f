import { beforeAll, describe, expect, test } from "vitest"
import {
  Builder,
  evaluate,
  explainProgram,
  intType,
  type Node,
  type Program,
  parse,
  print,
} from "../../src/ir/index.ts"

/** x + x - x + x - x … : values stay small while the program grows deep. */
const chain = (length: number): { program: Program; builder: Builder; last: Node } => {
  const builder = new Builder()
  const x = builder.make("input", [], { name: "x", type: intType(true, 0n, 1n, [2]) })
  let last: Node = x
  for (let i = 0; i < length; i++) last = builder.make(i % 2 === 0 ? "add" : "sub", [last, x], {})
  const outputs = new Map([["y", last]])
  return { program: { name: "deep", inputs: [x], outputs, origins: builder.origins }, builder, last }
}

describe("a chain of 100,000 nodes", () => {
  let deep: ReturnType<typeof chain>
  beforeAll(() => {
    deep = chain(100_000)
  })

  test("prints", () => {
    expect(print(deep.program).split("\n")).toHaveLength(100_000 + 5)
  })

  test("evaluates", () => {
    expect(evaluate(deep.program, { x: [1, 0] })).toEqual({ y: [1, 0] })
  })

  test("is explained by a few lines", () => {
    const lines = explainProgram(deep.program, [
      { node: deep.last, message: "too deep\nmake it shorter" },
    ]).split("\n")
    expect(lines).toEqual([
      "too deep",
      '  %0 : enc 0..1[2] = input {name="x"}',
      "  …",
      "  %99998 : enc -49999..50000[2] = sub %99997, %0",
      "  %99999 : enc -49999..50001[2] = add %99998, %0",
      "  %100000 : enc -50000..50001[2] = sub %99999, %0",
      "  ^^^ too deep",
      "      make it shorter",
    ])
  })
})

test("a long text parses back to the nodes of its builder", () => {
  const { program, builder, last } = chain(20_000)
  expect(parse(print(program), builder).outputs.get("y")).toBe(last)
})
