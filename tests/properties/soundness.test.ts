import fc from "fast-check"
import { expect, test } from "vitest"
import { checkValues, sizeOf, type Values } from "../../src/data/index.ts"
import {
  evaluate,
  evaluateNodes,
  type Node,
  nodesOf,
  printType,
  specificationOf,
  type Type,
} from "../../src/ir/index.ts"
import { arbitraryRun } from "../support/arbitrary.ts"

const elementRange = (type: Type, i: number): { lo: number | bigint; hi: number | bigint } =>
  type.kind === "int" && type.each !== undefined ? { lo: type.each.lo[i]!, hi: type.each.hi[i]! } : type

test("every value lies inside the type of its node", () => {
  fc.assert(
    fc.property(arbitraryRun({ reals: true }), ({ program, inputs }) => {
      const values = new Map<Node, Values>()
      for (const input of program.inputs) {
        const { name } = input.attrs
        values.set(input, checkValues(name, inputs[name], specificationOf(input)))
      }
      evaluateNodes(program, values)
      for (const node of nodesOf(program)) {
        const { kind, shape } = node.type
        const flat = values.get(node)!
        expect(flat.length).toBe(sizeOf(shape))
        for (const [i, value] of flat.entries()) {
          const { lo, hi } = elementRange(node.type, i)
          if (
            !(value >= lo && value <= hi) ||
            (kind === "int" && Object.is(value, -0)) ||
            (kind === "int" && Number(value) % 1 !== 0)
          ) {
            throw new Error(`${node.op} gives ${value}, outside ${printType(node.type)}`)
          }
        }
      }
    }),
    { numRuns: 1000 },
  )
})

test("an output has the shape of its node and evaluates alike twice", () => {
  fc.assert(
    fc.property(arbitraryRun(), ({ program, inputs }) => {
      expect(evaluate(program, inputs)).toEqual(evaluate(program, inputs))
    }),
    { numRuns: 200 },
  )
})
