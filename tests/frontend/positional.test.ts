// Arguments in order mean what they mean in numpy: results that scripts/record_positional.py took from numpy itself.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { constant, enc, type Outputs, range, type Tensor, trace } from "../../src/frontend/index.ts"
import type { Declared } from "../../src/frontend/operator/operator.ts"
import { evaluate } from "../../src/ir/index.ts"
import * as np from "../../src/numpy.ts"

type Callable = ((...args: readonly unknown[]) => unknown) & Declared

interface Recorded {
  readonly operator: string
  /** The tensor; null for operators that make one. */
  readonly x: never
  readonly args: readonly unknown[]
  readonly want: unknown
}

const { cases } = JSON.parse(readFileSync(new URL("./positional.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Recorded[]
}
const exported: readonly [string, unknown][] = Object.entries(np)
const operators = new Map(
  exported.filter((entry): entry is [string, Callable] => {
    const [, value] = entry
    return typeof value === "function" && "declaration" in value
  }),
)

const shapeOf = (value: unknown): number[] =>
  Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []
const booleans = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(booleans) : typeof value === "boolean" ? Number(value) : value
const rounded = (y: Tensor): Tensor => (y.node.type.kind === "int" ? y : y.round())

/** What a call gives when the tensor is encrypted. */
const resultOf = (x: unknown, call: (x: Tensor) => unknown): unknown => {
  const given = booleans(x) as never
  const program = trace("f", { x: enc(range(0, 40), shapeOf(given)) }, ({ x }) => {
    const bounded = x.assume(0, Math.max(1, ...[given].flat(9)))
    const result = call(bounded)
    return (Array.isArray(result) ? result.map(rounded) : rounded(result as Tensor)) as Outputs
  }).program
  const results = Object.values(evaluate(program, { x: given }))
  return program.outputs.has("y") ? results[0] : results
}

const readingOf = (operator: Callable): string | undefined =>
  operator.declaration.parameters[0]?.argument.reading

/** The arguments of the function behind its tensor: of a list of tensors the first belongs to the list. */
const asFunction =
  (operator: Callable, args: readonly unknown[]) =>
  (x: unknown): unknown =>
    readingOf(operator) === "tensors" ? operator([x, args[0]], ...args.slice(1)) : operator(x, ...args)

const asMethod =
  (name: string, operator: Callable, args: readonly unknown[]) =>
  (x: Tensor): unknown => {
    const method = (x as unknown as Record<string, Callable>)[name]!
    return readingOf(operator) === "tensors"
      ? method.call(x, [args[0]], ...args.slice(1))
      : method.call(x, ...args)
  }

/** The same arguments, those that have names given by them. */
const byName = ({ declaration }: Callable, args: readonly unknown[], isMaker: boolean): unknown[] => {
  const ordered = declaration.parameters.filter(({ kind }) => kind === "required" || kind === "optional")
  const own = isMaker ? ordered : ordered.slice(1)
  // The list of a join is its first argument, whose first element is the method's tensor.
  const parameters = declaration.parameters[0]?.argument.reading === "tensors" ? [undefined, ...own] : own
  const least = parameters.filter((each) => each?.kind !== "optional").length
  const named = args.slice(least).map((value, i) => [parameters[least + i]!.name, value])
  return [...args.slice(0, least), Object.fromEntries(named)]
}

describe.each(cases)("$operator($args)", ({ operator: name, x, args, want }) => {
  const operator = operators.get(name)!
  const wanted = booleans(want)
  const hasNames = operator.declaration.parameters.some(({ kind }) => kind === "optional")

  it("is numpy's", () => {
    if (x === null) {
      const make = (given: readonly unknown[]): unknown =>
        resultOf(0, (one) => one.mul(0).add(operator(...given) as Tensor))
      expect(make(args)).toEqual(wanted)
      if (hasNames) expect(make(byName(operator, args, true))).toEqual(wanted)
      return
    }
    expect(resultOf(x, asMethod(name, operator, args)), "as a method").toEqual(wanted)
    expect(resultOf(x, asFunction(operator, args)), "as a function").toEqual(wanted)
    if (hasNames) {
      const named = byName(operator, args, false)
      expect(resultOf(x, asMethod(name, operator, named)), "by name").toEqual(wanted)
    }
  })
})

it("literals stand first", () => {
  expect(resultOf([1, 2], (x) => np.sub(10, x))).toEqual([9, 8])
  expect(resultOf([1, 2], (x) => np.pow(2, x))).toEqual([2, 4])
  expect(resultOf([1, 2], (x) => np.sub(constant([5, 5]), x))).toEqual([4, 3])
})

it("every operator that takes values in order or by name is recorded with each number of them", () => {
  const lacking = [...operators].flatMap(([name, operator]) => {
    const { parameters } = operator.declaration
    const optional = parameters.filter(({ kind }) => kind === "optional").length
    const isOpen = parameters.some(({ kind }) => kind === "rest")
    const counts = new Set(cases.filter((each) => each.operator === name).map(({ args }) => args.length))
    const enough = isOpen ? 1 : optional
    return (optional > 0 || isOpen) && counts.size < enough ? [name] : []
  })
  // Lists of tensors and text come first in these: tests/numpy/recorded.test.ts has them.
  const elsewhere = ["einsum", "meshgrid", "select"]
  expect(
    lacking.filter((name) => !elsewhere.includes(name)),
    "add cases to scripts/record_positional.py",
  ).toEqual([])
})
