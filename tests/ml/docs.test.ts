import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { operators } from "../../src/ml/import/onnx/operators/index.ts"
import { kindNames } from "../../src/ml/index.ts"

const page = readFileSync(join(import.meta.dirname, "../../docs/models.md"), "utf8")
const named = (section: RegExp): Set<string> =>
  new Set([...section.exec(page)![0].matchAll(/`([\w.]+)`/g)].map(([, name]) => name!))

test("docs/models.md names every operator that is imported and no other", () => {
  const listed = named(/## Operators of ONNX\n\n(?:\|.*\n)+/)
  const names = Object.keys(operators).map((name) =>
    name.replace(/^(ai\.onnx\.ml|com\.microsoft|onnx\.brevitas|qonnx\.custom_op\.general)\./, ""),
  )
  expect([...listed].filter((name) => !name.includes(".")).sort()).toEqual([...new Set(names)].sort())
})

test("docs/models.md names every kind of node", () => {
  const listed = named(/## The graph\n\n[\s\S]*?`model\.describe/)
  expect(kindNames.filter((name) => !listed.has(name))).toEqual([])
})
