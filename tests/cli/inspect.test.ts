import { describe, expect, test } from "vitest"
import { compileProgram } from "../../src/compiler/compile.ts"
import { type Circuit, parse, print } from "../../src/ir.ts"
import { lutraIn, moduleOf, printed, refused, refusedWith, SCORE, SCORE_MODULE } from "./support.ts"

const score = compileProgram({ program: parse(SCORE), returns: "record" })

const TABLE = `program table {
  %0 : enc 0..7 = input {name="x"}
  %1 : enc 0..7 = input {name="y"}
  %2 : enc 0..14 = add %0, %1
  %3 : enc 0..9 = table %2 {lo=0, entries=@0}
  return z = %3
}
@0 = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]
`

const lutra = lutraIn({
  "score.ir": SCORE,
  "circuit.ir": print(score.circuit),
  "long.ir": SCORE.replaceAll("[4]", "[9]").replace("-30..75", "-30..225").replace("3, 1]", "3, 1, 2 x5]"),
  "score.ts": SCORE_MODULE,
  "only.ts": moduleOf('compile({ x: enc(uint(4)) }, ({ x }) => x.add(1), { name: "only" })'),
  "plain.ts": "export const value: number = 3\n",
  "throws.ts": 'throw new TypeError("not today")\n',
  "enum.ts": "export enum Colour { Red }\n",
  "wide.ts": moduleOf("compile({ x: enc(uint(40)) }, ({ x }) => x.mul(x))"),
  "score.txt": SCORE,
  "table.ir": TABLE,
})

describe("lutra inspect", () => {
  test.each([
    [[], `${score.report()}\n`],
    [["--report"], `${score.report()}\n`],
    [["--program"], SCORE],
    [["--optimized"], print(score.optimized)],
    [["--circuit"], print(score.circuit)],
  ])("with %j shows that form of a text", async (flags, shown) => {
    expect(await lutra(["inspect", "score.ir", ...flags])).toEqual(printed(shown))
  })

  test.each(["--report", "--circuit"])("with %s says how tables are computed", async (view) => {
    const { stdout } = await lutra(["inspect", "table.ir", view])
    expect(stdout).toMatch(
      /^(\/\/| ) tables +fewest products at the least depth \(bounded\); for each ciphertext$/m,
    )
    expect(stdout).toMatch(
      /^(\/\/)? +table of 15 entries: polynomial in x, degree 14, 7 products, 6 relinearizations, depth 4$/m,
    )
  })

  test("prints a circuit below comments on its tables so that it can be read back", async () => {
    const { stdout } = await lutra(["inspect", "table.ir", "--circuit"])
    const compiled = compileProgram({ program: parse(TABLE), returns: "record" })
    expect(print(parse<Circuit>(stdout))).toBe(print(compiled.circuit))
  })

  test("shows the program that a module exports", async () => {
    const ended = await lutra.spawned(["inspect", "only.ts", "--program"])
    expect(ended).toEqual(printed(expect.stringMatching(/^program only \{$/m)))
  })

  test("reads standard input as text", async () => {
    expect(await lutra(["inspect", "-", "--program"], SCORE)).toEqual(printed(SCORE))
  })

  test("draws a program into a file or to standard output", async () => {
    const drawn = await lutra(["inspect", "score.ir", "--svg", "-"])
    expect(drawn).toEqual(printed(expect.stringMatching(/^<svg .*%2 .*<\/svg>\n$/s)))
    expect(await lutra(["inspect", "score.ir", "--svg", "score.svg"])).toEqual(printed(""))
    expect(await lutra(["inspect", "score.ts", "--export", "score", "--optimized", "--svg", "-"])).toEqual(
      printed(expect.stringContaining("linear")),
    )
  })

  test.each([
    [
      ["score.ir", "--svg", "no/such/folder/x.svg"],
      "no/such/folder/x.svg cannot be written: there is no such folder",
    ],
    [
      ["score.ir", "--circuit", "--svg", "x.svg"],
      "option '--svg <file>' cannot be used with option '--circuit'",
    ],
    [["circuit.ir", "--svg", "x.svg"], "a circuit does not hold the program it was compiled from"],
  ])("refuses to draw with %j", async (args, message) => {
    expect(await lutra(["inspect", ...args])).toEqual(refused(message))
  })

  test("cuts long literals short when asked to", async () => {
    const { stdout } = await lutra(["inspect", "long.ir", "--program", "--elide"])
    expect(stdout).toMatch(/^@0 = \[1, -2, 3, … 6 more\]$/m)
  })

  test("prints a circuit that is given as text", async () => {
    expect(await lutra(["inspect", "circuit.ir", "--circuit"])).toEqual(printed(print(score.circuit)))
  })

  test.each([
    ["--program", "a circuit does not hold the program it was compiled from"],
    [
      "--report",
      "a circuit alone has no encryption parameters; give its program, or use lutra run --simulate",
    ],
  ])("cannot show %s of a circuit", async (view, message) => {
    expect(await lutra(["inspect", "circuit.ir", view])).toEqual(refused(message))
  })

  test("takes the export that is named", async () => {
    const ended = await lutra(["inspect", "score.ts", "--export", "parts", "--program"])
    expect(ended).toEqual(
      printed(expect.stringMatching(/^program parts .*return sum = %\d+, next = %\d+$/ms)),
    )
  })

  test.each([
    [["score.ts"], "score.ts exports parts, score; choose one with --export"],
    [["score.ts", "--export", "sorce"], 'score.ts has no export "sorce"; it exports helper, parts, score'],
    [
      ["score.ts", "--export", "helper"],
      'export "helper" of score.ts is no compiled program; export what compile returns',
    ],
    [["plain.ts"], "plain.ts exports no compiled program, but value; export what compile returns"],
    [["throws.ts"], "throws.ts cannot be loaded: TypeError: not today"],
    [["absent.ts"], "absent.ts cannot be read: there is no such file"],
    [["score.ir", "--export", "score"], "--export score is for modules; score.ir is text"],
    [
      ["score.txt"],
      "score.txt is neither text (.ir) nor a module (.ts, .mts, .js, .mjs) nor a compiled program (.lutra)",
    ],
  ])("refuses %j in one line", async (args, message) => {
    expect(await lutra(["inspect", ...args])).toEqual(refused(message))
  })

  test("says which syntax Node cannot strip from a module", async () => {
    expect(await lutra.spawned(["inspect", "enum.ts"])).toEqual(
      refusedWith(
        "enum.ts cannot be loaded: SyntaxError [ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX]: " +
          "TypeScript enum is not supported in strip-only mode",
      ),
    )
  })

  test("shows the whole message about a module whose program does not compile", async () => {
    const { status, stdout, stderr } = await lutra(["inspect", "wide.ts"])
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" })
    expect(stderr).toMatch(
      /^lutra: output y lies in .*, which takes 80 bits.*\n {2}%0 : enc 0\.\.1099511627775 = input /,
    )
  })
})
