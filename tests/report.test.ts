import { describe, expect, test } from "vitest"
import { chooseParameters } from "../src/backend/index.ts"
import { reportOf } from "../src/compiler/report/report.ts"
import { trace } from "../src/frontend/index.ts"
import { compile, enc, int, range, uint } from "../src/index.ts"
import { defaultTarget, runPasses } from "../src/passes/index.ts"

/** The rows of the report on tables, without the name of the first. */
const tableRows = (report: string): string[] => {
  const rows = report.split("\n").slice(1)
  const first = rows.findIndex((row) => row.startsWith("  tables "))
  if (first < 0) return []
  const after = rows.findIndex((row, i) => i > first && !row.startsWith("   "))
  return rows.slice(first, after).map((row) => row.replace(/^ *tables| {2}/, "").trim())
}

describe("a report says of tables", () => {
  const reports = compile(
    { x: enc(uint(4), [3]), z: enc(int(5)) },
    ({ x, z }) => ({
      a: x.lookup([3, 14, 15, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3]),
      b: x.lookup([2, 7, 18, 2, 8, 18, 2, 8, 4, 5, 9, 0, 4, 5, 2, 3]),
      c: z.abs(),
      d: z.map((v) => v * v - v),
    }),
    { encodeInputs: false },
  ).report()

  test("which forms they take, equal ones together, and what each costs", () => {
    const [how, ...kinds] = tableRows(String(reports))
    expect(how).toMatch(
      /^fewest products at (the least|any) depth \((bounded|balanced)\); for each ciphertext$/,
    )
    expect(kinds).toEqual([
      "2 times a table of 16 entries: polynomial in x, degree 15, 7 products, 6 relinearizations, depth 4",
      "table of 32 entries: even polynomial in x, degree 32, 9 products, 8 relinearizations, depth 5",
      "table of 32 entries: polynomial of low degree 2 in x, 1 product, 1 relinearization, depth 1",
    ])
  })

  test("the same as data", () => {
    const { strategy, kinds } = reports.tables
    expect(strategy).toBe("bounded")
    expect(kinds.map(({ nodes, entries, form, degree }) => [nodes, entries, form, degree])).toEqual([
      [2, 16, "polynomial", 15n],
      [1, 32, "even", 32n],
      [1, 32, "polynomial", 2n],
    ])
  })

  test("at most five kinds, and how many more there are", () => {
    const widths = [16, 11, 12, 13, 14, 15, 10]
    const inputs = Object.fromEntries(widths.map((width) => [`x${width}`, enc(range(0, width - 1))]))
    const report = compile(
      inputs,
      (tensors) =>
        Object.fromEntries(
          widths.map((width) => {
            const entries = Array.from({ length: width }, (_, i) => (i * i * 7 + 3 * i) % 11)
            return [`y${width}`, tensors[`x${width}`]!.lookup(entries)]
          }),
        ),
      { encodeInputs: false },
    ).report()
    const [, ...rows] = tableRows(String(report))
    expect(rows).toHaveLength(6)
    expect(rows.at(-1)).toBe("… 2 more kinds")
    expect(report.tables.kinds.map(({ products }) => products)).toEqual(
      report.tables.kinds.map(({ products }) => products).sort((a, b) => b - a),
    )
  })

  test("nothing where there are none", () => {
    const report = compile({ x: enc(uint(4), [8]) }, ({ x }) => x.sum()).report()
    expect(report.tables.kinds).toEqual([])
    expect(String(report)).not.toContain("table")
  })

  test.each(["shallow", "bounded", "balanced"] as const)("that they were made %s", (tables) => {
    const { program } = trace("sign", { x: enc(int(4)) }, ({ x }) => x.sign())
    const optimized = runPasses(program, defaultTarget)
    const options = { batch: 1, margin: 10, maxKeyBytes: Infinity, security: 128, tables } as const
    const choice = chooseParameters(optimized, options)
    if ("reason" in choice) throw new Error(choice.reason)
    const report = reportOf(choice, optimized)
    expect(report.tables.strategy).toBe(tables)
    expect(report.counts.products).toBe(report.tables.kinds[0]!.products)
    expect(tableRows(String(report))[0]).toContain(`(${tables})`)
  })
})
