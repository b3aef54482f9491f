import { expect, test } from "vitest"
import { Builder, intType, literal, type Node } from "../../src/ir/index.ts"

const type = intType(true, -3n, 2n, [2])
const input = (builder: Builder, name: string): Node => builder.make("input", [], { name, type })

test("equal operations are one node, and those of other attributes are not", () => {
  const builder = new Builder()
  const constant = (values: number[]): Node =>
    builder.make("constant", [], { value: literal(values), shape: [2] })
  expect(constant([1, 2])).toBe(constant([1, 2]))
  expect(constant([1, 2])).not.toBe(constant([2, 1]))
})

test("remaking a node on its own operands gives the node, and elsewhere its type", () => {
  const builder = new Builder()
  const x = input(builder, "x")
  const square = builder.make("mul", [x, x], {})
  expect(builder.remake(square, [x, x])).toBe(square)
  const other = new Builder()
  const there = other.remake(square, [other.remake(x, []), other.remake(x, [])])
  expect(there).not.toBe(square)
  expect(there.type).toBe(square.type)
})

test("what holds for a value times itself does not for two values of one type", () => {
  const builder = new Builder()
  const [x, y] = [input(builder, "x"), input(builder, "y")]
  const square = builder.make("mul", [x, x], {})
  expect(x.type).toBe(y.type)
  expect(square.type.lo).toBe(0n)
  expect(builder.remake(square, [x, y]).type.lo).toBe(-6n)
})
