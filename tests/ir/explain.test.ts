import { expect, test } from "vitest"
import {
  Builder,
  explain,
  explainProgram,
  intType,
  literal,
  type Node,
  type Program,
  printType,
} from "../../src/ir/index.ts"

const builder = new Builder()
const type = intType(true, 0n, 3n, [6])
const x = builder.make("input", [], { name: "x", type }, { location: "model.ts:1:1" })
const unused = builder.make("input", [], { name: "unused", type })
const w = builder.make("constant", [], { value: literal([1, -2, 3, 8, 1, 9]), shape: [6] })
const product = builder.make("mul", [x, w], {}, { location: "model.ts:2:7", tag: "layer 1" })
const sum = builder.make("sum", [product], { axes: [0] })

test("shows what the remarked nodes need, the place of each, and further lines below", () => {
  const text = explain([], builder.origins, [
    { node: sum, message: "too wide\nclip it" },
    { node: product, message: "because of this" },
    { node: sum, message: "again", origin: { location: "other.ts:3:3" } },
  ])
  expect(text.split("\n")).toEqual([
    "too wide",
    '  %0 : enc 0..3[6] = input {name="x"}',
    "  %1 : clear -2..9[6] = constant {value=[1, -2, 3, … 3 more]}",
    `  %2 : ${printType(product.type)} = mul %0, %1`,
    "  ^^^ because of this   (layer 1 model.ts:2:7)",
    `  %3 : ${printType(sum.type)} = sum %2 {axes=[0]}`,
    "  ^^^ too wide",
    "      clip it",
    "  ^^^ again   (other.ts:3:3)",
  ])
})

test("within a program nodes keep their numbers, and what comes after the remarks is left out", () => {
  const outputs = new Map<string, Node>([
    ["a", sum],
    ["b", builder.make("neg", [sum], {})],
  ])
  const program: Program = { name: "p", inputs: [unused, x], outputs, origins: builder.origins }
  expect(explainProgram(program, [{ node: product, message: "here" }]).split("\n")).toEqual([
    "here",
    '  %0 : enc 0..3[6] = input {name="unused"}',
    '  %1 : enc 0..3[6] = input {name="x"}',
    "  %2 : clear -2..9[6] = constant {value=[1, -2, 3, … 3 more]}",
    `  %3 : ${printType(product.type)} = mul %1, %2`,
    "  ^^^ here   (layer 1 model.ts:2:7)",
  ])
})

test("of a long program only the surroundings of the remarks are shown", () => {
  let node: Node = sum
  const chain = Array.from({ length: 40 }, () => {
    node = builder.make("neg", [builder.make("add", [node, node], {})], {})
    return node
  })
  const lines = explain([node], builder.origins, [
    { node: chain[10]!, message: "one" },
    { node: chain[11]!, message: "two" },
  ]).split("\n")
  expect(lines).toHaveLength(1 + 7 + 2 + 2)
  expect(lines.filter((line) => line === "  …")).toHaveLength(2)
  expect(lines[2]).toMatch(/^ {2}%23 : /)
})
