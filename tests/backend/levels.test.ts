import { describe, expect, test } from "vitest"
import {
  depthOfCircuit,
  noiseModel,
  type Parameters,
  parseCircuit,
  placeLevels,
} from "../../src/backend/index.ts"

const T = 65537n
const bgv = (primes: readonly number[]): Parameters => ({
  scheme: "bgv",
  n: 8192,
  t: T,
  primes,
  security: 128,
})
const bfv = (primes: readonly number[]): Parameters => ({ ...bgv(primes), scheme: "bfv" })

/** x to the power 2^depth. */
const squarings = (depth: number) => {
  const steps = Array.from(
    { length: depth },
    (_, i) =>
      `  %${2 * i + 1} = multiply %${2 * i}, %${2 * i}\n  %${2 * i + 2} = relinearize %${2 * i + 1}\n`,
  )
  return parseCircuit(`circuit power {n=8192, ring=1, t=${T}} {
  input "x" : enc 0..1[1] {period=1}
  %0 = input "x"[0]
${steps.join("")}  output "y" : enc 0..1[1] {period=1} = %${2 * depth}
}
`)
}

const opsOf = (circuit: ReturnType<typeof squarings>): string[] =>
  circuit.instructions.flatMap(({ op }) => (op === "free" ? [] : [op]))

describe("placing levels", () => {
  test("in BGV drops a prime between products, and none before the first", () => {
    const { circuit } = placeLevels(squarings(2), noiseModel(bgv([36, 36, 36, 36, 36])))
    expect(depthOfCircuit(circuit)).toBe(2)
    expect(opsOf(circuit).slice(0, 5)).toEqual(["input", "multiply", "relinearize", "dropLevel", "multiply"])
  })

  test("in BGV with level-sized primes goes deeper than without drops", () => {
    const { noise } = placeLevels(squarings(3), noiseModel(bgv([42, 42, 42, 42, 46])))
    // Without drops the noise of 21 bits would have doubled three times, to 168.
    expect(-noise - 1).toBeGreaterThan(5)
  })

  test("in BFV drops only what costs no noise budget", () => {
    const short = placeLevels(squarings(1), noiseModel(bfv([36, 36, 36, 36, 36])))
    const { circuit, noise } = placeLevels(squarings(2), noiseModel(bfv([36, 36, 36, 36, 36])))
    expect(noise - short.noise).toBeLessThan(31)
    expect(opsOf(circuit)).toContain("dropLevel")
    expect(opsOf(circuit).indexOf("dropLevel")).toBeGreaterThan(1)
  })

  test.each([bgv([36, 36, 36, 36, 36]), bfv([36, 36, 36, 36, 36])])(
    "both operands of a sum have one level ($scheme)",
    (parameters) => {
      const circuit = parseCircuit(`circuit sum {n=8192, ring=1, t=${T}} {
  input "x" : enc 0..1[1] {period=1}
  %0 = input "x"[0]
  %1 = multiply %0, %0
  %2 = relinearize %1
  %3 = multiply %2, %2
  %4 = relinearize %3
  %5 = add %4, %0
  output "y" : enc 0..2[1] {period=1} = %5
}
`)
      const levels: number[] = []
      for (const step of placeLevels(circuit, noiseModel(parameters)).circuit.instructions) {
        if (step.op === "free") continue
        if ("b" in step) expect(levels[step.a]).toBe(levels[step.b])
        levels.push(
          step.op === "input"
            ? parameters.primes.length - 1
            : levels[step.a]! - (step.op === "dropLevel" ? 1 : 0),
        )
      }
      expect(new Set(levels).size).toBeGreaterThan(1)
    },
  )
})
