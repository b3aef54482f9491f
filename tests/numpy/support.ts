import { expect } from "vitest"
import { batchingPrime } from "../../src/backend/arithmetic/primes.ts"
import { plainModulusFrom } from "../../src/backend/choose/search-space.ts"
import { lower } from "../../src/backend/index.ts"
import type { Specification } from "../../src/data/index.ts"
import { type Inputs, type Outputs, type Traced, trace } from "../../src/frontend/index.ts"
import { evaluate } from "../../src/ir/index.ts"
import { defaultTarget, runPasses } from "../../src/passes/index.ts"
import { simulate } from "../../src/runtime/index.ts"
import { build, type Nested } from "./reference.ts"

const SLOTS = 64
const RING = 8

/** A sample for each input. */
export type Sample = Record<string, Nested>

/** Numbers in 0..1 that are the same in every run (a linear congruential generator). */
const randomFrom = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

/** Lowest and highest values in all combinations, as they break what is wrong with bounds, and a few in between. */
export const samplesOf = (inputs: Readonly<Record<string, Specification>>): Sample[] => {
  const random = randomFrom(1)
  const names = Object.keys(inputs)
  const make = (value: (name: string) => number): Sample =>
    Object.fromEntries(names.map((name) => [name, build(inputs[name]!.shape, () => value(name))]))
  const ends = [0, 1, 2, 3].map((k) =>
    make((name) => Number((k >> (names.indexOf(name) % 2)) % 2 === 0 ? inputs[name]!.lo : inputs[name]!.hi)),
  )
  const between = [0, 1, 2, 3].map(() =>
    make((name) => {
      const { lo, hi } = inputs[name]!
      return Number(lo) + Math.floor(random() * (Number(hi - lo) + 1))
    }),
  )
  return [...ends, ...between]
}

export interface AgreeOptions {
  /** In place of those that are drawn. */
  readonly samples?: readonly Sample[]
  /** Whether the lowered circuit is run, too; true unless said. */
  readonly lowered?: boolean
}

/** Expects of a traced function, evaluated and lowered, what a plain function of nested arrays gives. */
export const agree = <const I extends Inputs>(
  inputs: I,
  fn: (inputs: Traced<I>) => Outputs,
  reference: (sample: Record<keyof I & string, Nested>) => unknown,
  { samples = samplesOf(inputs), lowered = true }: AgreeOptions = {},
): void => {
  const { program, returns } = trace("f", inputs, fn)
  const expected = samples.map((sample) => reference(sample as Record<keyof I & string, Nested>))
  const shaped = (results: Record<string, unknown>): unknown => {
    if (returns === "single") return results["y"]
    return returns === "array" ? Object.values(results) : results
  }
  samples.forEach((sample, i) => {
    expect(shaped(evaluate(program, sample)), `evaluated on ${JSON.stringify(sample)}`).toEqual(expected[i])
  })
  if (!lowered) return
  const optimized = runPasses(program, defaultTarget)
  const circuit = lower(
    optimized,
    { n: SLOTS, ring: RING },
    batchingPrime(SLOTS, plainModulusFrom(optimized)),
  )
  const lanes = SLOTS / RING
  for (let from = 0; from < samples.length; from += lanes) {
    const some = samples.slice(from, from + lanes)
    simulate(circuit, some).forEach((flat, i) => {
      const results = Object.fromEntries(
        circuit.outputs.map(({ name, shape }) => [name, folded(flat[name]!, shape)]),
      )
      const which = `simulated on ${JSON.stringify(some[i])}`
      expect(shaped(results), which).toEqual(expected[from + i])
    })
  }
}

const folded = (values: ArrayLike<number | bigint>, shape: readonly number[]): Nested => {
  let next = 0
  return build(shape, () => Number(values[next++]))
}

/** A case of a table: its name, the inputs, the traced function and what it should give. */
export type Case = readonly [name: string, run: () => void]

/** A case that `agree` decides. */
export const that = <const I extends Inputs>(
  name: string,
  inputs: I,
  fn: (inputs: Traced<I>) => Outputs,
  reference: (sample: Record<keyof I & string, Nested>) => unknown,
  options?: AgreeOptions,
): Case => [name, () => agree(inputs, fn, reference, options)]
