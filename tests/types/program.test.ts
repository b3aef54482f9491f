import { expect, expectTypeOf, test } from "vitest"
import type { Connection, connect, Client as PageClient } from "../../src/client.ts"
import {
  type Client,
  clear,
  compile,
  enc,
  int,
  type Nested,
  type NestedResult,
  type ProgramInputs,
  type ProgramResult,
  type Specification,
  type Tensor,
  type TensorLike,
  uint,
} from "../../src/index.ts"

type Integer = number | bigint
type Row = ArrayLike<Integer> | readonly (Integer | boolean)[]

const score = compile({ x: enc(uint(4), [3]), shift: clear(int(5)) }, ({ x, shift }) =>
  x.dot([1, 2, 3]).add(shift),
)

test("inputs are nested as deep as their declared shapes, and a scalar is a number", () => {
  const program = compile(
    { scalar: enc(uint(4)), row: enc(uint(4), 2), matrix: enc(uint(4), [2, 2]), empty: clear(uint(1), []) },
    ({ scalar, row, matrix }) => matrix.add(row).mul(scalar),
  )
  type Inputs = Parameters<typeof program.evaluate>[0]
  expectTypeOf<Inputs>().toEqualTypeOf<{
    readonly scalar: Integer | boolean
    readonly row: Row
    readonly matrix: readonly Row[]
    readonly empty: Integer | boolean
  }>()
  expectTypeOf<readonly number[][]>().toExtend<Inputs["matrix"]>()
  expectTypeOf<Int8Array[]>().toExtend<Inputs["matrix"]>()
  expectTypeOf<number[]>().not.toExtend<Inputs["matrix"]>()
  expectTypeOf<string>().not.toExtend<Inputs["row"]>()
  const given = { scalar: 2, row: [1, 2], matrix: [[0, 1], Int8Array.of(2, 3)], empty: false }
  expect(program.evaluate(given)).toEqual([
    [2, 6],
    [6, 10],
  ])
})

test("a shape that is not known while types are checked takes nested arrays of any depth", () => {
  const shape: number[] = [2]
  const declared: Record<string, Specification> = { x: enc(uint(4), shape) }
  const program = compile({ x: enc(uint(4), shape) }, ({ x }) => x.add(1))
  expectTypeOf<Parameters<typeof program.simulate>[0]>().toEqualTypeOf<{ readonly x: Nested }>()
  const loose = compile(declared, ({ x }) => x!.add(1))
  expectTypeOf<Parameters<typeof loose.simulate>[0]>().toEqualTypeOf<ProgramInputs>()
  expect(program.evaluate({ x: [1, 2] })).toEqual(loose.evaluate({ x: [1, 2] }))
})

test("a misspelt, missing or surplus input is an error of types, and one when it runs", () => {
  // @ts-expect-error: the input is named shift
  expect(() => score.evaluate({ x: [1, 2, 3], shfit: 1 })).toThrow('"shift" is missing')
  // @ts-expect-error: shift is missing
  expect(() => score.simulate({ x: [1, 2, 3] })).toThrow('"shift" is missing')
  // @ts-expect-error: there is no y
  expect(() => score.simulateBatch([{ x: [1, 2, 3], shift: 1, y: 2 }])).toThrow('no input "y"')
  // @ts-expect-error: x is a vector
  expect(() => score.evaluate({ x: 1, shift: 1 })).toThrow("has shape []")
})

test("results have the form of what the function returns", () => {
  const inputs = { x: enc(uint(4), [2]), y: enc(uint(4)) }
  const given = { x: [1, 2], y: 3 }
  const single = compile(inputs, ({ x, y }) => x.add(y)).evaluate(given)
  expectTypeOf(single).toEqualTypeOf<NestedResult>()
  const pair = compile(inputs, ({ x, y }) => [x.add(y), y]).evaluate(given)
  expectTypeOf(pair).toEqualTypeOf<[NestedResult, NestedResult]>()
  const list = compile(inputs, ({ x, y }): Tensor[] => [x.add(y), y]).evaluate(given)
  expectTypeOf(list).toEqualTypeOf<NestedResult[]>()
  const record = compile(inputs, ({ x, y }) => ({ both: x.add(y), y, one: 1 })).evaluate(given)
  expectTypeOf(record).toEqualTypeOf<{ both: NestedResult; y: NestedResult; one: Integer }>()
  expect([single, pair, list, record]).toEqual([
    [4, 5],
    [[4, 5], 3],
    [[4, 5], 3],
    { both: [4, 5], y: 3, one: 1 },
  ])
})

test("a function whose results are of a loose type gives results of a loose type", () => {
  const named = (x: Tensor): Record<string, TensorLike> => ({ y: x })
  const record = compile({ x: enc(uint(4)) }, ({ x }) => named(x)).evaluate({ x: 1 })
  expectTypeOf(record).toEqualTypeOf<Record<string, NestedResult>>()
  const either = compile({ x: enc(uint(4)) }, ({ x }): TensorLike | Record<string, TensorLike> => x)
  expectTypeOf(either.evaluate({ x: 1 })).toEqualTypeOf<ProgramResult>()
  expect([record, either.evaluate({ x: 1 })]).toEqual([{ y: 1 }, 1])
})

test("clients, servers and runs have the types of their program", () => {
  const program = compile({ x: enc(uint(4), [2]) }, ({ x }) => ({ sum: x.sum() }))
  type Inputs = { readonly x: Row }
  type Result = { sum: NestedResult }
  type Program = typeof program
  expectTypeOf<Program["run"]>().returns.resolves.toEqualTypeOf<Result>()
  expectTypeOf<Program["run"]>().parameter(0).toEqualTypeOf<Inputs>()
  expectTypeOf<Program["runBatch"]>().returns.resolves.toEqualTypeOf<Result[]>()
  expectTypeOf<Program["runBatch"]>().parameter(0).toEqualTypeOf<readonly Inputs[]>()
  expectTypeOf<Program["simulate"]>().returns.toEqualTypeOf<Result>()
  expectTypeOf<Program["simulateBatch"]>().returns.toEqualTypeOf<Result[]>()
  expectTypeOf<Program["client"]>().returns.resolves.toEqualTypeOf<Client<Inputs, Result>>()
  type Own = Awaited<ReturnType<Program["client"]>>
  expectTypeOf<Own["encrypt"]>().parameter(0).toEqualTypeOf<Inputs>()
  expectTypeOf<Own["encryptBatch"]>().parameter(0).toEqualTypeOf<readonly Inputs[]>()
  expectTypeOf<Own["decrypt"]>().returns.toEqualTypeOf<Result>()
  expectTypeOf<Own["decryptBatch"]>().returns.toEqualTypeOf<Result[]>()
  type Server = Awaited<ReturnType<Program["server"]>>
  expectTypeOf<Server["run"]>().returns.resolves.toEqualTypeOf<Uint8Array>()
  expectTypeOf(program).toExtend<ReturnType<typeof import("../../src/index.ts").load>>()
  expect(program.evaluate({ x: [1, 2] }).sum).toBe(3)
})

test("connect takes the type of a program, or those of inputs and result, or none", () => {
  type Of<F> = F extends () => Promise<infer C> ? C : never
  const typed = (at: typeof connect) => at<typeof score>("")
  expectTypeOf<Of<() => ReturnType<typeof typed>>>().toEqualTypeOf<
    Connection<{ readonly x: Row; readonly shift: Integer | boolean }, NestedResult>
  >()
  const given = (at: typeof connect) => at<{ image: number[] }, number[]>("")
  expectTypeOf<Of<() => ReturnType<typeof given>>>().toEqualTypeOf<
    Connection<{ image: number[] }, number[]>
  >()
  const loose = (at: typeof connect) => at("")
  expectTypeOf<Of<() => ReturnType<typeof loose>>>().toEqualTypeOf<Connection<ProgramInputs, ProgramResult>>()
  type Calls = Awaited<ReturnType<typeof typed>>
  expectTypeOf<Calls["run"]>().returns.resolves.toEqualTypeOf<NestedResult>()
  expectTypeOf<Calls["runBatch"]>().returns.resolves.toEqualTypeOf<NestedResult[]>()
  expectTypeOf<PageClient>().toEqualTypeOf<Client>()
})
