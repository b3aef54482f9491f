import fc from "fast-check"
import { expect, test } from "vitest"
import { compileProgram } from "../../src/compiler/compile.ts"
import type { Compiled } from "../../src/compiler/compiled.ts"
import { ProgramError } from "../../src/data/index.ts"
import { evaluate, type Program } from "../../src/ir/index.ts"
import { arbitraryInputs, arbitraryProgram } from "../support/arbitrary.ts"
import { flatOutputs } from "../support/outputs.ts"

const PROGRAMS = 12

/** A program in several rounds and cheap to set up; undefined for any other. */
const compiledRounds = (program: Program): Compiled | undefined => {
  try {
    const compiled = compileProgram({ program, returns: "record" })
    const isWanted = compiled.spec.rounds !== undefined && compiled.parameters.n <= 8192
    return isWanted ? compiled : undefined
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

test("generated programs with refreshes run exactly, with a layout of its own for each round", async () => {
  const drawn = arbitraryProgram({ maxSteps: 24, maxDepth: 5, maxTable: 16, maxValue: 2n ** 14n })
  let done = 0
  const rings = new Set<string>()
  for (const program of fc.sample(drawn, 60 * PROGRAMS)) {
    if (done >= PROGRAMS) break
    const compiled = compiledRounds(program)
    if (compiled === undefined) continue
    done++
    rings.add(String(compiled.spec.rounds!.map(({ layout }) => layout.ring)))
    const samples = fc.sample(arbitraryInputs(program), 3)
    const results = (await compiled.runBatch(samples)) as Record<string, unknown>[]
    samples.forEach((sample, i) => {
      expect(flatOutputs(results[i]!)).toEqual(flatOutputs(evaluate(program, sample)))
    })
    await compiled.dispose()
  }
  expect(done).toBe(PROGRAMS)
  expect(rings.size).toBeGreaterThan(1)
})
