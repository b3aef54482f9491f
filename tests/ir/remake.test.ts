import { describe, expect, test } from "vitest"
import { Builder, intType, literal, printType } from "../../src/ir/index.ts"

const shape = [4]
const input = (builder: Builder, lo: bigint, hi: bigint) =>
  builder.make("input", [], { name: "x", type: intType(true, lo, hi, shape) })

describe("a table on an operand that has forgotten its range", () => {
  const builder = new Builder()
  const entries = literal([5, 3, 8, 1, 0, 2, 7, 4])
  const table = builder.make("table", [input(builder, 0n, 7n)], { lo: 0n, entries })

  test("is told the values that it has an entry for", () => {
    const wide = input(new Builder(), -4n, 100n)
    const other = new Builder()
    const again = other.remake(table, [other.remake(wide, [])])
    const [operand] = again.operands
    expect([again.op, operand!.op, printType(operand!.type)]).toEqual(["table", "assume", "enc 0..7[4]"])
  })

  test("keeps what is known beyond that", () => {
    const other = new Builder()
    const again = other.remake(table, [input(other, 2n, 100n)])
    expect(printType(again.operands[0]!.type)).toBe("enc 2..7[4]")
  })

  test("is left as it is where the operand is as narrow", () => {
    const other = new Builder()
    const narrow = input(other, 2n, 7n)
    expect(other.remake(table, [narrow]).operands).toEqual([narrow])
  })
})
