import { describe, expect, test } from "vitest"
import {
  lanesOf,
  lower,
  noiseModel,
  parseCircuit,
  placeLevels,
  priceCircuit,
  printCircuit,
} from "../../src/backend/index.ts"
import { evaluate, parse } from "../../src/ir/index.ts"
import { simulate } from "../../src/runtime/simulate/simulate.ts"

const T = 65537n

const network = parse(`program network {
  %0 : enc 0..3[5] = input {name="x"}
  %1 : clear -2..2 = input {name="s"}
  %2 : clear -2..2[1] = reshape %1
  %3 : enc -7..8[3] = linear %0, %2 {matrix=@0, bias=@1}
  %4 : enc 0..8[3] = table %3 {lo=-7, entries=@2}
  %5 : enc 0..6[3] = table %3 {lo=-7, entries=@3, index=@4}
  %6 : enc 0..48[3] = mul %4, %5
  %7 : enc -30..72[2] = linear %6 {matrix=@5, bias=@6}
  %8 : clear -2..2 = neg %1
  return y = %7, s = %8
}
@0 = 3x6 [1, -1, 0, 1, 0, 1; 0, 1, -1, 0, 0, 1; -1, 0 x3, 2, -1]
@1 = [0, 1, -2]
@2 = [0 x8, 1..8]
@3 = [0 x10, 1..6, 5 x16]
@4 = [0, 1, 0]
@5 = 2x3 [1, 0, 1; 0, -1, 0]
@6 = [0, 0]
`)

describe("lowering", () => {
  test.each([1, 2, 4, 8, 16])("ring size %d gives what the program means, in every lane", (ring) => {
    const circuit = lower(network, { n: 32, ring }, T)
    const samples = Array.from({ length: lanesOf(circuit.layout) }, (_, i) => ({
      x: [i % 4, (i + 1) % 4, (i * 3) % 4, (i >> 1) % 4, (i + 2) % 4],
      s: (i % 5) - 2,
    }))
    const results = simulate(circuit, samples)
    samples.forEach((sample, lane) => {
      const { y, s } = evaluate(network, sample)
      expect(Array.from(results[lane]!["y"]!, Number)).toEqual(y)
      expect(Array.from(results[lane]!["s"]!, Number)).toEqual([s])
    })
  })

  test.each([1, 4, 16])("the text of a circuit with ring %d reads back as the same circuit", (ring) => {
    const text = printCircuit(lower(network, { n: 32, ring }, T))
    expect(printCircuit(parseCircuit(text))).toBe(text)
  })

  test("placing levels changes no result", () => {
    const circuit = lower(network, { n: 8192, ring: 8 }, T)
    const model = noiseModel({ scheme: "bfv", n: 8192, t: T, primes: [54, 53, 53, 54] })
    const { circuit: levelled } = placeLevels(circuit, model)
    expect(levelled.instructions.some(({ op }) => op === "dropLevel")).toBe(true)
    const sample = { x: [3, 0, 2, 1, 3], s: 2 }
    expect(simulate(levelled, [sample])).toEqual(simulate(circuit, [sample]))
    expect(priceCircuit(levelled, { n: 8192, primes: [54, 53, 53, 54] }).counts.levelDrops).toBeGreaterThan(0)
  })

  test("a table of few values before a matrix has small coefficients, and the matrix is divided by what made them so", () => {
    const program = parse(`program forest {
  %0 : enc 0..4[4] = input {name="x"}
  %1 : enc 0..1[4] = table %0 {lo=0, entries=@0}
  %2 : enc 0..10[2] = linear %1 {matrix=@1, bias=@2}
  return y = %2
}
@0 = [1, 0 x4]
@1 = 2x4 [1, 2, 3, 4; 0, 1, 0, 1]
@2 = [0, 0]
`)
    const scalars = (ring: number) =>
      lower(program, { n: 32, ring }, T).instructions.flatMap((step) =>
        step.op === "multiplyPlain" && step.plain.kind === "scalar"
          ? [Math.abs(Number(step.plain.value))]
          : [],
      )
    expect(Math.max(...scalars(4))).toBeLessThan(100)
    // Numbers in place of vectors would become larger themselves.
    expect(Math.max(...scalars(1))).toBeGreaterThan(1000)
    for (const ring of [1, 4, 8]) {
      const [result] = simulate(lower(program, { n: 32, ring }, T), [{ x: [0, 4, 0, 0] }])
      expect(Array.from(result!["y"]!, Number)).toEqual([8, 1])
    }
  })

  test("weighted sums of products are relinearized once each, unless there are more sums than products", () => {
    const relinearizations = (rows: number) => {
      const program = parse(`program sums {
  %0 : enc 0..3[4] = input {name="x"}
  %1 : enc 0..9[4] = mul %0, %0
  %2 : enc 0..162[${rows}] = linear %1 {matrix=@0, bias=@1}
  return y = %2
}
@0 = ${rows}x4 [${Array.from({ length: rows }, (_, r) => `${r + 2}, 3, 4, 5`).join("; ")}]
@1 = [0 x${rows}]
`)
      const { instructions } = lower(program, { n: 32, ring: 1 }, T)
      return instructions.filter(({ op }) => op === "relinearize").length
    }
    expect(relinearizations(2)).toBe(2)
    expect(relinearizations(5)).toBe(4)
  })
})
