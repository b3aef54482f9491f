// Codes are what is decided by: in the source, and in docs/errors.md for its readers.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { PROGRAM_ERROR_CODES, RUNTIME_ERROR_CODES } from "../../src/data/index.ts"
import { CODES, statusOf } from "../../src/serve/service-error.ts"

const root = join(import.meta.dirname, "../..")
const source = join(root, "src")

/** Questions that are asked of a message: it contains, begins with or matches something. */
const QUESTIONS = [
  /\bmessage\)?\??\.(includes|startsWith|endsWith|match|search|indexOf)\(/,
  /\.(test|exec)\((\w+\.)*message\b/,
  /String\((error|cause|reason)\)\.(includes|startsWith|endsWith|match|search)\(/,
]
const asks = (line: string): boolean => QUESTIONS.some((question) => question.test(line))

/** Questions about how an error is shown, not about what is done: a hint that Node has no code for, a file that is named already. */
const ALLOWED = ["cli/files/load-compiled.ts", "cli/files/in-file.ts"]

test("nobody decides by the text of a message", () => {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  )
  expect(files.length).toBeGreaterThan(500)
  const found = files
    .filter((file) => !ALLOWED.includes(file.replaceAll("\\", "/")))
    .flatMap((file) =>
      readFileSync(join(source, file), "utf8")
        .split("\n")
        .filter(asks)
        .map((line) => `${file}: ${line.trim()}`),
    )
  expect(found).toEqual([])
})

test("the questions are recognized", () => {
  for (const line of [
    'if (error.message.includes("SEAL"))',
    "/no graph/.test(error.message)",
    '(error as Error).message.startsWith("x")',
    "/SEAL/.exec(message)",
    'String(error).includes("x")',
  ])
    expect(asks(line), line).toBe(true)
})

/** The first cell of each row of a table, with its second. */
const rowsOf = (section: string): [string, string][] =>
  [...section.matchAll(/^\| `([a-z-]+)` \| *([^|]*?) *\|/gm)].map(([, code, next]) => [code!, next!])

test("docs/errors.md lists all codes in their order, and no others", () => {
  const page = readFileSync(join(root, "docs/errors.md"), "utf8")
  const [, program, runtime] = page.split(/^## .*$/m)
  expect(rowsOf(program!).map(([code]) => code)).toEqual([...PROGRAM_ERROR_CODES])
  expect(rowsOf(runtime!).map(([code]) => code)).toEqual([...RUNTIME_ERROR_CODES])
  const statuses = rowsOf(runtime!).filter(([, status]) => status !== "")
  expect(Object.fromEntries(statuses)).toEqual(
    Object.fromEntries(CODES.map((code) => [code, String(statusOf(code))])),
  )
})
