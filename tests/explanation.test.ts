import { describe, expect, test } from "vitest"
import { compile, enc, range, type Tensor, uint } from "../src/index.ts"

const weights = Array.from({ length: 8 }, (_, i) => [(i % 5) - 2, (i % 3) - 1, 1])
const entries = Array.from({ length: 64 }, (_, x) => (x ** 3 + 7 * x) % 61)

const compiled = compile(
  { x: enc(uint(2), [8]) },
  ({ x }) => {
    const hidden = x.tag("hidden", (v) => v.matmul(weights).assume(-4, 11))
    return hidden.tag("out", (v) => v.map((value) => entries[value + 4]!)).sum()
  },
  { encodeInputs: false },
)
const report = compiled.report()
const explanation = report.explain()
const text = String(explanation)

describe("an explanation", () => {
  test("shares the time of a run among source lines, all of it", () => {
    const { lines } = explanation
    expect(lines.reduce((sum, { time }) => sum + time, 0)).toBeCloseTo(report.time.run, 6)
    expect(lines.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(lines[0]!.place).toMatch(/^explanation\.test\.ts:\d+$/)
    expect(lines.map(({ time }) => time)).toEqual(lines.map(({ time }) => time).sort((a, b) => b - a))
  })

  test("and all products and rotations", () => {
    const sum = (of: "products" | "rotations"): number =>
      explanation.lines.reduce((total, line) => total + line[of], 0)
    expect(sum("products")).toBe(report.counts.products)
    expect(sum("rotations")).toBe(report.counts.rotations)
  })

  test("gives tags their shares, the table's the most", () => {
    expect(explanation.tags.map(({ place }) => place)).toEqual(["out", "hidden"])
    expect(explanation.tags[0]!.products).toBe(report.counts.products)
  })

  test("shows the deepest output, whose levels are the depth of the circuit", () => {
    expect(explanation.path.map(({ what }) => what)).toEqual(["table of 16 entries"])
    expect(explanation.path.reduce((sum, { levels }) => sum + levels, 0)).toBe(report.depth)
  })

  test("lists the ranges that were not proved, and the report counts them", () => {
    const [assumed, ...rest] = explanation.assumed
    expect(rest).toEqual([])
    expect(assumed).toMatchObject({ range: "-4..11", by: "user", proved: "-18..24" })
    expect(report.assumedRanges).toBe(1)
    expect(String(report)).toContain("assumed       1 range that is not proved; explain() lists them")
  })

  test("says what a bit less and a bit more of the table's operand would do", () => {
    const [table] = explanation.tables
    expect(table).toMatchObject({ entries: 16, depth: 4, nodes: 1 })
    expect(table!.narrower).toMatchObject({ entries: 8, depth: 3 })
    expect(table!.wider).toMatchObject({ entries: 32, depth: 5 })
    expect(table!.narrower!.run).toBeLessThan(report.time.run)
    expect(table!.wider!.run).toBeGreaterThan(report.time.run)
  })

  test("says what other batches take a sample, as compiling for them does", () => {
    const [now, full] = explanation.batches
    expect(now).toMatchObject({ batch: 1, n: report.n, run: report.time.run, sample: report.time.run })
    const again = compile({ x: enc(uint(2), [8]) }, ({ x }) => same(x), {
      encodeInputs: false,
      batch: full!.batch,
    }).report()
    expect(full).toMatchObject({ scheme: again.scheme, n: again.n, ring: again.ring })
    expect(full!.run).toBeCloseTo(again.time.run, 6)
    expect(text).toContain(`cheapest a sample: compile with { batch: ${full!.batch} }`)
  })

  test("is a text of a few sections, and the report stays short", () => {
    const titles = text.split("\n").filter((line) => !line.startsWith(" "))
    expect(titles.map((title) => title.replace(/[,:].*/, ""))).toEqual([
      "time by source line",
      "time by tag",
      "deepest output",
      "assumed and not proved",
      "one bit of what is looked up",
      "batches",
    ])
    expect(String(report).split("\n").length).toBeLessThan(16)
  })
})

const same = (x: Tensor) =>
  x
    .matmul(weights)
    .assume(-4, 11)
    .map((value) => entries[value + 4]!)
    .sum()

test("ranges measured on samples are told from those that are believed", () => {
  const samples = [{ x: [0, 1, 2, 3] }, { x: [3, 3, 3, 3] }]
  const measured = compile({ x: enc(uint(2), [4]) }, ({ x }) => x.sum().square().mod(5), { samples })
  const { assumed } = measured.report().explain()
  expect(assumed.length).toBeGreaterThan(0)
  expect(assumed.every(({ by }) => by === "samples")).toBe(true)
  expect(String(measured.report().explain())).toContain("6..12 measured on samples, proved is 0..12")
})

test("a program without tables, tags and assumptions has no such sections", () => {
  const plain = String(
    compile({ x: enc(range(0, 5), [4]) }, ({ x }) => x.sum())
      .report()
      .explain(),
  )
  expect(plain).toMatch(/^time by source line/)
  expect(plain).not.toMatch(/by tag|deepest|assumed|one bit/)
})

test("a program of several moduli is paid for all of them, and one of several rounds is not told by line", () => {
  const wide = compile({ x: enc(uint(60)) }, ({ x }) => x.add(1)).report()
  expect(wide.explain().lines.reduce((sum, { time }) => sum + time, 0)).toBeCloseTo(wide.time.run, 6)
  const rounds = compile({ x: enc(uint(4)) }, ({ x }) => x.mod(7).refresh().mod(3)).report()
  expect(rounds.explain().lines).toEqual([])
  expect(String(rounds.explain())).toContain("is not told for a program of several rounds")
})
