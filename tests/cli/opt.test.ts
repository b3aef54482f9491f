import { describe, expect, test } from "vitest"
import { opt } from "../../src/cli/commands/opt.ts"
import { parse, print } from "../../src/ir.ts"
import { passes } from "../../src/passes/index.ts"
import { lutraIn, printed, refused, refusedWith, SCORE } from "./support.ts"

/** Has a product of constants, which `fold-constants` computes. */
const UNFOLDED = `program quadrupled {
  %0 : enc 0..7 = input {name="x"}
  %1 : clear 2..2 = constant {value=@0}
  %2 : clear 4..4 = mul %1, %1
  %3 : enc 0..28 = mul %0, %2
  return y = %3
}
@0 = [2]
`
const FOLDED = `program quadrupled {
  %0 : enc 0..7 = input {name="x"}
  %1 : clear 4..4 = constant {value=@0}
  %2 : enc 0..28 = mul %0, %1
  return y = %2
}
@0 = [4]
`
const TOO_WIDE = `program wide {
  %0 : enc 0..1152921504606846975 = input {name="x"}
  %1 : enc 0..1 = input {name="bit"}
  %2 : enc 3..5 = table %1 {lo=0, entries=@0}
  return y = %0, z = %2
}
@0 = [3, 5]
`
const LONG = print(
  parse(`program long {
  %0 : clear 0..399999[200000] = constant {value=@0}
  return y = %0
}
@0 = [${Array.from({ length: 200_000 }, (_, i) => i * 2 + (i % 2)).join(", ")}]
`),
)

const lutra = lutraIn({
  "score.ir": SCORE,
  "quadrupled.ir": UNFOLDED,
  "wide.ir": TOO_WIDE,
  "long.ir": LONG,
  "broken.ir": SCORE.replace("sum %2", "sume %2"),
})

describe("lutra opt", () => {
  test("prints what the named passes make of a text", async () => {
    expect(await lutra(["opt", "quadrupled.ir", "--passes", "fold-constants"])).toEqual(printed(FOLDED))
  })

  test("only reads and prints when no passes are asked for", async () => {
    const spaced = `\n// a comment\n${UNFOLDED.replaceAll("  %", "     %")}`
    expect(await lutra(["opt", "-", "--passes", ""], spaced)).toEqual(printed(UNFOLDED))
  })

  test("runs the whole pipeline unless passes are named", async () => {
    expect(await lutra(["opt", "score.ir"])).toEqual(printed(print(opt(SCORE))))
    expect(opt(SCORE)).not.toEqual(opt(SCORE, []))
  })

  test("prints the program after each pass when asked to", async () => {
    const args = ["opt", "quadrupled.ir", "--passes", "check-bounds, fold-constants", "--print-after-all"]
    expect(await lutra(args)).toEqual(
      printed(`// after check-bounds\n${UNFOLDED}// after fold-constants\n${FOLDED}`),
    )
  })

  test("keeps the programs before the pass that refuses one, when each is printed", async () => {
    const ended = await lutra([
      "opt",
      "wide.ir",
      "--passes",
      "fold-constants,check-bounds",
      "--print-after-all",
    ])
    expect(ended).toMatchObject({ status: 2, stdout: `// after fold-constants\n${TOO_WIDE}` })
  })

  test("prints long programs to the last line", async () => {
    expect(LONG.length).toBeGreaterThan(1_000_000)
    expect(await lutra.spawned(["opt", "long.ir", "--passes", ""])).toEqual(printed(LONG))
  })

  test("names the passes there are when asked for another", async () => {
    const names = passes.map(({ name }) => name).join(", ")
    expect(await lutra(["opt", "score.ir", "--passes", "fold"])).toEqual(
      refused(`there is no pass "fold"; the passes are ${names}`),
    )
  })

  test.each([
    ["absent.ir", "absent.ir cannot be read: there is no such file"],
    [".", ". cannot be read: it is a directory"],
  ])("says why %s cannot be read", async (file, message) => {
    expect(await lutra(["opt", file])).toEqual(refused(message))
  })

  test("shows the whole message about a text that is not well formed", async () => {
    expect(await lutra(["opt", "broken.ir"])).toEqual(
      refused(
        "line 5: there is no operator sume; did you mean sum?\n" +
          "  %3 : enc -30..75 = sume %2 {axes=[0]}\n" +
          "                     ^",
      ),
    )
  })

  test("refuses a program that a check refuses", async () => {
    expect(await lutra(["opt", "wide.ir", "--passes", "check-bounds"])).toEqual(
      refusedWith(
        "input x lies in 0..1152921504606846975, which takes 60 bits, but at most 50 can be told apart beside tables and refreshes",
      ),
    )
  })

  test("shows where an error comes from when asked to", async () => {
    const { stderr, status } = await lutra(["opt", "broken.ir", "--verbose"])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^lutra: line 5: .*^ {4}at parse /ms)
  })

  test("refuses circuits, which passes do not work on", async () => {
    const circuit = "circuit c {n=4096, ring=1, t=40961} {\n}\n"
    expect(await lutra(["opt", "-"], circuit)).toEqual(
      refused("passes work on programs, and this text is a circuit"),
    )
  })
})
