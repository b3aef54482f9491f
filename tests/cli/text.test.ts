import { describe, expect, test } from "vitest"
import { compileProgram } from "../../src/compiler/compile.ts"
import { Builder, type Circuit, evaluate, isCircuit, parse, parseCircuit, print } from "../../src/ir.ts"
import { SCORE } from "./support.ts"

const program = parse(SCORE)
const { circuit } = compileProgram({ program, returns: "record" })

describe("lutra/ir", () => {
  test("prints a program and reads it back", () => {
    expect(print(program)).toBe(SCORE)
    expect(isCircuit(program)).toBe(false)
  })

  test("reads a program into a builder that is given", () => {
    const builder = new Builder()
    const { outputs } = parse(SCORE, builder)
    expect(parse(SCORE, builder).outputs.get("y")).toBe(outputs.get("y"))
  })

  test("prints a circuit and reads it back, after blank lines and comments too", () => {
    const text = print(circuit)
    const again = parse<Circuit>(`\n  // compiled\n\n${text}`)
    expect(isCircuit(again)).toBe(true)
    expect(print(again)).toBe(text)
    expect(again).toEqual(parseCircuit(text))
  })

  test("takes a program whose comment speaks of a circuit for a program", () => {
    expect(print(parse(`// circuit\n${SCORE}`))).toBe(SCORE)
  })

  test("evaluates a program and its circuit to the same", () => {
    expect(evaluate(program, { x: [1, 2, 3, 4] })).toEqual({ y: 10 })
    expect(evaluate(circuit, { x: [1, 2, 3, 4] })).toEqual({ y: 10 })
  })

  test("gives bigint where an output of a circuit may pass 2^53", () => {
    const wide = compileProgram({
      program: parse(
        'program wide {\n  %0 : clear 0..18014398509481984 = input {name="x"}\n  return y = %0\n}\n',
      ),
      returns: "record",
    })
    expect(evaluate(wide.circuit, { x: 3 })).toEqual({ y: 3n })
  })

  test("cuts the long literals of a circuit short when asked to", () => {
    const text = `circuit c {n=4096, ring=8, t=40961} {
  input "x" : enc 0..1[8] {period=8}
  %0 = input "x"[0]
  %1 = multiplyPlain %0, @0
  output "y" : enc 0..9[8] {period=8} = %1
}
@0 = [1, -2, 3, 5, 0 x4]
`
    const elided = print(parseCircuit(text), { elide: true })
    expect(elided).toContain("\n@0 = [1, -2, 3, …]\n")
    expect(elided.split("@0 = ")[0]).toBe(text.split("@0 = ")[0])
  })
})
