// Warnings of whole programs, wherever they are shown, and none without cause.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { declarations, examples } from "../../scripts/operator-examples.ts"
import { loadBytes } from "../../src/compiler/artefact/load.ts"
import { compileProgram } from "../../src/compiler/compile.ts"
import { trace } from "../../src/frontend/index.ts"
import { compile, compileModule, define, enc, range, type Tensor, uint } from "../../src/index.ts"
import { programWarnings } from "../../src/ir/index.ts"
import { parse } from "../../src/ir.ts"
import { encodeSpec } from "../../src/runtime/index.ts"
import { lutraIn, moduleOf } from "../cli/support.ts"

const unread =
  'input "y" is never read: no output depends on it\nuse it, or do not declare it: clients have to give it a value'

describe("inputs and ranges", () => {
  test.each<[string, (x: Tensor) => Tensor, string[]]>([
    ["an input that nobody reads", (x) => x.add(1), []],
    [
      "an assumption that is dropped, as if it changed the tensor",
      (x) => {
        x.assume(0, 3)
        return x.add(1)
      },
      [
        "the assumption assume reaches no output\na tensor never changes: go on with what assume returns, or leave it out",
      ],
    ],
    [
      "an assumption that narrows nothing",
      (x) => x.min().assume(-5, 9).add(1),
      ["the assumption -5..9 narrows nothing: the value is proved to lie in 0..9\nleave it out"],
    ],
    ["no warning where the upper end is narrowed", (x) => x.min().assume(-5, 8).add(1), []],
    ["nor where the lower one is", (x) => x.min().assume(1, 12).add(1), []],
  ])("%s", (_, fn, messages) => {
    const { warnings } = compile({ x: enc(range(0, 9), [2]), y: enc(uint(2)) }, ({ x }) => fn(x))
    expect(warnings.map(({ message }) => message)).toEqual([...messages, unread])
    const last = warnings.at(-1)!
    expect([last.code, last.input]).toEqual(["unused-input", "y"])
    for (const { where } of warnings) expect(where!.file).toBe("programs.test.ts")
  })

  test("of a text name its lines", () => {
    const text = `program f {
  %0 : enc 0..7 = input {name="x"}
  %1 : enc 0..7 = input {name="y"}
  %2 : enc 0..7 = assume %0 {lo=0, hi=8, by="user"}
  return z = %2
}`
    const { warnings } = compileProgram({ program: parse(text), returns: "record" })
    expect(warnings.map(({ code, where }) => [code, where])).toEqual([
      ["unused-range", { line: 4 }],
      ["unused-input", { line: 3 }],
    ])
  })
})

describe("warnings are shown", () => {
  const program = compile({ x: enc(uint(3)), y: enc(uint(3)) }, ({ x }) => (x.gt(3) ? x : x.mul(2)))
  const [comparison, input] = program.warnings

  test("by the report and the explanation, as data and in their texts", () => {
    const report = program.report()
    for (const shown of [report, report.explain()]) {
      expect(shown.warnings).toEqual(program.warnings)
      expect(JSON.parse(JSON.stringify(shown.warnings))).toEqual([{ ...comparison }, { ...input }])
      expect(String(shown)).toMatch(/^ {2}warning: programs\.test\.ts:\d+:\d+: the comparison gt reaches/m)
      expect(String(shown)).toContain('input "y" is never read')
    }
  })

  test("of many the first, and how many more there are", () => {
    const inputs = Object.fromEntries(Array.from({ length: 72 }, (_, i) => [`x${i}`, enc(uint(2))]))
    const many = compile(inputs, (tensors) => tensors["x0"]!.add(1))
    expect(many.warnings).toHaveLength(71)
    const lines = String(many.report()).split("\n")
    expect(lines.filter((line) => line.includes("is never read"))).toHaveLength(7)
    expect(lines.at(-1)).toBe("  … and 64 more warnings")
  })

  test("after saving and loading, without the places in the developer's files, and not to clients", () => {
    const bytes = program.toBytes()
    const loaded = loadBytes(bytes)
    expect(loaded.warnings).toEqual(program.warnings.map(({ where: _, ...rest }) => rest))
    expect(String(loaded.report())).toContain("  warning: the comparison gt reaches no output")
    const sent = new TextDecoder("latin1").decode(encodeSpec(program.spec))
    expect(sent).not.toMatch(/reaches no output|programs\.test/)
    const none = compile({ x: enc(uint(3)) }, ({ x }) => x.mul(2))
    expect(loadBytes(none.toBytes()).warnings).toEqual([])
  })

  test("of each function of a module", () => {
    const module = compileModule({
      inc: define({ x: enc(range(0, 3)) }, ({ x }) => (x.gt(1) ? x.add(1) : x)),
      dec: define({ x: enc(range(0, 3)) }, ({ x }) => x.sub(1)),
    })
    expect(module.warnings.map(({ code, function: fn }) => [code, fn])).toEqual([
      ["unused-comparison", "inc"],
    ])
    expect(module.report().warnings).toEqual(module.warnings)
    expect(String(module.report())).toMatch(
      /warning: programs\.test\.ts:\d+:\d+: function inc: the comparison gt/,
    )
  })
})

describe("the command", () => {
  const lutra = lutraIn({
    "if.ts": moduleOf("compile({ x: enc(uint(4)) }, ({ x }) => (x.gt(3) ? x : x.mul(2)))"),
    "idle.ir":
      'program f {\n  %0 : enc 0..7 = input {name="x"}\n  %1 : enc 0..7 = input {name="y"}\n  return z = %0\n}\n',
    "in.json": '{ "x": 3 }',
    "two.json": '{ "x": 3, "y": 1 }',
  })

  test("tells them on stderr where it prints results", async () => {
    const run = await lutra(["run", "if.ts", "--input", "in.json", "--simulate"])
    expect(run.stdout).toBe("3\n")
    expect(run.stderr).toMatch(/^warning: if\.ts:\d+:\d+: the comparison gt reaches no output\n/)
    const text = await lutra(["run", "idle.ir", "--input", "two.json", "--evaluate"])
    expect(text.stderr).toMatch(/^warning: line 3: input "y" is never read/)
    const view = await lutra(["inspect", "idle.ir", "--program"])
    expect([view.stdout.startsWith("program f {"), view.stderr]).toEqual([true, text.stderr])
  })

  test("and in the report, where it prints that", async () => {
    const inspect = await lutra(["inspect", "if.ts"])
    const compile = await lutra(["compile", "if.ts", "-o", "if.lutra"])
    for (const { stdout, stderr } of [inspect, compile]) {
      expect(stdout).toContain("  warning: if.ts:")
      expect(stderr).toBe("")
    }
  })
})

describe("correct programs have no warning", () => {
  test("the examples of all operators", () => {
    const warned = Object.entries(examples).flatMap(([name, [, example]]) =>
      trace("example", declarations, (inputs) => example(inputs))
        .warnings.filter(({ code }) => code !== "unused-input") // all examples share their inputs
        .map((warning) => `${name}: ${warning}`),
    )
    expect(warned).toEqual([])
  })

  test("the programs of the golden files", () => {
    const folder = join(import.meta.dirname, "../golden")
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    const warned = files
      .filter((file) => file.endsWith(".ir") && !/^(errors|circuit)/.test(file))
      .flatMap((file) => {
        const [given] = readFileSync(join(folder, file), "utf8").split(/^-{3,}.*$/m)
        return programWarnings(parse(given!)).map((warning) => `${file}: ${warning}`)
      })
    expect(warned).toEqual([])
  })
})
