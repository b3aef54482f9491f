import { expect, test } from "vitest"
import { expectedOutput, runSnippet, snippets } from "../../scripts/snippets.ts"

const encrypted = snippets({ encrypted: true })

test("the README's example is among the encrypted snippets", () => {
  expect(encrypted.map(({ file }) => file)).toContain("README.md")
})

test.each(encrypted.map((snippet) => [`${snippet.file}:${snippet.line}`, snippet] as const))(
  "%s prints what it says",
  async (_name, snippet) => {
    expect(expectedOutput(snippet)).not.toBe("")
    expect(await runSnippet(snippet)).toBe(expectedOutput(snippet))
  },
)
