import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { chooseParameters, lanesOf, type Parameters } from "../../src/backend/index.ts"
import { Compiled } from "../../src/compiled.ts"
import { ProgramError } from "../../src/data/index.ts"
import { type Inputs, type Outputs, trace } from "../../src/frontend/index.ts"
import { enc, int, type Tensor, uint } from "../../src/index.ts"
import { evaluate, type Program } from "../../src/ir/index.ts"
import { defaultTarget, runPasses } from "../../src/passes/index.ts"
import type { ProgramInputs } from "../../src/runtime/index.ts"
import { arbitraryInputs, arbitraryProgram } from "../support/arbitrary.ts"
import { sharedContexts } from "../support/contexts.ts"
import { flatOutputs } from "../support/outputs.ts"

const contextFor = sharedContexts()

const compiled = (program: Program, scheme: Parameters["scheme"], batch = 1): Compiled | undefined => {
  try {
    const optimized = runPasses(program, defaultTarget)
    const options = { batch, margin: 10, maxKeyBytes: Infinity, security: 128, scheme } as const
    const choice = chooseParameters(optimized, options)
    return "reason" in choice ? undefined : new Compiled({ program, returns: "record" }, optimized, choice)
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

type Samples = readonly ProgramInputs[]

/** Runs on real SEAL, compares all elements, and returns by how many bits the noise estimate was too high. */
const pessimismOf = async (made: Compiled, program: Program, samples: Samples): Promise<number> => {
  const context = await contextFor(made.parameters)
  using client = await made.client({ context })
  using server = await made.server(client.evaluationKeys(), { context })
  const reply = await server.run(client.encryptBatch(samples))
  const measured = client.noiseBudget(reply)
  const results = client.decryptBatch(reply) as Record<string, unknown>[]
  samples.forEach((sample, lane) => {
    expect(flatOutputs(results[lane]!)).toEqual(flatOutputs(evaluate(program, sample)))
  })
  const { noiseMargin } = made.report()
  if (!Number.isFinite(noiseMargin)) return 0
  expect(noiseMargin).toBeLessThanOrEqual(measured)
  return measured - noiseMargin
}

const drawn = (scheme: Parameters["scheme"]) =>
  fc
    .tuple(
      arbitraryProgram({ maxDepth: 5, maxTable: 40, reals: true, secretOutputs: true }),
      fc.constantFrom(1, 1, 3000),
    )
    .map(([program, batch]) => ({ program, made: compiled(program, scheme, batch) }))
    .filter(
      (pair): pair is { program: Program; made: Compiled } => (pair.made?.parameters.n ?? 32768) < 32768,
    )
    .chain((pair) =>
      fc
        .array(arbitraryInputs(pair.program), { minLength: 1, maxLength: 3 })
        .map((samples) => ({ ...pair, samples: samples.slice(0, lanesOf(pair.made.circuit.layout)) })),
    )

const weights = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => ((i * 5 + j * 3) % 7) - 3))
const bits = (count: number, i: number): number[] =>
  Array.from({ length: count }, (_, j) => (i >> (j % 5)) & 1)

/** Programs that need levels: name, inputs, function, samples. */
const picked: readonly (readonly [string, Inputs, (tensors: Record<string, Tensor>) => Outputs, Samples])[] =
  [
    [
      "a network with x * x",
      { x: enc(uint(2), [16]) },
      ({ x }) => {
        const hidden = x!.matmul(weights(16, 8))
        return { y: hidden.mul(hidden).matmul(weights(8, 3)) }
      },
      [{ x: Array.from({ length: 16 }, (_, i) => i % 4) }],
    ],
    [
      "the dot product of two secrets",
      { x: enc(int(4), [64]), y: enc(int(4), [64]) },
      ({ x, y }) => ({ dot: x!.mul(y!).sum() }),
      [
        {
          x: Array.from({ length: 64 }, (_, i) => (i % 16) - 8),
          y: Array.from({ length: 64 }, (_, i) => 7 - (i % 15)),
        },
      ],
    ],
    [
      "a table of 4 bits",
      { x: enc(uint(4)) },
      ({ x }) => ({ y: x!.lookup([3, 14, 15, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3]) }),
      Array.from({ length: 16 }, (_, x) => ({ x })),
    ],
    [
      "products one after the other, with sums of values of different depths",
      { x: enc(uint(1), [8]), y: enc(uint(1), [8]) },
      ({ x, y }) => {
        let z = x!
        for (let i = 0; i < 3; i++) z = z.mul(y!).sub(z).mul(z).add(x!)
        return { z }
      },
      [
        { x: bits(8, 19), y: bits(8, 7) },
        { x: bits(8, 31), y: bits(8, 31) },
      ],
    ],
  ]

describe.each(["bgv", "bfv"] as const)("programs compiled for %s", (scheme) => {
  test("generated ones decrypt to what evaluation says, with no less noise budget than estimated", async () => {
    const pessimism: number[] = []
    await fc.assert(
      fc.asyncProperty(drawn(scheme), async ({ program, made, samples }) => {
        expect(made.parameters.scheme).toBe(scheme)
        pessimism.push(await pessimismOf(made, program, samples))
      }),
      { numRuns: Number(process.env["LUTRA_RUNS"] ?? 30) },
    )
    expect(pessimism.reduce((a, b) => a + b, 0) / pessimism.length).toBeLessThan(15)
  })

  test.each(picked)("%s", async (_, inputs, fn, samples) => {
    const { program } = trace("picked", inputs, fn)
    const made = compiled(program, scheme, samples.length)!
    expect(made.parameters.scheme).toBe(scheme)
    const pessimism = await pessimismOf(made, program, samples)
    if (process.env["LUTRA_SHOW"]) console.log(scheme, made.report().primes, pessimism)
    expect(pessimism).toBeLessThan(35)
  })
})
