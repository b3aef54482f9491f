import fc from "fast-check"
import { expect, test } from "vitest"
import { partsOf } from "../../src/ir/index.ts"

test("each element is found in its part, empty parts or not, in any order of asking", () => {
  const cases = fc
    .array(fc.nat(3), { minLength: 1, maxLength: 8 })
    .chain((sizes) =>
      fc.tuple(
        fc.constant(sizes),
        fc.shuffledSubarray(
          sizes
            .flatMap((size, part) => new Array<number>(size).fill(part))
            .map((part, index) => ({ part, index })),
        ),
      ),
    )
  fc.assert(
    fc.property(cases, ([sizes, elements]) => {
      const { starts, partAt } = partsOf(sizes)
      expect(starts).toEqual([0, ...sizes.map((_, k) => sizes.slice(0, k + 1).reduce((a, b) => a + b))])
      for (const { part, index } of elements) expect(partAt(index)).toBe(part)
    }),
  )
})
