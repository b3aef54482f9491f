import { expect, test } from "vitest"
import { formatMs, formatRatio, markdownTable, significant, textTable } from "../../bench/format.ts"
import { withFigures } from "../../bench/markdown.ts"

test.each([
  [0.0234, "23.4 µs"],
  [0.2481, "248 µs"],
  [2.5, "2.50 ms"],
  [360, "360 ms"],
  [4063, "4.06 s"],
  [123_456, "123 s"],
])("%d ms is shown as %s", (ms, text) => {
  expect(formatMs(ms)).toBe(text)
})

test("figures keep three digits, and all before the point", () => {
  expect([0, 0.05678, 0.9999, 12.345, 1234.5].map(significant)).toEqual([
    "0",
    "0.057",
    "1.000",
    "12.3",
    "1235",
  ])
})

test("a ratio that is not known is left empty", () => {
  expect([formatRatio(undefined), formatRatio(1.049)]).toEqual(["", "1.05x"])
})

const table = {
  header: ["what", "ms"],
  rows: [
    ["add", "0.1"],
    ["multiply", "12.5"],
    ["none", ""],
  ],
}

test("columns of figures are aligned to the right, others to the left", () => {
  expect(textTable(table).split("\n")).toEqual(["what        ms", "add        0.1", "multiply  12.5", "none"])
})

test("the same table in Markdown", () => {
  expect(markdownTable(table).split("\n").slice(0, 3)).toEqual([
    "| what | ms |",
    "| --- | --- |",
    "| add | 0.1 |",
  ])
})

test("figures replace what stands between the markers of a document", () => {
  const document = "# A\n<!-- figures: begin, written by npm run bench -->\nold\n<!-- figures: end -->\nB\n"
  const first = withFigures(document, "new")
  expect(first).toContain("# A\n<!-- figures: begin")
  expect(first).toContain("\n\nnew\n\n<!-- figures: end -->\nB\n")
  expect(first).not.toContain("old")
  expect(withFigures(first, "new")).toBe(first)
})

test("a document without markers is refused", () => {
  expect(() => withFigures("# A\n", "new")).toThrow("has no lines")
})
