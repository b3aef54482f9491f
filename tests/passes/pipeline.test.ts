import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { evaluate, parse, print } from "../../src/ir/index.ts"
import { defaultTarget, type Pass, passes, pipeline, runPasses } from "../../src/passes/index.ts"

const folder = join(import.meta.dirname, "../../src/passes")
const camelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

describe("the pipeline", () => {
  test.for([...passes])("$name is the export of the file of its name", async (pass) => {
    const module = (await import(join(folder, `${pass.name}.ts`))) as Record<string, Pass>
    expect(module[camelCase(pass.name)]).toBe(pass)
  })

  test("each line gives its reason", () => {
    const source = readFileSync(join(folder, "index.ts"), "utf8")
    for (const pass of pipeline)
      expect(source).toMatch(new RegExp(`^  ${camelCase(pass.name)}, // .{10}`, "m"))
  })

  test.for([...passes])("$name has a golden example", ({ name }) => {
    expect(existsSync(join(import.meta.dirname, `../golden/${name}/example.ir`))).toBe(true)
  })

  test("every pass is reported with the program it made", () => {
    const seen: string[] = []
    const program = parse('program p {\n  %0 : enc 0..3 = input {name="x"}\n  return y = %0\n}\n')
    const after = runPasses(program, defaultTarget, (pass, made) => {
      seen.push(pass.name)
      expect(evaluate(made, { x: 2 })).toEqual({ y: 2 })
    })
    expect(seen).toEqual(pipeline.map(({ name }) => name))
    expect(print(after)).toBe(print(program))
  })

  test("a table, a reshape and a table become one table", () => {
    const after = runPasses(
      parse(`program p {
  %0 : enc 0..3[2] = input {name="x"}
  %1 : enc 0..9[2] = table %0 {lo=0, entries=@0}
  %2 : enc 0..9[2,1] = reshape %1
  %3 : enc 0..1[2,1] = apply %2 {expr="x > 4"}
  return y = %3
}
@0 = [9, 0, 5, 1]
`),
      defaultTarget,
    )
    expect(print(after)).toBe(`program p {
  %0 : enc 0..3[2] = input {name="x"}
  %1 : enc 0..1[2] = table %0 {lo=0, entries=@0}
  %2 : enc 0..1[2,1] = reshape %1
  return y = %2
}
@0 = [1, 0, 1, 0]
`)
  })

  test("tensors without elements pass", () => {
    const empty = parse(`program p {
  %0 : enc 0..3[2,0] = input {name="x"}
  %1 : clear 0..0[2,0] = constant {value=@0}
  %2 : enc 0..2[2,0] = apply %0, %1 {expr="round(sqrt(x + y))"}
  %3 : enc 0..0[2] = sum %2 {axes=[1]}
  return y = %2, z = %3
}
@0 = []
`)
    const after = runPasses(empty, defaultTarget)
    expect(evaluate(after, { x: [[], []] })).toEqual({ y: [[], []], z: [0, 0] })
  })

  test("no output is known less well because its operands are merged", () => {
    const even = parse(`program p {
  %0 : enc 0..1[1] = input {name="x"}
  %1 : enc 0..2[1] = add %0, %0
  %2 : clear 1..1[2] = constant {value=@0}
  %3 : enc 0..0[2] = apply %1, %2 {expr="x == y"}
  return y = %3
}
@0 = [1, 1]
`)
    for (const pass of passes) {
      const { lo, hi } = pass.run(even, defaultTarget).outputs.get("y")!.type
      expect([pass.name, Number(lo), Number(hi)]).toEqual([pass.name, 0, 0])
    }
  })
})
