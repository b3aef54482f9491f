import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { lanesOf, type Parameters } from "../../src/backend/index.ts"
import type { Compiled } from "../../src/compiler/compiled.ts"
import { type Inputs, type Outputs, trace } from "../../src/frontend/index.ts"
import { enc, int, type Tensor, uint } from "../../src/index.ts"
import { arbitraryInputs, arbitraryProgram } from "../support/arbitrary.ts"
import { sharedContexts } from "../support/contexts.ts"
import { type Budget, budgetOf, compiledFor } from "../support/encrypted-run.ts"

const contextFor = sharedContexts()

/** Random programs of each scheme. LUTRA_RUNS=250 LUTRA_SHOW=1 makes more than 500 circuits of both and shows figures. */
const runs = Number(process.env["LUTRA_RUNS"] ?? 20)
/** Programs in rings of 16384 take seconds: they are for long runs. */
const largest = runs < 100 ? 8192 : 16384

const program = (maxValue: bigint) =>
  arbitraryProgram({ maxDepth: 5, maxTable: 40, maxValue, reals: true, secretOutputs: true })

const drawn = (scheme: Parameters["scheme"]) =>
  fc
    .tuple(
      // Mostly of one modulus, so that contexts are shared.
      fc.oneof({ weight: 5, arbitrary: program(2n ** 14n) }, { weight: 1, arbitrary: program(2n ** 24n) }),
      fc.constantFrom(1, 1, 3000),
      fc.nat(4),
    )
    .map(([program, batch, luck]) => ({ program, made: compiledFor(program, scheme, batch), luck }))
    .filter((pair): pair is typeof pair & { made: Compiled } => {
      if (pair.made === undefined || pair.made.parameters.n > largest) return false
      const { noiseMargin, depth } = pair.made.report()
      // Most random programs have no products, and one of them is like the other.
      return Number.isFinite(noiseMargin) && (depth > 0 || pair.luck === 0)
    })
    .chain((pair) =>
      fc
        .array(arbitraryInputs(pair.program), { minLength: 1, maxLength: 3 })
        .map((samples) => ({ ...pair, samples: samples.slice(0, lanesOf(pair.made.circuit.layout)) })),
    )

const matrix = (rows: number, columns: number, at: (i: number, j: number) => number): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => at(i, j)))
const weights = (rows: number, columns: number, most: number): number[][] =>
  matrix(rows, columns, (i, j) => ((i * 5 + j * 3 + i * j) % (2 * most + 1)) - most)
const ones = (rows: number, columns: number): number[][] => matrix(rows, columns, () => 1)
const identityAndTurn = (size: number, turn: number): number[][] =>
  matrix(size, size, (i, j) => Number(i === j) + Number((i + turn) % size === j))

/** Weights whose polynomials are short, so that they mix the noise little. */
const patterns: Readonly<Record<string, (i: number, j: number) => number>> = {
  stripes: (i) => i % 2,
  "a chessboard": (i, j) => ((i + j) % 2) * 2 - 1,
  blocks: (i, j) => 1 + (((i >> 4) + (j >> 4)) % 3),
  "equal rows": (i) => ((i * 5) % 7) - 3,
  "equal diagonals": (i, j) => (((i - j + 256) * 3) % 5) - 2,
  "few ones": (i, j) => Number((i + j) % 32 === 0),
}

const times = (count: number, x: Tensor, step: (x: Tensor) => Tensor): Tensor => {
  let value = x
  for (let i = 0; i < count; i++) value = step(value)
  return value
}
const squared = (x: Tensor): Tensor => x.mul(x)

/** What random programs hardly are: noises that add up in step, long chains, dense matrices, whole networks. */
const structured: readonly (readonly [string, Inputs, (x: Tensor, y: Tensor) => Outputs])[] = [
  ["a matrix of ones", { x: enc(uint(4), [64]) }, (x) => x.matmul(ones(64, 64))],
  ["a matrix of ones of a square", { x: enc(uint(2), [64]) }, (x) => squared(x).matmul(ones(64, 16))],
  ["identity and permutation", { x: enc(uint(6), [64]) }, (x) => x.matmul(identityAndTurn(64, 21))],
  [
    "identity and permutation of a square, twice",
    { x: enc(uint(3), [32]) },
    (x) => times(2, squared(x), (value) => value.matmul(identityAndTurn(32, 5))),
  ],
  // Adding up all rotations is a trace: noise in a subring is multiplied by their number, and not by its square root.
  ...[1, 2].flatMap((rows) =>
    [64, 2048].map(
      (columns) =>
        [
          `${rows} weighted sums of ${columns}`,
          { x: enc(uint(2), [columns]) },
          (x: Tensor) => x.matmul(weights(columns, rows, 3)),
        ] as const,
    ),
  ),
  ["a weighted sum of 256 squares", { x: enc(uint(2), [256]) }, (x) => squared(x).matmul(weights(256, 1, 3))],
  ...Object.entries(patterns).map(
    ([name, at]) =>
      [
        `a matrix of ${name} of a square`,
        { x: enc(uint(2), [64]) },
        (x: Tensor) => squared(x).matmul(matrix(64, 16, at)),
      ] as const,
  ),
  ["doubling", { x: enc(uint(2), [8]) }, (x) => times(12, x, (value) => value.add(value))],
  [
    "doubling between squarings",
    { x: enc(uint(1), [8]) },
    (x) => times(3, x, (value) => times(2, squared(value), (half) => half.add(half))),
  ],
  ["a dot product", { x: enc(int(4), [64]), y: enc(int(4), [64]) }, (x, y) => x.mul(y).sum()],
  ["a matrix product", { x: enc(int(4), [6, 6]), y: enc(int(4), [6, 6]) }, (x, y) => x.matmul(y)],
  [
    "sums of products of sums of products",
    { x: enc(int(2), [8]), y: enc(int(2), [8]) },
    (x, y) => x.mul(y).sum().mul(x.mul(x).sum()).add(x.sum()),
  ],
  ...[2, 3, 4, 5].map(
    (count) =>
      [`${count} squarings`, { x: enc(uint(1), [4]) }, (x: Tensor) => times(count, x, squared)] as const,
  ),
  ...[2, 3, 4, 5, 6].map(
    (bits) =>
      [
        `a table of ${bits} bits`,
        { x: enc(uint(bits), [3]) },
        (x: Tensor) => x.lookup(Array.from({ length: 2 ** bits }, (_, i) => (i * i * 7 + i * 3 + 1) % 31)),
      ] as const,
  ),
  ...[64, 128, 256].map(
    (columns) =>
      [
        `a perceptron of ${columns} inputs`,
        { x: enc(uint(2), [columns]) },
        (x: Tensor) => squared(x.matmul(weights(columns, 16, 3))).matmul(weights(16, 4, 3)),
      ] as const,
  ),
  [
    "a perceptron of 64 inputs and two squares",
    { x: enc(uint(1), [64]) },
    (x) => squared(squared(x.matmul(weights(64, 16, 1))).matmul(weights(16, 8, 1))).matmul(weights(8, 3, 1)),
  ],
]

describe.each(["bgv", "bfv"] as const)("the noise estimate of %s", (scheme) => {
  const differences: { readonly what: string; readonly bits: number }[] = []

  const check = (what: string, budget: Budget | null): void => {
    expect(budget!.estimated).toBeLessThanOrEqual(budget!.measured)
    differences.push({ what, bits: budget!.measured - budget!.estimated })
  }

  test("is never above what random programs leave", async () => {
    await fc.assert(
      fc.asyncProperty(drawn(scheme), async ({ program, made, samples }) => {
        const { n, depth } = made.report()
        check(
          `random, n = ${n}, depth ${depth}`,
          await budgetOf(made, program, samples, await contextFor(made.parameters)),
        )
      }),
      { numRuns: runs },
    )
  })

  test.each(structured)("is never above what is left of %s", async (what, inputs, fn) => {
    const { program } = trace("structured", inputs, (tensors: Record<string, Tensor>) =>
      fn(tensors["x"]!, tensors["y" in tensors ? "y" : "x"]!),
    )
    const made = compiledFor(program, scheme)!
    if (made.parameters.n > largest) return
    const [samples] = fc.sample(fc.tuple(arbitraryInputs(program)), { numRuns: 1 })
    check(what, await budgetOf(made, program, samples!, await contextFor(made.parameters)))
  })

  test("is at most 15 bits below on average", () => {
    const bits = differences.map((difference) => difference.bits)
    const mean = bits.reduce((a, b) => a + b, 0) / bits.length
    if (process.env["LUTRA_SHOW"]) {
      const worst = differences.toSorted((a, b) => b.bits - a.bits).slice(0, 6)
      const least = Math.min(...bits)
      console.log(
        `${scheme}: ${bits.length} circuits, ${mean.toFixed(1)} bits too careful on average, least ${least}, most:\n` +
          worst.map(({ what, bits }) => `  ${bits} ${what}`).join("\n"),
      )
    }
    expect(bits.length).toBeGreaterThanOrEqual(runs)
    expect(mean).toBeLessThanOrEqual(15)
  })
})
