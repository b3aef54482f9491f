import { describe, expect, test } from "vitest"
import { verifyPass } from "../../src/cli/commands/verify-pass.ts"
import { type Builder, literal, type Node, type Program, parse, rewrite } from "../../src/ir/index.ts"
import { defaultTarget, type Pass } from "../../src/passes/index.ts"

const program = parse(`program p {
  %0 : enc 0..7[2] = input {name="x"}
  %1 : enc 0..14[2] = add %0, %0
  %2 : enc 0..1[2] = table %1 {lo=0, entries=@0}
  return y = %2
}
@0 = [0 x14, 1]
`) as Program

/** A pass that does this to every node. */
const passOf = (
  rule: (node: Node, operands: readonly Node[], builder: Builder) => Node | undefined,
): Pass => ({
  name: "try-out",
  doc: "",
  run: (before) => rewrite(before, rule),
})

const verify = (pass: Pass): void =>
  verifyPass(pass, program, pass.run(program, defaultTarget), defaultTarget)

describe("a pass is caught that", () => {
  test("changes what a table gives at one end of its range", () => {
    const pass = passOf((node, operands, builder) =>
      node.op === "table"
        ? builder.make("table", operands, { lo: 0n, entries: literal([...Array(15).fill(0)]) })
        : undefined,
    )
    expect(() => verify(pass)).toThrow(
      /^try-out breaks the contract of passes: for \{"x":\[.*7.*\]\} it gives y = \[/,
    )
  })

  test("makes an output wider", () => {
    const pass = passOf((node, [a], builder) => (node.op === "table" ? a! : void builder))
    expect(() => verify(pass)).toThrow(
      "try-out breaks the contract of passes: output y is enc 0..14[2], and was enc 0..1[2]",
    )
  })

  test("renames an output", () => {
    const pass = {
      ...passOf(() => undefined),
      run: (before: Program) => ({
        ...before,
        outputs: new Map([["z", before.outputs.get("y") ?? before.outputs.get("z")!]]),
      }),
    }
    expect(() => verify(pass)).toThrow("its outputs are z, and were y")
  })

  test("leaves an input out", () => {
    const two = parse(`program p {
  %0 : enc 0..7 = input {name="x"}
  %1 : enc 0..7 = input {name="unused"}
  return y = %0
}
`) as Program
    const pass = {
      ...passOf(() => undefined),
      run: (before: Program) => ({ ...before, inputs: before.inputs.slice(0, 1) }),
    }
    expect(() => verifyPass(pass, two, pass.run(two), defaultTarget)).toThrow(
      "its inputs are x : enc 0..7, and were",
    )
  })

  test("does more each time", () => {
    const pass = passOf((node, operands, builder) =>
      node.op === "add"
        ? builder.make("neg", [builder.make("neg", [builder.remake(node, operands)], {})], {})
        : undefined,
    )
    expect(() => verify(pass)).toThrow("run on what came out it changes it again")
  })
})

test("a pass that keeps all of it is not", () => {
  verify(passOf(() => undefined))
})

test("inputs outside an assumed range say nothing", () => {
  const assuming = parse(`program p {
  %0 : enc 0..7 = input {name="x"}
  %1 : enc 0..3 = assume %0 {lo=0, hi=3, by="user"}
  %2 : enc 0..3 = table %1 {lo=0, entries=@0}
  return y = %2
}
@0 = [3, 1, 2, 0]
`) as Program
  const pass = passOf(() => undefined)
  verifyPass(pass, assuming, pass.run(assuming, defaultTarget), defaultTarget)
})
