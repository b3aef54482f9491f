import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { ProgramError } from "../../src/data/index.ts"
import { evaluate, type Node, nodesOf, type Program, parse, print } from "../../src/ir/index.ts"
import { defaultTarget, encodeInputs, passes, runPasses } from "../../src/passes/index.ts"
import { arbitraryRun, behindTables } from "../support/arbitrary.ts"

/** The program after a pass, or undefined where it is refused. */
const attempt = (run: () => Program): Program | undefined => {
  try {
    return run()
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

const expectContract = (before: Program, after: Program, inputs: Record<string, unknown>): void => {
  expect(evaluate(after, inputs)).toEqual(evaluate(before, inputs))
  expect([...after.outputs.keys()]).toEqual([...before.outputs.keys()])
  expect(after.inputs.map(({ attrs }) => attrs)).toEqual(before.inputs.map(({ attrs }) => attrs))
  for (const [name, node] of before.outputs) {
    const { secret, shape, kind, lo, hi } = after.outputs.get(name)!.type
    expect({ secret, shape, kind }).toEqual({
      secret: node.type.secret,
      shape: node.type.shape,
      kind: node.type.kind,
    })
    expect(lo >= node.type.lo && hi <= node.type.hi).toBe(true)
  }
  expect(print(parse(print(after)))).toBe(print(after))
}

const checkPass = (run: (program: Program) => Program, numRuns: number): number => {
  let accepted = 0
  fc.assert(
    fc.property(arbitraryRun({ reals: true, maxSteps: 14 }), ({ program, inputs }) => {
      const once = attempt(() => run(program))
      if (once === undefined) return
      accepted++
      expectContract(program, once, inputs)
      expect(print(run(once))).toBe(print(once))
    }),
    { numRuns },
  )
  return accepted
}

describe("passes on generated programs", () => {
  test.for(passes)("$name keeps meaning, outputs and ranges, and twice is once", (pass) => {
    expect(checkPass((program) => pass.run(program, defaultTarget), 200)).toBeGreaterThan(60)
  })

  test.for([1, 2] as const)("with inputs sent in %i digits the pipeline keeps them too", (digits) => {
    const target = { ...defaultTarget, digits }
    let encoded = 0
    fc.assert(
      fc.property(arbitraryRun({ wideInputs: true, maxSteps: 12 }), ({ program, inputs }) => {
        const before = attempt(() => runPasses(behindTables(program), defaultTarget))
        if (before === undefined) return
        const once = encodeInputs.run(before, target)
        if (countOneHot(once, digits) > countOneHot(before, digits)) encoded++
        expectContract(before, once, inputs)
        expectLinearised(once)
        expect(print(encodeInputs.run(once, target))).toBe(print(once))
      }),
      { numRuns: 400 },
    )
    expect(encoded).toBeGreaterThan(60)
  })

  test("the pipeline keeps meaning, outputs and ranges, and twice is once", () => {
    expect(checkPass((program) => runPasses(program, defaultTarget), 400)).toBeGreaterThan(200)
  })

  test("a product keeps a range that its factors no longer tell", () => {
    const program = parse(`program related {
  %0 : enc -5..1[3] = input {name="x"}
  %1 : enc -6..-6 = input {name="y"}
  %2 : enc 0..1[1] = onehot %1 {base=1, digits=1}
  %3 : enc -4..-3[3] = table %0 {lo=-5, entries=@0}
  %4 : enc -4..-2[3] = add %2, %3
  %5 : enc 1..6[2] = linear %4 {matrix=@1, bias=@2}
  %6 : clear -5..-5 = constant {value=@3}
  %7 : enc -4..1[2] = add %6, %5
  %8 : enc -20..6[2] = mul %5, %7
  return a = %8
}
@0 = [-4, -3, -4, -3, -4, -3, -4]
@1 = 2x3 [-2, 0, 0; -2, 0, 0]
@2 = [-2, -3]
@3 = [-5]
`)
    const once = encodeInputs.run(program, defaultTarget)
    expectContract(program, once, { x: [-5, -5, -5], y: -6 })
    expect(print(encodeInputs.run(once, defaultTarget))).toBe(print(once))
  })

  test("after the pipeline secrets know linear maps, tables and products of vectors only", () => {
    fc.assert(
      fc.property(arbitraryRun({ reals: true, maxSteps: 14 }), ({ program }) => {
        const after = attempt(() => runPasses(program, defaultTarget))
        if (after !== undefined) expectLinearised(after)
      }),
      { numRuns: 300 },
    )
  })
})

/** The inputs that are sent one-hot in so many digits. */
const countOneHot = (program: Program, digits: number): number =>
  nodesOf(program).filter((node) => node.op === "onehot" && node.attrs.digits === BigInt(digits)).length

const expectLinearised = (program: Program): void => {
  const outputs = new Set(program.outputs.values())
  for (const node of nodesOf(program)) {
    if (!node.type.secret || node.op === "input" || node.op === "onehot") continue
    expect(["linear", "table", "assume", "refresh", "mul", "reshape"]).toContain(node.op)
    if (node.op === "reshape")
      expect(["input", "onehot"].includes(node.operands[0]!.op) || outputs.has(node)).toBe(true)
    else expect(node.type.shape.length).toBe(1)
    for (const operand of node.operands) expectVector(operand, node)
  }
}

const expectVector = (operand: Node, user: Node): void => {
  if (user.op === "reshape") return
  expect(operand.type.shape.length).toBe(1)
  expect(operand.op).not.toBe("constant")
  if (user.op !== "linear") expect(operand.type.shape).toEqual(user.type.shape)
}
