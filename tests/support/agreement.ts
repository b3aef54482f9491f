import { batchingPrime } from "../../src/backend/arithmetic/primes.ts"
import { plainModulusFrom } from "../../src/backend/choose/search-space.ts"
import {
  type Circuit,
  lower,
  parseCircuit,
  printCircuit,
  type TableStrategy,
} from "../../src/backend/index.ts"
import { ProgramError, sizeOf } from "../../src/data/index.ts"
import { evaluate, nodesOf, type Program, parse, print } from "../../src/ir/index.ts"
import { defaultTarget, encodeInputs, runPasses } from "../../src/passes/index.ts"
import { type ProgramInputs, simulate } from "../../src/runtime/index.ts"
import { flatOutputs } from "./outputs.ts"

/** Slots of the circuits that are simulated. */
export const SLOTS = 32

/** How a program is lowered. */
export interface Lowering {
  /** Elements of a ring, a power of two up to SLOTS. */
  readonly ring: number
  readonly tables: TableStrategy
  /** In how many digits its inputs are sent one-hot; 0 for as they are. */
  readonly digits: 0 | 1 | 2
}

/** The program after all passes; undefined when a check refuses it. */
export const optimizedOf = (program: Program): Program | undefined => {
  try {
    return runPasses(program, defaultTarget)
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

/** The circuit of an optimized program. Both rows hold one ring only where every vector has room in a half of it. */
export const circuitOf = (optimized: Program, { ring, tables, digits }: Lowering): Circuit => {
  const encoded = digits === 0 ? optimized : encodeInputs.run(optimized, { ...defaultTarget, digits })
  const longest = Math.max(...nodesOf(encoded).map(({ type }) => sizeOf(type.shape)))
  const layout = { n: SLOTS, ring: longest <= SLOTS / 2 ? ring : Math.min(ring, SLOTS / 2) }
  return lower(encoded, layout, batchingPrime(SLOTS, plainModulusFrom(encoded)), { tables })
}

/** What the executions disagree on, in words: the program as written, after all passes, as circuit, and both texts read back. */
export const disagreement = (
  program: Program,
  optimized: Program,
  lowering: Lowering,
  samples: readonly ProgramInputs[],
): string | undefined => {
  const circuit = circuitOf(optimized, lowering)
  const lanes = SLOTS / circuit.layout.ring
  const taken = samples.slice(0, lanes)
  const fromText = parse(print(program))
  const executions: [string, (sample: ProgramInputs, lane: number) => unknown][] = [
    ["the program read back", (sample) => evaluate(fromText, sample)],
    ["the program after all passes", (sample) => evaluate(optimized, sample)],
    ["the circuit", (_, lane) => simulate(circuit, taken)[lane]],
    ["the circuit read back", (_, lane) => simulate(parseCircuit(printCircuit(circuit)), taken)[lane]],
  ]
  for (const [lane, sample] of taken.entries()) {
    const expected = inWords(evaluate(program, sample))
    for (const [name, run] of executions) {
      const found = inWords(run(sample, lane) as Record<string, unknown>)
      if (found !== expected) return `sample ${lane}: ${name} gives ${found} in place of ${expected}`
    }
  }
  return undefined
}

const inWords = (outputs: Readonly<Record<string, unknown>>): string =>
  Object.entries(flatOutputs(outputs))
    .map(([name, values]) => `${name} = [${values.join(", ")}]`)
    .join(", ")
