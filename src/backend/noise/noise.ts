import type { Parameters } from "../circuit/parameters.ts"
import { bfvNoise } from "./bfv.ts"
import { bgvNoise } from "./bgv.ts"
import type { NoiseModel } from "./noise-model.ts"

export type { Estimate, NoiseModel } from "./noise-model.ts"

export const noiseModel = (parameters: Pick<Parameters, "scheme" | "n" | "t" | "primes">): NoiseModel =>
  parameters.scheme === "bgv" ? bgvNoise(parameters) : bfvNoise(parameters)

/** Bits of noise budget left at a given noise. */
export const budgetAt = (noise: number): number => -noise - 1

/** The noise that leaves a given budget. */
export const noiseAt = (budget: number): number => -budget - 1
