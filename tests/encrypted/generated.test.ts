import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { lanesOf } from "../../src/backend/index.ts"
import { compileProgram } from "../../src/compiler/compile.ts"
import type { Compiled } from "../../src/compiler/compiled.ts"
import { ProgramError } from "../../src/data/index.ts"
import { evaluate, type Program } from "../../src/ir/index.ts"
import { arbitraryInputs, arbitraryProgram } from "../support/arbitrary.ts"
import { sharedContexts } from "../support/contexts.ts"
import { flatOutputs } from "../support/outputs.ts"

const contextFor = sharedContexts()

const compiled = (program: Program, batch: number): Compiled | undefined => {
  try {
    return compileProgram({ program, returns: "record" }, { batch })
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

const drawn = fc
  .tuple(
    arbitraryProgram({ maxDepth: 5, maxTable: 40, reals: true, secretOutputs: true }),
    fc.constantFrom(1, 1, 3000),
  )
  .map(([program, batch]) => ({ program, compiled: compiled(program, batch) }))
  .filter(
    (pair): pair is { program: Program; compiled: Compiled } =>
      (pair.compiled?.parameters.n ?? 32768) < 32768 && pair.compiled?.spec.residues === undefined,
  )
  .chain((pair) =>
    fc
      .array(arbitraryInputs(pair.program), { minLength: 1, maxLength: 5 })
      .map((samples) => ({ ...pair, samples: samples.slice(0, lanesOf(pair.compiled.circuit.layout)) })),
  )

describe("generated programs on real SEAL", () => {
  const pessimism: number[] = []
  const schemes = new Set<string>()

  test("every decrypted element equals cleartext evaluation, and the noise estimate is never above the budget", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async ({ program, compiled, samples }) => {
        const context = await contextFor(compiled.parameters)
        schemes.add(compiled.parameters.scheme)
        using client = await compiled.client({ context })
        using server = await compiled.server(client.evaluationKeys(), { context })
        let reply = await server.run(client.encryptBatch(samples))
        while (!client.isFinal(reply)) reply = await server.run(client.refresh(reply))
        const results = client.decryptBatch(reply) as Record<string, unknown>[]
        samples.forEach((sample, lane) => {
          expect(flatOutputs(results[lane]!)).toEqual(flatOutputs(evaluate(program, sample)))
        })
        const { noiseMargin } = compiled.report()
        if (!Number.isFinite(noiseMargin)) return
        const measured = client.noiseBudget(reply)
        expect(noiseMargin).toBeLessThanOrEqual(measured)
        pessimism.push(measured - noiseMargin)
      }),
      { numRuns: Number(process.env["LUTRA_RUNS"] ?? 45) },
    )
    expect(pessimism.length).toBeGreaterThan(20)
    const mean = pessimism.reduce((a, b) => a + b, 0) / pessimism.length
    expect(mean).toBeLessThan(15)
  })
})
