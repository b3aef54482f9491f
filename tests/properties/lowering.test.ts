import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { batchingPrime } from "../../src/backend/arithmetic/primes.ts"
import { plainModulusFrom } from "../../src/backend/choose/search-space.ts"
import {
  lanesOf,
  lower,
  noiseModel,
  parseCircuit,
  placeLevels,
  printCircuit,
} from "../../src/backend/index.ts"
import { ProgramError, sizeOf } from "../../src/data/index.ts"
import { evaluate, nodesOf, type Program } from "../../src/ir/index.ts"
import { defaultTarget, encodeInputs, runPasses } from "../../src/passes/index.ts"
import { simulate } from "../../src/runtime/index.ts"
import { arbitraryInputs, arbitraryProgram, behindTables } from "../support/arbitrary.ts"
import { flatOutputs } from "../support/outputs.ts"

const SLOTS = 32
/** With the halves of those sent one-hot, 2,000 programs whose circuits are compared with what they mean. */
const runs = Number(process.env["LUTRA_RUNS"] ?? 1000)

const compilable = (programs: fc.Arbitrary<Program>) =>
  programs
    .map((program) => ({ program, optimized: optimized(program) }))
    .filter((pair): pair is { program: Program; optimized: Program } => pair.optimized !== undefined)

const drawnFrom = (programs: fc.Arbitrary<Program>) =>
  fc
    .record({ pair: compilable(programs), ring: fc.constantFrom(1, 2, 4, 8, 16, 32) })
    .chain(({ pair, ring }) =>
      fc.record({
        pair: fc.constant(pair),
        ring: fc.constant(ring),
        samples: fc.array(arbitraryInputs(pair.program), {
          minLength: 1,
          maxLength: Math.min(3, SLOTS / ring),
        }),
      }),
    )

const programs = arbitraryProgram({ maxDepth: 12, maxTable: 256, reals: true })
const drawn = drawnFrom(programs)
const drawnBehindTables = drawnFrom(
  arbitraryProgram({ maxDepth: 12, maxTable: 256, maxSteps: 12, wideInputs: true }).map(behindTables),
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

  test.for([1, 2] as const)("so does one whose inputs are sent one-hot in %i digits", (digits) => {
    const target = { ...defaultTarget, digits }
    let encoded = 0
    fc.assert(
      fc.property(drawnBehindTables, ({ pair, ring, samples }) => {
        const circuit = circuitOf(encodeInputs.run(pair.optimized, target), ring)
        if (
          circuit.inputs.some(
            ({ encoding }) => encoding && "digits" in encoding && encoding.digits === digits,
          )
        )
          encoded++
        const read = parseCircuit(printCircuit(circuit))
        expect(printCircuit(read)).toBe(printCircuit(circuit))
        samples.forEach((sample, lane) => {
          const expected = flatOutputs(evaluate(pair.program, sample))
          expect(flatOutputs(simulate(circuit, samples)[lane]!)).toEqual(expected)
          expect(flatOutputs(simulate(read, samples)[lane]!)).toEqual(expected)
        })
      }),
      { numRuns: runs / 2 },
    )
    expect(encoded).toBeGreaterThan(runs / 20)
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
        const model = noiseModel({ scheme: "bfv", n: SLOTS, t: circuit.t, primes })
        const levelled = placeLevels(circuit, model)
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

const STRATEGIES = ["shallow", "bounded", "balanced", "spread"] as const

/** Both rows hold one ring only where every vector has room in a half of it. */
const circuitOf = (program: Program, ring: number) => {
  const longest = Math.max(...nodesOf(program).map(({ type }) => sizeOf(type.shape)))
  const layout = { n: SLOTS, ring: longest <= SLOTS / 2 ? ring : Math.min(ring, SLOTS / 2) }
  const tables = STRATEGIES[longest % STRATEGIES.length]!
  return lower(program, layout, batchingPrime(SLOTS, plainModulusFrom(program)), { tables })
}

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
