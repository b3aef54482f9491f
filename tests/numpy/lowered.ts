import { batchingPrime } from "../../src/backend/arithmetic/primes.ts"
import { plainModulusFrom } from "../../src/backend/choose/search-space.ts"
import { lower } from "../../src/backend/index.ts"
import { ProgramError, sizeOf } from "../../src/data/index.ts"
import { nodesOf } from "../../src/ir/index.ts"
import { defaultTarget, runPasses } from "../../src/passes/index.ts"
import { simulate } from "../../src/runtime/index.ts"
import { type Recorded, traced, valuesOf } from "./recorded.ts"

const SLOTS = 64

/** The result of the circuit of a recorded program, as text; undefined where the compiler refuses it or nothing is secret. */
export const lowered = (program: Recorded): string | undefined => {
  try {
    const source = traced(program).program
    const output = source.outputs.get("y")!
    if (!output.type.secret) return undefined
    const optimized = runPasses(source, defaultTarget)
    const longest = Math.max(...nodesOf(optimized).map(({ type }) => sizeOf(type.shape)))
    if (longest > SLOTS) return undefined
    const ring = longest <= 8 ? 8 : longest <= 16 ? 16 : SLOTS / 2
    if (longest > ring) return undefined
    const circuit = lower(optimized, { n: SLOTS, ring }, batchingPrime(SLOTS, plainModulusFrom(optimized)))
    const [result] = simulate(circuit, [valuesOf(program) as never])
    return `[${output.type.shape}] ${Array.from(result!["y"]!, String)}`
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}
