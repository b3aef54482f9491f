import fc from "fast-check"
import { expect, test } from "vitest"
import { Builder, nodesOf, parse, print } from "../../src/ir/index.ts"
import { arbitraryProgram } from "../support/arbitrary.ts"

const runs = { numRuns: 350 }

test("parsing a printed program with its own builder gives the same nodes", () => {
  fc.assert(
    fc.property(arbitraryProgram({ reals: true }), (program) => {
      const builder = new Builder()
      const first = parse(print(program), builder)
      const second = parse(print(first), builder)
      expect(nodesOf(second)).toEqual(nodesOf(first))
      for (const [i, node] of nodesOf(first).entries()) expect(nodesOf(second)[i]).toBe(node)
      expect([...second.outputs.keys()]).toEqual([...program.outputs.keys()])
    }),
    runs,
  )
})

test("printing a parsed program gives its text", () => {
  fc.assert(
    fc.property(arbitraryProgram({ reals: true }), (program) => {
      const text = print(program)
      expect(print(parse(text))).toBe(text)
    }),
    runs,
  )
})
