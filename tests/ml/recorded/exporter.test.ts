import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { refusalsOfExporter } from "./recording.ts"

const exporter = readFileSync(join(import.meta.dirname, "../../../scripts/export_sklearn.py"), "utf8")
const refusals = refusalsOfExporter()

test.each(refusals)("the refusal of %s names it, and what works instead", (name, message) => {
  expect(message.startsWith(name)).toBe(true)
  expect(message).toMatch(/; .*(use|train|bag|export|exported|end)\b/)
})

test("every estimator and transformer that the exporter lists as refused was refused", () => {
  const listed = [...exporter.matchAll(/^ {4}"(\w+)": "(.*)",$/gm)].map(
    ([, name, why]) => [name!, why!] as const,
  )
  expect(listed.length).toBeGreaterThan(40)
  const tried = new Set(refusals.map(([name]) => name))
  // Those that need another package, or an import that switches them on, are not tried.
  expect(listed.filter(([name]) => !tried.has(name)).map(([name]) => name)).toEqual(["IterativeImputer"])
  for (const [name, message] of refusals) {
    const why = listed.find(([listedName]) => listedName === name)?.[1]
    if (why !== undefined && !message.includes("transforms rows"))
      expect(message).toBe(`${name} is not exported: ${why}`)
  }
})
