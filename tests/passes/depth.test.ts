import { describe, expect, test } from "vitest"
import { trace } from "../../src/frontend/index.ts"
import { enc, uint } from "../../src/index.ts"
import { parse } from "../../src/ir/index.ts"
import { defaultTarget, depthOf, explainDepth, runPasses } from "../../src/passes/index.ts"

const program = parse(`program p {
  %0 : enc 0..4[2] = input {name="x"}
  %1 : clear 0..3[2] = input {name="w"}
  %2 : enc 0..12[2] = mul %0, %1
  %3 : enc 0..144[2] = mul %2, %2
  %4 : enc 0..1[2] = table %0 {lo=0, entries=@0}
  %5 : enc 0..144[2] = mul %3, %4
  return y = %5, s = %3, w = %1
}
@0 = [0, 1, 0, 1, 1]
`)

describe("depth", () => {
  test("a table of 5 entries counts 3 levels, a secret product one, a product with a clear value none", () => {
    expect(depthOf(program)).toBe(4)
    expect(depthOf({ ...program, outputs: new Map([["s", program.outputs.get("s")!]]) })).toBe(1)
  })

  test("clear outputs have none", () => {
    expect(depthOf({ ...program, outputs: new Map([["w", program.outputs.get("w")!]]) })).toBe(0)
  })

  test("the explanation lists the steps that add up, and no others", () => {
    const text = explainDepth(program)
    expect(text).toMatch(/^the deepest output needs 4 levels of products\n/)
    expect(text.match(/: \d levels?/g)).toEqual([": 3 levels", ": 1 level"])
  })

  test("a program without products says so", () => {
    const flat = { ...program, outputs: new Map([["x", program.inputs[0]!]]) }
    expect(explainDepth(flat)).toMatch(/^the deepest output needs 0 levels of products\n/)
    expect(defaultTarget.maxDepth).toBe(25)
  })
})

test("a chain of maxima compares all values at the same time", () => {
  const { program: traced } = trace("longest", { x: enc(uint(3), [6]) }, ({ x }) =>
    [1, 2, 3, 4, 5].reduce((most, i) => most.maximum(x.at(i)), x.at(0)),
  )
  expect(depthOf(runPasses(traced, defaultTarget))).toBe(8)
})
