import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { evaluate, parse } from "../src/ir.ts"
import { arbitraryInputs } from "./support/arbitrary.ts"
import { actual, bless, goldens, lowered } from "./support/golden.ts"
import { flatOutputs } from "./support/outputs.ts"

describe("golden files", () => {
  test.for(goldens())("$name", (golden) => {
    const text = actual(golden)
    if (process.env["BLESS"] === "1") bless(golden, text)
    else expect(text).toBe(golden.expected)
  })

  test("a program printed by a golden is itself in printed form", () => {
    for (const golden of goldens().filter(({ expected }) => expected.startsWith("program "))) {
      const again = { ...golden, source: `// passes:\n${golden.expected}` }
      expect(actual(again), golden.name).toBe(golden.expected)
    }
  })

  const ofCircuits = goldens().filter(
    ({ source, expected }) => source.startsWith("// lower:") && !expected.startsWith("error: "),
  )

  test.for(ofCircuits)("the circuit of $name computes what its program does", (golden) => {
    const { program, circuit } = lowered(golden.source)
    const again = parse(actual(golden))
    for (const inputs of fc.sample(arbitraryInputs(program), 20)) {
      const value = flatOutputs(evaluate(program, inputs))
      expect(flatOutputs(evaluate(circuit, inputs))).toEqual(value)
      expect(flatOutputs(evaluate(again, inputs))).toEqual(value)
    }
  })
})
