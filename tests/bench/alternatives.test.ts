import { describe, expect, test } from "vitest"
import { alternativesOf, selectFrom } from "../../bench/alternatives.ts"
import { alternativesTable, choicesTable } from "../../bench/alternatives-tables.ts"
import { withFigures } from "../../bench/markdown.ts"
import { type Alternatives, type MeasuredAlternative, ratioOf } from "../../bench/measure-alternatives.ts"
import { workloads } from "../../bench/workloads.ts"

const like = (scheme: "bfv" | "bgv", n: number, estimate: number) => ({
  compiled: { parameters: { scheme, n } as never },
  tables: undefined,
  estimate,
})

describe("alternatives to run", () => {
  test("differ in scheme and ring degree before they are nearest by estimate", () => {
    const all = [like("bfv", 8192, 1), like("bfv", 8192, 2), like("bfv", 8192, 3), like("bgv", 8192, 4)]
    expect(selectFrom(all, 3)).toEqual([all[0], all[1], all[3]])
  })

  test("have different estimates before the same", () => {
    const all = [like("bfv", 8192, 1), like("bfv", 8192, 1), like("bfv", 8192, 2)]
    expect(selectFrom(all, 2)).toEqual([all[0], all[2]])
  })

  test("are fewer when there are fewer", () => {
    expect(selectFrom([like("bfv", 8192, 1)], 6)).toHaveLength(1)
  })
})

test.each(["table-2", "table-4"])(
  "the alternatives to %s begin with the choice, are near it and compute the same",
  (name) => {
    const workload = workloads.find((one) => one.name === name)!
    const chosen = workload.compile()
    const all = alternativesOf(chosen, workload.batch, () => {})
    expect(all.map(({ isChosen }) => isChosen)).toEqual(all.map((_, i) => i === 0))
    expect(all.length).toBeGreaterThan(1)
    for (const { compiled, estimate, runs } of all) {
      expect(estimate).toBeLessThanOrEqual(2.5 * all[0]!.estimate)
      expect(runs * compiled.report().lanes).toBeGreaterThanOrEqual(workload.batch)
      expect(compiled.simulate(workload.sample(3))).toEqual(workload.expected(workload.sample(3)))
    }
  },
)

const measured = (isChosen: boolean, ms: number | undefined, failure?: string): MeasuredAlternative => ({
  scheme: "bfv",
  n: 8192,
  ring: 1,
  primes: [50, 50],
  tables: undefined,
  runs: 1,
  isChosen,
  estimate: 100,
  ms,
  failure,
})

const outcome = (all: readonly MeasuredAlternative[], failure?: string): Alternatives => ({
  name: "w",
  title: "w",
  batch: 1,
  near: 3,
  measured: all,
  ratio: ratioOf(all),
  ...(failure !== undefined && { failure }),
})

describe("the choice", () => {
  test("is compared with the fastest that ran", () => {
    expect(ratioOf([measured(true, 120), measured(false, 100), measured(false, undefined, "wrong")])).toBe(
      1.2,
    )
    expect(ratioOf([measured(true, 100), measured(false, 130)])).toBe(1)
  })

  test("has no ratio when it failed", () => {
    expect(ratioOf([measured(true, undefined, "wrong"), measured(false, 100)])).toBeUndefined()
  })

  test("meets the bar within 15 % of the best, when all results were right", () => {
    const verdicts = choicesTable([
      outcome([measured(true, 115), measured(false, 100)]),
      outcome([measured(true, 116), measured(false, 100)]),
      outcome([measured(true, 100), measured(false, undefined, "sample 3 is not exact")]),
      outcome([], "no parameters\nfit"),
    ]).rows.map((row) => row.at(-1))
    expect(verdicts).toEqual(["yes", "no: more than 1.15x", "no: 1 failed", "no: no parameters"])
  })

  test("is what the times of the others are relative to", () => {
    const { rows } = alternativesTable([outcome([measured(true, 200), measured(false, 100)])])
    expect(rows.map((row) => row.slice(-3))).toEqual([
      ["200 ms", "1.00x", "chosen"],
      ["100 ms", "0.50x", ""],
    ])
  })
})

test("alternatives have a place of their own in a document", () => {
  const markers = (part: string) =>
    `<!-- ${part}: begin, written by npm run bench -->\n\nold ${part}\n\n<!-- ${part}: end -->\n`
  const document = markers("figures") + markers("alternatives")
  const written = withFigures(document, "new", "alternatives")
  expect(written).toContain("old figures")
  expect(written).not.toContain("old alternatives")
})
