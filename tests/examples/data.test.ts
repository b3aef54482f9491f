import { expect, test } from "vitest"
import { readTable } from "../../examples/csv.ts"

test.each([
  ["breast-cancer", 569, 30],
  ["wine", 178, 13],
  ["diabetes", 442, 10],
])("%s holds %i rows of %i numbers and a target", (name, rows, columns) => {
  const file = new URL(`../../examples/${name}/data/${name}.csv`, import.meta.url)
  const table = readTable(file)
  expect([table.x.length, table.y.length, table.columns.length]).toEqual([rows, rows, columns])
  for (const row of table.x) expect(row.length === columns && row.every(Number.isFinite)).toBe(true)
  expect(table.y.every(Number.isFinite)).toBe(true)
})
