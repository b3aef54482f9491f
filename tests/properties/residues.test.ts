import fc from "fast-check"
import { expect, test } from "vitest"
import { batchingPrime } from "../../src/backend/arithmetic/primes.ts"
import { plainModulusFrom } from "../../src/backend/choose/search-space.ts"
import { lower } from "../../src/backend/index.ts"
import { unflatten } from "../../src/data/index.ts"
import { Builder, evaluate, type IntType, intType, literal, type Program } from "../../src/ir/index.ts"
import { defaultTarget, runPasses } from "../../src/passes/index.ts"
import { simulateResidues } from "../../src/runtime/index.ts"
import { flatOutputs } from "../support/outputs.ts"

const SLOTS = 32

/** An integer of at most so many bits, often an extreme one. */
const integer = (bits: number): fc.Arbitrary<bigint> => {
  const most = 2n ** BigInt(bits - 1)
  return fc.oneof(fc.constantFrom(-most, most - 1n, 0n, 1n), fc.bigInt(-most, most - 1n))
}

/** `a = x * y + c` and `b = weights x`, with results of 51 to 64 bits. */
const wide = fc
  .record({
    length: fc.integer({ min: 1, max: 9 }),
    bits: fc.integer({ min: 51, max: 63 }),
    share: fc.integer({ min: 10, max: 40 }),
  })
  .chain(({ length, bits, share }) => {
    const [p, q] = [share, bits - share]
    return fc.record({
      p: fc.constant(p),
      q: fc.constant(q),
      bits: fc.constant(bits),
      weights: fc.array(integer(bits - p - 4), { minLength: length, maxLength: length }),
      samples: fc.array(
        fc.record({
          x: fc.array(integer(p), { minLength: length, maxLength: length }),
          y: fc.array(integer(q), { minLength: length, maxLength: length }),
          c: fc.array(integer(bits - 2), { minLength: length, maxLength: length }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    })
  })

const programOf = (p: number, q: number, bits: number, weights: readonly bigint[]): Program => {
  const builder = new Builder()
  const shape = [weights.length]
  const type = (secret: boolean, size: number): IntType =>
    intType(secret, -(2n ** BigInt(size - 1)), 2n ** BigInt(size - 1) - 1n, shape)
  const x = builder.make("input", [], { name: "x", type: type(true, p) })
  const y = builder.make("input", [], { name: "y", type: type(true, q) })
  const c = builder.make("input", [], { name: "c", type: type(false, bits - 2) })
  const w = builder.make("constant", [], { value: literal([...weights]), shape })
  const a = builder.make("add", [builder.make("mul", [x, y], {}), c], {})
  const b = builder.make("sum", [builder.make("mul", [x, w], {})], { axes: [0] })
  return {
    name: "wide",
    inputs: [x, y, c],
    outputs: new Map([
      ["a", a as never],
      ["b", b as never],
      ["c", c as never],
    ]),
    origins: builder.origins,
  }
}

test.for([2, 3])("modulo %i primes, programs of up to 64 bits are exact in every ring and lane", (count) => {
  let beyond = 0
  fc.assert(
    fc.property(wide, fc.constantFrom(1, 2, 4, 8, 16, 32), ({ p, q, bits, weights, samples }, ring) => {
      const program = programOf(p, q, bits, weights)
      const optimized = runPasses(program, defaultTarget)
      const least = plainModulusFrom(optimized)
      if (least > 2n ** 60n) beyond++
      let root = 1n
      while (root ** BigInt(count) < least) root *= 2n
      const moduli: bigint[] = []
      for (let i = 0; i < count; i++) moduli.push(batchingPrime(SLOTS, (moduli.at(-1) ?? root) + 1n))
      const circuits = moduli.map((t) => lower(optimized, { n: SLOTS, ring }, t))
      const inputs = samples.map((sample) =>
        Object.fromEntries(
          program.inputs.map(({ attrs, type }) => {
            const values = sample[attrs.name as "x"].map((v) =>
              Number.isSafeInteger(Number(v)) ? Number(v) : v,
            )
            return [attrs.name, unflatten<number | bigint>(values, type.shape)]
          }),
        ),
      )
      const results = simulateResidues(circuits, inputs)
      inputs.forEach((sample, i) => {
        expect(flatOutputs(results[i]!)).toEqual(flatOutputs(evaluate(program, sample)))
      })
    }),
    { numRuns: 150 },
  )
  expect(beyond).toBeGreaterThan(10)
})
