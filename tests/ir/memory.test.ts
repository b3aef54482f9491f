import { describe, expect, test } from "vitest"
import { parseCircuit } from "../../src/backend/index.ts"
import { parse } from "../../src/ir/index.ts"

/** The most bytes of typed arrays, over what there were before, that reading `text` has left, and why it was refused. */
const refusal = (read: () => unknown): string => {
  const before = process.memoryUsage().arrayBuffers
  try {
    read()
  } catch (error) {
    // Nothing was written out before it was refused, not even what is garbage by now.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 28)
    return (error as Error).message
  }
  throw new Error("it was read")
}

const program = (statements: readonly string[], ...literals: readonly string[]): string =>
  ["program f {", ...statements.map((each) => `  ${each}`), "}", ...literals].join("\n")

const MANY = 2 ** 26
const input = '%0 : enc 0..1[1] = input {name="x"}'
const constant = (type: string): string[] => [`%0 : ${type}[${MANY}] = constant {value=@0}`, "return y = %0"]

describe("a text that stands for far more than its letters is refused before that is written out", () => {
  test.each<[string, string]>([
    ["a run of a constant", program(constant("clear 0..0"), `@0 = [0 x${MANY}]`)],
    ["a range", program(constant(`clear 0..${MANY - 1}`), `@0 = [0..${MANY - 1}]`)],
    [
      "a run of large integers",
      program(constant("clear 0..9000000000000000000"), `@0 = [9000000000000000000 x${MANY}]`),
    ],
    ["a run of reals", program(constant("clear real 0.5..0.5"), `@0 = real [0.5 x${MANY}]`)],
    [
      "a list of places",
      program(
        [input, `%1 : enc 0..1[${MANY}] = gather %0 {indices=@0}`, "return y = %1"],
        `@0 = [0 x${MANY}]`,
      ),
    ],
    [
      "the rows of a matrix",
      program(
        [
          '%0 : enc 0..1[10000] = input {name="x"}',
          "%1 : enc 0..10000[1000] = linear %0 {matrix=@0, bias=@1}",
          "return y = %1",
        ],
        `@0 = 1000x10000 [${new Array(1000).fill("1 x10000").join("; ")}]`,
        "@1 = [0 x1000]",
      ),
    ],
  ])("%s", (_, text) => {
    expect(refusal(() => parse(text))).toContain("its literals would take more than the 128 MB")
  })

  test("a plain operand of a circuit", () => {
    const text = [
      "circuit f {n=4096, ring=1, t=65537} {",
      '  input "x" : enc 0..1 {period=1}',
      '  %0 = input "x"[0]',
      "  %1 = addPlain %0, @0",
      '  output "y" : enc 0..1 {period=1} = %1',
      "}",
      `@0 = [0 x${MANY}]`,
    ].join("\n")
    expect(refusal(() => parseCircuit(text))).toContain("its literals would take more than the 128 MB")
  })

  test("intervals of a million elements, sum by sum", () => {
    const size = 2 ** 20
    const sums = Array.from({ length: 12 }, (_, i) => {
      const most = BigInt(size - 1) * 2n ** BigInt(i + 1)
      return `%${i + 1} : clear 0..${most}[${size}] = add %${i}, %${i}`
    })
    const text = program(
      [`%0 : clear 0..${size - 1}[${size}] = constant {value=@0}`, ...sums, "return y = %12"],
      `@0 = [0..${size - 1}]`,
    )
    expect(refusal(() => parse(text))).toContain(
      "the intervals of its elements would take more than the 128 MB",
    )
  })

  test.each<[string, string]>([
    ["blanks", `%1 : enc 0..1[1] =${" ".repeat(2_000_000)} neg %0`],
    ["a name", `%1 : enc 0..1[1] = input {name="${"x".repeat(2_000_000)}"}`],
    ["digits", `%1 : enc 0..${"9".repeat(2_000_000)} = input {name="y"}`],
    ["operands", `%1 : enc 0..1[400000] = concat ${new Array(400_000).fill("%0").join(", ")} {axis=0}`],
  ])("a line of many %s", (_, line) => {
    expect(refusal(() => parse(program([input, line, "return y = %1"])))).toMatch(
      /a line of \d+ letters; at most 131072/,
    )
  })

  test("a line of a circuit", () => {
    const line = `  %0 =${" ".repeat(2_000_000)} input "x"[0]`
    const text = `circuit f {n=4096, ring=1, t=65537} {\n  input "x" : enc 0..1 {period=1}\n${line}\n}`
    expect(refusal(() => parseCircuit(text))).toMatch(/line 3: a line of \d+ letters/)
  })
})

test("batches of a product are not written out by its type", () => {
  const before = process.memoryUsage().arrayBuffers
  parse(
    program([
      `%0 : enc 0..1[${MANY},1,1] = input {name="x"}`,
      '%1 : enc 0..1[1,1] = input {name="w"}',
      `%2 : enc 0..1[${MANY},1,1] = matmul %0, %1`,
      "return y = %2",
    ]),
  )
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24)
})

test("a long text may take in proportion to its letters", () => {
  const numbers = Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 100_003)
  const read = parse(
    program(
      ["%0 : clear 0..100002[300000] = constant {value=@0}", "return y = %0"],
      `@0 = [${numbers.join(", ")}]`,
    ),
  )
  const { value } = read.outputs.get("y")!.attrs as { value: { values: Int32Array } }
  expect(Array.from(value.values)).toEqual(numbers)
})
