import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { plainModulusFrom } from "../../src/backend/choose-parameters.ts"
import { lanesOf, lower, parseCircuit, placeLevels, printCircuit } from "../../src/backend/index.ts"
import { batchingPrime } from "../../src/backend/primes.ts"
import { ProgramError } from "../../src/data/index.ts"
import { evaluate, type Program } from "../../src/ir/index.ts"
import { defaultTarget, runPasses } from "../../src/passes/index.ts"
import { simulate } from "../../src/runtime/index.ts"
import { arbitraryInputs, arbitraryProgram } from "../support/arbitrary.ts"
import { flatOutputs } from "../support/outputs.ts"

const SLOTS = 32
const runs = Number(process.env["LUTRA_RUNS"] ?? 600)

const compilable = arbitraryProgram({ maxDepth: 12, maxTable: 256, reals: true })
  .map((program) => ({ program, optimized: optimized(program) }))
  .filter((pair): pair is { program: Program; optimized: Program } => pair.optimized !== undefined)

const drawn = fc.record({ pair: compilable, ring: fc.constantFrom(1, 2, 4, 8, 16) }).chain(({ pair, ring }) =>
  fc.record({
    pair: fc.constant(pair),
    ring: fc.constant(ring),
    samples: fc.array(arbitraryInputs(pair.program), { minLength: 1, maxLength: Math.min(3, SLOTS / ring) }),
  }),
)

describe("lowering", () => {
  test("a circuit gives what the traced program means, for every ring size and in every lane", () => {
    let secret = 0
    fc.assert(
      fc.property(drawn, ({ pair, ring, samples }) => {
        const circuit = circuitOf(pair.optimized, ring)
        if (circuit.outputs.some((output) => output.secret)) secret++
        const results = simulate(circuit, samples)
        samples.forEach((sample, lane) => {
          const expected = flatOutputs(evaluate(pair.program, sample))
          expect(flatOutputs(results[lane]!)).toEqual(expected)
        })
      }),
      { numRuns: runs },
    )
    expect(secret).toBeGreaterThan(runs / 4)
  })

  test("the text of a circuit reads back as the same circuit", () => {
    fc.assert(
      fc.property(drawn, ({ pair, ring, samples }) => {
        const circuit = circuitOf(pair.optimized, ring)
        const text = printCircuit(circuit)
        const read = parseCircuit(text)
        expect(printCircuit(read)).toBe(text)
        expect(simulate(read, samples)).toEqual(simulate(circuit, samples))
      }),
      { numRuns: runs / 4 },
    )
  })

  test("placing levels changes no result, and never drops the last prime", () => {
    fc.assert(
      fc.property(drawn, ({ pair, ring, samples }) => {
        const circuit = circuitOf(pair.optimized, ring)
        const primes = new Array<number>(15).fill(57)
        const levelled = placeLevels(circuit, {
          scheme: "bfv",
          n: SLOTS,
          t: circuit.t,
          primes,
          security: 128,
        })
        expect(levelled.outputLevels.every((level) => level >= 1)).toBe(true)
        expect(simulate(levelled.circuit, samples)).toEqual(simulate(circuit, samples))
      }),
      { numRuns: runs / 4 },
    )
  })

  test("every result but the outputs is freed, once", () => {
    fc.assert(
      fc.property(drawn, ({ pair, ring }) => {
        const { instructions, outputs } = circuitOf(pair.optimized, ring)
        const freed = instructions.flatMap((step) => (step.op === "free" ? [step.a] : []))
        const kept = new Set(outputs.flatMap(({ pieces }) => pieces))
        const results = instructions.filter(({ op }) => op !== "free").length
        expect(new Set(freed).size).toBe(freed.length)
        expect(freed.length + kept.size).toBe(results)
        expect(freed.some((id) => kept.has(id))).toBe(false)
      }),
      { numRuns: runs / 4 },
    )
  })
})

const circuitOf = (program: Program, ring: number) =>
  lower(program, { n: SLOTS, ring }, batchingPrime(SLOTS, plainModulusFrom(program)))

test("as many samples as there are lanes fit", () => {
  expect(lanesOf({ n: SLOTS, ring: 4 })).toBe(8)
})

/** The program after all passes; undefined when a check refuses it. */
const optimized = (program: Program): Program | undefined => {
  try {
    return runPasses(program, defaultTarget)
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}
