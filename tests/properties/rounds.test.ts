import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { batchingPrime } from "../../src/backend/arithmetic/primes.ts"
import { plainModulusFrom } from "../../src/backend/choose/search-space.ts"
import { type Circuit, lower, parseCircuit, printCircuit } from "../../src/backend/index.ts"
import { ProgramError, sizeOf } from "../../src/data/index.ts"
import {
  Builder,
  evaluate,
  type IntType,
  literal,
  type Node,
  nodesOf,
  type Program,
  print,
} from "../../src/ir/index.ts"
import {
  cutRounds,
  defaultTarget,
  depthOf,
  encodeInputs,
  refreshPlans,
  roundsOf,
  runPasses,
  type Segment,
  tablePlans,
} from "../../src/passes/index.ts"
import { simulateRounds } from "../../src/runtime/index.ts"
import { arbitraryInputs, arbitraryProgram, arbitraryRun, behindTables } from "../support/arbitrary.ts"
import { flatOutputs } from "../support/outputs.ts"

const SLOTS = 32
const runs = Number(process.env["LUTRA_RUNS"] ?? 300)

/** The program after all passes; undefined when a check refuses it. */
const optimized = (program: Program): Program | undefined => {
  try {
    return runPasses(program, { ...defaultTarget, maxDepth: Infinity })
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

/** The segments one after the other on cleartext. */
const evaluateRounds = (segments: readonly Segment[], inputs: Record<string, unknown>) => {
  let results: Record<string, unknown> = {}
  for (const { program } of segments) {
    const given = program.inputs.map(({ attrs: { name }, type }) => {
      const isReceived = type.secret && segments[0]!.program !== program
      return [name, isReceived ? results[name] : inputs[name]]
    })
    results = evaluate(program, Object.fromEntries(given))
  }
  return results
}

/** The program with the cubes of its outputs in their place, so that there is something to cut. */
const cubed = (program: Program): Program => {
  const builder = new Builder(program.origins)
  const images = new Map<Node, Node>()
  for (const node of nodesOf(program)) {
    const operands = node.operands.map((operand) => images.get(operand)!)
    images.set(node, builder.remake(node, operands))
  }
  const outputs = [...program.outputs].map(([name, node]): [string, Node] => {
    const x = images.get(node)!
    return [name, builder.make("mul", [builder.make("mul", [x, x], {}), x], {})]
  })
  return {
    ...program,
    inputs: program.inputs.map((node) => images.get(node) as typeof node),
    outputs: new Map(outputs),
  }
}

/** The program with tables of sums of tables of its outputs in their place. */
const lookedUp = (program: Program): Program => {
  const outputs = new Map<Node, Node>()
  const rebuilt = program
  const builder = new Builder(rebuilt.origins)
  const images = new Map<Node, Node>()
  for (const node of nodesOf(rebuilt)) {
    images.set(
      node,
      builder.remake(
        node,
        node.operands.map((operand) => images.get(operand)!),
      ),
    )
  }
  const tableOf = (x: Node, entry: (i: number) => number): Node => {
    const { lo, hi } = x.type as IntType
    if (hi - lo >= 60n) return x
    const entries = literal(Array.from({ length: Number(hi - lo) + 1 }, (_, i) => entry(i)))
    return builder.make("table", [x], { lo, entries })
  }
  for (const node of rebuilt.outputs.values()) {
    const x = images.get(node)!
    const y = tableOf(x, (i) => ((i * i) % 7) - 3)
    outputs.set(
      node,
      tableOf(builder.make("add", [y, x], {}), (i) => (i * 5) % 11),
    )
  }
  return {
    ...rebuilt,
    inputs: rebuilt.inputs.map((input) => images.get(input) as typeof input),
    outputs: new Map([...rebuilt.outputs].map(([name, node]) => [name, outputs.get(node)!])),
  }
}

const lastRound = (program: Program): number => Math.max(0, ...roundsOf(nodesOf(program)).values())

describe("rounds of generated programs", () => {
  test("one after the other they mean what the program means, and nothing but refreshed values passes between", () => {
    let cut = 0
    fc.assert(
      fc.property(arbitraryRun({ maxSteps: 24 }), ({ program, inputs }) => {
        const whole = optimized(program)
        if (whole === undefined) return
        const segments = cutRounds(whole)
        if (segments.length > 1) cut++
        expect(segments.length).toBe(lastRound(whole) + 1)
        expect(evaluateRounds(segments, inputs)).toEqual(evaluate(program, inputs))
        segments.forEach(({ program: own, received, sent }, round) => {
          expect(nodesOf(own).filter(({ op, type }) => op === "refresh" && type.secret)).toEqual([])
          const secrets = own.inputs.filter(({ type }) => type.secret).map(({ attrs }) => attrs.name)
          if (round > 0) expect(secrets).toEqual([...received])
          if (round < segments.length - 1) {
            expect([...own.outputs.keys()]).toEqual([...sent])
            expect(sent).toEqual(segments[round + 1]!.received)
          }
        })
      }),
      { numRuns: runs },
    )
    expect(cut).toBeGreaterThan(runs / 10)
  })

  test("refreshes put in at any depth keep the meaning and make every round shallower", () => {
    let plans = 0
    fc.assert(
      fc.property(arbitraryRun({ maxSteps: 14, maxValue: 2n ** 12n }), ({ program, inputs }) => {
        const whole = optimized(cubed(program))
        if (whole === undefined) return
        for (const plan of refreshPlans(whole)) {
          plans++
          expect(evaluate(plan, inputs)).toEqual(evaluate(whole, inputs))
          // Where users have refreshed a value already, a cut elsewhere may gain nothing.
          if (lastRound(whole) === 0) expect(depthOf(plan)).toBeLessThan(depthOf(whole))
          expect(lastRound(plan)).toBeGreaterThan(lastRound(whole) - 1)
        }
      }),
      { numRuns: runs },
    )
    expect(plans).toBeGreaterThan(runs / 2)
  })
})

const drawnFrom = (programs: fc.Arbitrary<Program>) =>
  programs
    .map((program) => ({ program, whole: optimized(program) }))
    .filter((pair): pair is { program: Program; whole: Program } => pair.whole !== undefined)
    .chain((pair) =>
      fc.record({
        pair: fc.constant(pair),
        ring: fc.constantFrom(1, 2, 4, 8, 16, 32),
        samples: fc.array(arbitraryInputs(pair.program), { minLength: 1, maxLength: 5 }),
      }),
    )

const modulusOf = (whole: Program): bigint => batchingPrime(SLOTS, plainModulusFrom(whole))

/** A circuit for each round, in rings of different sizes. */
const circuitsOf = (whole: Program, segments: readonly Segment[], ring: number): Circuit[] => {
  const t = modulusOf(whole)
  return segments.map((segment, round) => {
    const longest = Math.max(...nodesOf(segment.program).map(({ type }) => sizeOf(type.shape)))
    const most = longest <= SLOTS / 2 ? SLOTS : SLOTS / 2
    const own = Math.min(most, (ring * 2 ** round) % 63 || 1)
    return lower(segment.program, { n: SLOTS, ring: own }, t, { refreshed: segment })
  })
}

describe("rounds as circuits", () => {
  test("with values masked between them they give what the program means, in every ring and lane", () => {
    let masked = 0
    fc.assert(
      fc.property(
        drawnFrom(arbitraryProgram({ maxSteps: 24, maxDepth: 16, maxTable: 64 })),
        ({ pair, ring, samples }) => {
          const circuits = circuitsOf(pair.whole, cutRounds(pair.whole), ring)
          if (circuits.length > 1) masked++
          const read = circuits.map((circuit) => parseCircuit(printCircuit(circuit)))
          expect(read.map(printCircuit)).toEqual(circuits.map(printCircuit))
          const results = simulateRounds(read, samples)
          samples.forEach((sample, i) => {
            expect(flatOutputs(results[i]!)).toEqual(flatOutputs(evaluate(pair.program, sample)))
          })
        },
      ),
      { numRuns: runs },
    )
    expect(masked).toBeGreaterThan(runs / 20)
  })

  test("so do programs that are refreshed where it costs least, with inputs sent one-hot or not", () => {
    let masked = 0
    fc.assert(
      fc.property(
        drawnFrom(
          arbitraryProgram({ maxSteps: 10, maxDepth: 8, maxTable: 64, maxValue: 2n ** 12n }).map((program) =>
            cubed(behindTables(program)),
          ),
        ),
        fc.boolean(),
        fc.nat(9),
        ({ pair, ring, samples }, isEncoded, which) => {
          const whole = isEncoded ? encodeInputs.run(pair.whole, defaultTarget) : pair.whole
          const plans = refreshPlans(whole)
          const plan = plans[which % Math.max(1, plans.length)]
          if (plan === undefined) return
          masked++
          const results = simulateRounds(circuitsOf(plan, cutRounds(plan), ring), samples)
          samples.forEach((sample, i) => {
            expect(flatOutputs(results[i]!), print(plan)).toEqual(flatOutputs(evaluate(pair.program, sample)))
          })
        },
      ),
      { numRuns: runs },
    )
    expect(masked).toBeGreaterThan(runs / 3)
  })

  test("so do programs whose tables are looked up in symbols of masked values", () => {
    let symbols = 0
    fc.assert(
      fc.property(
        drawnFrom(arbitraryProgram({ maxSteps: 10, maxTable: 64, maxValue: 2n ** 12n }).map(lookedUp)),
        fc.boolean(),
        fc.nat(9),
        ({ pair, ring, samples }, isEncoded, which) => {
          const whole = isEncoded ? encodeInputs.run(pair.whole, defaultTarget) : pair.whole
          const plans = [...tablePlans(whole), ...refreshPlans(whole)]
          const plan = plans[which % Math.max(1, plans.length)]
          if (plan === undefined) return
          const segments = cutRounds(plan, modulusOf(plan))
          if (segments.some(({ masks }) => masks.size > 0)) symbols++
          const circuits = circuitsOf(plan, segments, ring)
          const read = circuits.map((circuit) => parseCircuit(printCircuit(circuit)))
          expect(read.map(printCircuit)).toEqual(circuits.map(printCircuit))
          const results = simulateRounds(read, samples)
          samples.forEach((sample, i) => {
            expect(flatOutputs(results[i]!), print(plan)).toEqual(flatOutputs(evaluate(pair.program, sample)))
          })
        },
      ),
      { numRuns: runs },
    )
    expect(symbols).toBeGreaterThan(runs / 10)
  })
})
