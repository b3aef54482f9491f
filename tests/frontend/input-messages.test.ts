// What people meet first: names, text for numbers, and a forgotten await.
import { describe, expect, test } from "vitest"
import { compile, enc, uint } from "../../src/index.ts"

const program = compile({ height: enc(uint(3), [3]), shift: enc(uint(3)) }, ({ height, shift }) =>
  height.add(shift),
)
const evaluate = (inputs: unknown) => (): unknown => program.evaluate(inputs as never)

describe("inputs", () => {
  test("that are text are shown as text", () => {
    expect(evaluate({ height: [1, 2, "3"], shift: 1 })).toThrow(
      'input "height"[2] is the text "3", not an exact integer',
    )
    expect(evaluate({ height: [1, 2, "tall"], shift: 1 })).toThrow(
      'input "height"[2] is "tall", not an exact integer',
    )
  })

  test.each([
    [Number.NaN, "not a number"],
    [undefined, "missing"],
    [{ a: 1 }, "an object with a"],
    [() => 1, "a function"],
  ])("that hold %s say so", (leaf, shown) => {
    expect(evaluate({ height: [1, 2, leaf], shift: 1 })).toThrow(
      `input "height"[2] is ${shown}, not an exact integer`,
    )
  })

  test("that are misspelt have the nearest name", () => {
    expect(evaluate({ heigth: [1, 2, 3], shift: 1 })).toThrow('input "height" is missing; "heigth" is given')
    expect(evaluate({ height: [1, 2, 3], shift: 1, shfit: 2 })).toThrow(
      'there is no input "shfit"; did you mean shift?',
    )
    expect(evaluate({ height: [1, 2, 3], shift: 1, colour: 2 })).toThrow(
      'there is no input "colour"; the program takes height, shift',
    )
    expect(evaluate({ height: [1, 2, 3] })).toThrow(/^input "shift" is missing$/)
  })

  test("that were not waited for", () => {
    expect(evaluate(Promise.resolve({}))).toThrow("not a Promise\nwait for it with await")
    expect(evaluate({ height: Promise.resolve([1, 2, 3]), shift: 1 })).toThrow(
      'input "height" is a Promise\nwait for it with await',
    )
  })
})

test("a name is as long as a saved program may hold, or refused", async () => {
  const named = (length: number) =>
    compile({ ["x".repeat(length)]: enc(uint(2)) }, (inputs) => Object.values(inputs)[0]!.add(1))
  expect(() => named(2000)).toThrow("an input has a name of 2000 characters")
  expect(() => named(501)).toThrow("500 are the most")
  const { loadBytes } = await import("../../src/compiler/artefact/load.ts")
  expect(loadBytes(named(500).toBytes()).evaluate({ ["x".repeat(500)]: 1 })).toBe(2)
  expect(() => compile({ x: enc(uint(2)) }, ({ x }) => ({ ["y".repeat(501)]: x }))).toThrow(
    "an output has a name",
  )
  expect(() => compile({ x: enc(uint(2)) }, ({ x }) => x, { name: "p".repeat(501) })).toThrow(
    "a program has a name",
  )
})
