// Of every operator: what is misspelt, too much or of the wrong form is refused, however it is called.
import { describe, expect, it } from "vitest"
import * as frontend from "../../src/frontend/index.ts"
import { constant, enc, type Tensor, trace, uint } from "../../src/frontend/index.ts"
import type { Declared } from "../../src/frontend/operator/operator.ts"
import type { Parameter } from "../../src/frontend/operator/parameter.ts"
import { usageOf } from "../../src/frontend/operator/usage.ts"
import * as numpy from "../../src/numpy.ts"
import { messageOf } from "./support.ts"

type Callable = ((...args: unknown[]) => unknown) & Declared

const isOperator = (value: unknown): value is Callable =>
  typeof value === "function" && "declaration" in value
/** All names; the operator `trace` is `traceOf` beside the tracer of that name. */
const named: Readonly<Record<string, unknown>> = { ...frontend, ...numpy }
const exported = Object.entries(named).filter(([name]) => name !== "traceOf")
const operators = exported.filter((entry): entry is [string, Callable] => isOperator(entry[1]))

/** Something of the form that a parameter needs, for a tensor of shape [2, 2]. */
const fitting = ({ name, argument }: Parameter, x: unknown): unknown => {
  const candidates = [x, 1, [x, x], true, "edge", () => 1]
  return ["lo", "offset"].includes(name) ? 0 : candidates.find((value) => argument.accepts(value))
}

const requiredOf = (operator: Callable, x: unknown): unknown[] =>
  operator.declaration.parameters
    .filter(({ kind }) => kind === "required")
    .map((parameter) => fitting(parameter, x))

const inOrder = ({ declaration }: Callable): readonly Parameter[] =>
  declaration.parameters.filter(({ kind }) => kind === "required" || kind === "optional")
const takesAnyNumber = ({ declaration }: Callable): boolean =>
  declaration.parameters.some(({ kind }) => kind === "rest")

describe.each(operators)("%s", (_name, operator) => {
  const { name, parameters } = operator.declaration
  const x = constant([
    [1, 2],
    [3, 4],
  ])

  it("is declared under one of its names", () => {
    expect(named[name]).toBe(operator)
  })

  it("refuses an option that it has not, with those that it has", () => {
    const message = messageOf(() => operator(...requiredOf(operator, x), { keepdim: 1 }))
    const known = parameters.filter(({ kind }) => kind === "optional" || kind === "named")
    if (known.length === 0) expect(message).toContain(`${name} takes no options, but keepdim is given`)
    else if (known.some((each) => each.name === "keepDims")) {
      expect(message).toContain(`${name} has no option "keepdim"; did you mean keepDims?`)
    } else {
      expect(message).toContain(`${name} has no option "keepdim"; there are `)
      for (const each of known) expect(message).toContain(each.name)
    }
    expect(message).toContain(`\nwrite ${usageOf(operator.declaration)}`)
  })

  it.runIf(!takesAnyNumber(operator))("refuses one argument more than it takes", () => {
    const args = inOrder(operator).map((parameter) => fitting(parameter, x))
    expect(messageOf(() => operator(...args, 7))).toMatch(
      new RegExp(`ProgramError: ${name} takes (no|1|\\d|at most) .*, and \\d+ (was|were) given\nwrite `),
    )
  })

  it("names what is missing", () => {
    const args = requiredOf(operator, x)
    if (args.length === 0) return
    const last = parameters.filter(({ kind }) => kind === "required").at(-1)!
    expect(messageOf(() => operator(...args.slice(0, -1)))).toContain(`${last.name} of ${name} is missing`)
  })

  it("refuses arguments of another form", () => {
    const args = requiredOf(operator, x)
    parameters.forEach((parameter, i) => {
      if (parameter.kind !== "required") return
      const wrong = args.with(i, new Map())
      if (parameter.argument.accepts(new Map())) return // a tensor's form is told by its reader
      expect(
        messageOf(() => operator(...wrong)),
        parameter.name,
      ).toMatch(/is a Map|a Map (is|was) given/)
    })
    for (const parameter of parameters) {
      if (parameter.kind !== "optional" && parameter.kind !== "named") continue
      const message = messageOf(() => operator(...args, { [parameter.name]: new Map() }))
      expect(message, parameter.name).toMatch(/is a Map|a Map is given/)
    }
  })
})

describe("the table of operators", () => {
  it("is all of numpy that there is", () => {
    expect(operators.length).toBeGreaterThan(180)
  })

  it("has a method for each operator of a tensor, which checks the same", () => {
    trace("f", { x: enc(uint(2), [2, 2]) }, ({ x }) => {
      for (const [name, operator] of operators) {
        const [first] = operator.declaration.parameters
        if (first?.kind !== "required" || !["tensor", "tensors"].includes(first.argument.reading)) continue
        const method = (x as unknown as Record<string, Callable>)[name]
        expect(typeof method, name).toBe("function")
        const args = requiredOf(operator, x)
        const others = first.argument.reading === "tensors" ? [[x], ...args.slice(1)] : args.slice(1)
        expect(
          messageOf(() => method!.call(x, ...others, { keepdim: 1 })),
          name,
        ).toMatch(/keepdim/)
      }
      return x
    })
  })
})

describe("arrays of tensors", () => {
  const traced = (fn: (x: Tensor) => Tensor): string =>
    String(trace("f", { x: enc(uint(2), [3]) }, ({ x }) => fn(x)).program.outputs.get("y")!.type.shape)

  it("are mapped and folded with operators as they are", () => {
    expect(traced((x) => frontend.concat([x, x].map(frontend.relu)))).toBe("6")
    expect(traced((x) => [x, x, x].reduce(frontend.add))).toBe("3")
  })

  it("but not with those that would read the index", () => {
    expect(() => traced((x) => frontend.concat([x, x].map(frontend.sum as never)))).toThrow(
      "sum takes at most 1 argument",
    )
  })
})
