import { expect } from "vitest"
import { chooseParameters, type Parameters } from "../../src/backend/index.ts"
import { Compiled } from "../../src/compiler/compiled.ts"
import { ProgramError } from "../../src/data/index.ts"
import { evaluate, type Program } from "../../src/ir/index.ts"
import { defaultTarget, runPasses } from "../../src/passes/index.ts"
import type { ProgramInputs, SealContext } from "../../src/runtime/index.ts"
import { flatOutputs } from "./outputs.ts"

/** The program compiled for one scheme; undefined when it cannot be. */
export const compiledFor = (
  program: Program,
  scheme: Parameters["scheme"],
  batch = 1,
): Compiled | undefined => {
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

/** Bits of noise budget that a run leaves on its outputs. */
export interface Budget {
  readonly measured: number
  readonly estimated: number
}

/** Runs on real SEAL with fresh keys and compares all elements; null when no output is encrypted. */
export const budgetOf = async (
  made: Compiled,
  program: Program,
  samples: readonly ProgramInputs[],
  context: SealContext,
): Promise<Budget | null> => {
  using client = await made.client({ context })
  using server = await made.server(client.evaluationKeys(), { context })
  const reply = await server.run(client.encryptBatch(samples))
  const results = client.decryptBatch(reply) as Record<string, unknown>[]
  samples.forEach((sample, lane) => {
    expect(flatOutputs(results[lane]!)).toEqual(flatOutputs(evaluate(program, sample)))
  })
  const estimated = made.report().noiseMargin
  return Number.isFinite(estimated) ? { measured: client.noiseBudget(reply), estimated } : null
}
