import { describe, expect, test } from "vitest"
import { actual, bless, goldens } from "./support/golden.ts"

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
})
