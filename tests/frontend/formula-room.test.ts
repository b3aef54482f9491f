import { expect, test } from "vitest"
import { compile, enc, formula, ProgramError, uint } from "../../src/index.ts"

/** What a formula says, or the shape of what it gives. */
const outcomeOf = (text: string, inputs: Readonly<Record<string, number[][]>> = {}): string => {
  let outcome = ""
  const program = compile({ x: enc(uint(2), [2]) }, ({ x }) => {
    try {
      outcome = `shape ${formula(text, { x, ...inputs }).shape}`
    } catch (error) {
      expect(error).toBeInstanceOf(ProgramError)
      outcome = (error as Error).message
    }
    return x
  })
  program.dispose()
  return outcome
}

/** Texts of some tens of letters that stand for 25 million elements or more. */
const LARGE = [
  ...[
    "zeros([6000, 6000])",
    "sum(ones([30000, 3000])) + x",
    "full([6000, 6000], 3)",
    "zeros({shape: [6000, 6000]})",
  ],
  ...["eye(6000)", "identity(6000)[1, 1]", "tri(6000)", "eye(10, 3000000)", "eye(10, {columns: 3000000})"],
  ...[
    "arange(30000000)",
    "arange(30000000, 0, -1)",
    "arange(0, 60000000, {step: 2})",
    "linspace(0, 1, 30000000)",
  ],
  ...["repeat(x, 20000000)", "tile(x, 20000000)", "tile(x, [5000, 5000])", "broadcastTo(x[1], [30000000])"],
  ...["pad(x, 20000000)", "diag(ones(6000))", "diag(x, 6000)", "histogram(x, 30000000)"],
  ...[
    "outer(ones(6000), ones(6000))",
    "kron(ones(6000), ones(6000))",
    "tensordot(ones(6000), ones(6000), 0)",
  ],
  ...[
    "ones([6000, 1]) + ones([1, 6000])",
    "ones([6000, 1]) * ones([1, 6000])",
    "ones([6000, 1]) .* ones(6000)",
  ],
  ...["matmul(ones([6000, 1]), ones([1, 6000]))", "inner(ones([6000, 1]), ones([6000, 1]))"],
  ...["maximum(ones([6000, 1]), ones(6000))", "ones([1000, 1000])[ones(6000), ones(6000)]"],
  ...["conv1d([[1, 2, 3]], [[[1]]], {padding: 30000000})", "avgPool1d([[1, 2, 3]], 1, {padding: 30000000})"],
  "a = ones(1000000); b = a + 1; c = b + 1; d = c + 1; d + 1",
  `a = concat(x, x); ${"a = concat(a, a); ".repeat(25)} a`,
]

test.each(LARGE)("a formula is refused before it makes what %s stands for", (text) => {
  const before = process.resourceUsage().maxRSS
  expect(outcomeOf(text)).toMatch(
    /^line 1: its values would take more than the 128 MB that a text of this length may/,
  )
  // Kilobytes; a number takes 8 bytes in an array, and as many in a literal.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan((25_000_000 * 16) / 1024)
})

test("what a formula is given counts for it", () => {
  const W = Array.from({ length: 1000 }, (_, i) => Array.from({ length: 1000 }, (_, j) => (i * j) % 7))
  const uses = Array.from({ length: 8 }, (_, i) => `sum(W + ${i})`).join(" + ")
  expect(outcomeOf(uses, { W })).toBe("shape ")
  expect(outcomeOf("sum(ones([1000, 1000]) + 1)")).toBe("shape ")
})

test.each([
  ["pad(x, 3)", "8"],
  ["repeat(x, 1000)", "2000"],
  ["tile(x, [2, 3])", "2,6"],
  ["clip(x, 0, 100000000)", "2"],
  ["mod(x, 100000007)", "2"],
  ["full([3], 100000000)", "3"],
  ["arange(100000000, 100000003)", "3"],
  ["concat(x, x)", "4"],
])("numbers that are no sizes count for nothing: %s", (text, shape) => {
  expect(outcomeOf(text)).toBe(`shape ${shape}`)
})
