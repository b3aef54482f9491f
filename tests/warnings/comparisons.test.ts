// What a trace cannot see, because JavaScript takes every object for true, it warns of.
import { expect, test } from "vitest"
import { compile, enc, formula, type Tensor, uint } from "../../src/index.ts"
import { greater, logicalAnd } from "../../src/numpy.ts"

interface Given {
  readonly x: Tensor
  readonly y: Tensor
}

const warningsOf = (fn: (given: Given) => Tensor) =>
  compile({ x: enc(uint(4), [2]), y: enc(uint(4), [2]) }, fn, { name: "f" }).warnings

/** The line of this file that the call stands in. */
const lineHere = (): number =>
  Number(/comparisons\.test\.ts:(\d+)/.exec(new Error().stack!.split("\n")[2]!)![1])

test("a condition of JavaScript's is warned of, with its line", () => {
  let line = 0
  const program = compile({ x: enc(uint(4)) }, ({ x }) => {
    line = lineHere() + 1
    if (x.gt(3)) return x
    return x.mul(2)
  })
  expect(JSON.parse(JSON.stringify(program.warnings))).toEqual([
    {
      code: "unused-comparison",
      message:
        "the comparison gt reaches no output\n" +
        "if, ?:, &&, || and ! of JavaScript take every tensor for true: choose with where(condition, a, b), or leave it out",
      where: { file: "comparisons.test.ts", line, column: 11 },
    },
  ])
  expect(Object.isFrozen(program.warnings) && Object.isFrozen(program.warnings[0])).toBe(true)
  expect(String(program.warnings[0])).toContain(`comparisons.test.ts:${line}:11: the comparison gt reaches`)
})

test.each<[string, (given: Given) => Tensor, string]>([
  ["?:", ({ x, y }) => (x.eq(5) ? x.add(y) : y), "the comparison eq reaches"],
  ["&& gives its second", ({ x, y }) => (x.lt(5) && y.ge(x)) as Tensor, "the comparison lt reaches"],
  ["|| gives its first", ({ x, y }) => (x.ne(y) || y).mul(x), ""],
  ["!", ({ x, y }) => (!x.le(y) ? x : y.add(x)), "the comparison le reaches"],
  ["Boolean", ({ x, y }) => (x.le(y) ? x.add(y) : y), "the comparison le reaches"],
  ["a function", ({ x, y }) => (greater(x, y) ? x.add(y) : y), "the comparison gt reaches"],
  ["all of a comparison", ({ x, y }) => (x.eq(y).all() ? x.add(y) : y), "2 comparisons (eq, all) reach"],
  ["any of a value", ({ x, y }) => (x.any() ? x.add(y) : y), "the comparison any reaches"],
  ["and of two", ({ x, y }) => (x.gt(2).and(y.gt(3)) ? x.add(y) : y), "2 comparisons (gt) reach"],
  ["membership", ({ x, y }) => (x.isin([1, 2]) ? x.add(y) : y), "the comparison isin reaches"],
  ["logic", ({ x, y }) => (logicalAnd(x, y) ? x.add(y) : y), "the comparison logicalAnd reaches"],
  ["arithmetic on it", ({ x, y }) => (x.gt(2).sum().sub(1) ? x.add(y) : y), "the comparison gt reaches"],
  [
    "one that is also computed elsewhere",
    ({ x, y }) => {
      const is = x.gt(3) ? 2 : 1
      return x.gt(3).mul(y).mul(is)
    },
    "the comparison gt reaches",
  ],
  [
    "inside a tag",
    ({ x, y }) => x.tag("layer", (v) => (v.gt(3) ? v.add(y) : v)),
    "the comparison gt reaches",
  ],
  [
    "a statement of a formula",
    ({ x, y }) => formula("big = x > 3; x + y", { x, y }),
    "the comparison gt reaches",
  ],
  [
    "while",
    ({ x, y }) => {
      let z = x
      for (let i = 0; i < 5 && z.lt(9); i++) z = z.add(y)
      return z
    },
    "5 comparisons (lt) reach",
  ],
])("%s", (_, fn, message) => {
  const warnings = warningsOf(fn)
  expect(warnings.map(({ message }) => message.split(" no output")[0])).toEqual(
    message === "" ? [] : [message],
  )
  for (const { code, where } of warnings) {
    expect(code).toBe("unused-comparison")
    expect(where!.file).toBe("comparisons.test.ts")
  }
})

test.each<[string, (given: Given) => Tensor]>([
  ["an output", ({ x, y }) => x.gt(y)],
  ["a choice", ({ x, y }) => x.gt(y).where(x, y)],
  ["a tag's result", ({ x, y }) => x.tag("a", (v) => v.gt(y)).mul(x)],
  ["an argument in a list", ({ x, y }) => x.concat([x.gt(y), y])],
  ["an index", ({ x, y }) => x.take(x.gt(y)).add(y)],
  ["a movement of it", ({ x, y }) => x.gt(y).T.reshape(1, 2).squeeze().mul(x)],
  [
    "a fold of many",
    ({ x, y }) =>
      [1, 2, 3]
        .map((k) => x.gt(k))
        .reduce((a, b) => a.add(b))
        .mul(y),
  ],
  [
    "extremes that are thrown away, which only Lutra makes of comparisons",
    ({ x, y }) => {
      x.maximum(y).clip(2, 4).argmax()
      return x.sort().add(y)
    },
  ],
])("no warning: a comparison as %s", (_, fn) => {
  expect(warningsOf(fn)).toEqual([])
})

test("of two equal comparisons the line of the one that is dropped is told", () => {
  let line = 0
  const warnings = warningsOf(({ x, y }) => {
    const used = x.gt(3)
    line = lineHere() + 1
    return x.gt(3) ? y.mul(used) : used
  })
  expect(warnings.map(({ where }) => where!.line)).toEqual([line])
})
