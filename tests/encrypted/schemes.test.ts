import { describe, expect, test } from "vitest"
import { type Inputs, type Outputs, trace } from "../../src/frontend/index.ts"
import { enc, int, type Tensor, uint } from "../../src/index.ts"
import type { ProgramInputs } from "../../src/runtime/index.ts"
import { sharedContexts } from "../support/contexts.ts"
import { budgetOf, compiledFor } from "../support/encrypted-run.ts"

const contextFor = sharedContexts()

type Samples = readonly ProgramInputs[]

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
  test.each(picked)("%s", async (_, inputs, fn, samples) => {
    const { program } = trace("picked", inputs, fn)
    const made = compiledFor(program, scheme, samples.length)!
    expect(made.parameters.scheme).toBe(scheme)
    const { measured, estimated } = (await budgetOf(
      made,
      program,
      samples,
      await contextFor(made.parameters),
    ))!
    if (process.env["LUTRA_SHOW"]) console.log(scheme, made.report().primes, measured - estimated)
    expect(estimated).toBeLessThanOrEqual(measured)
    expect(measured - estimated).toBeLessThan(35)
  })
})
