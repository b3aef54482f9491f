import { describe, expect, test } from "vitest"
import { printCircuit } from "../src/backend/index.ts"
import { clear, compile, enc, int, ProgramError, range, type Tensor, uint } from "../src/index.ts"
import { nodesOf, print } from "../src/ir/index.ts"

const weights = Array.from({ length: 16 }, (_, i) =>
  Array.from({ length: 6 }, (_, j) => ((i * 5 + j * 3) % 7) - 3),
)
const network = ({ x }: { x: Tensor }) => x.matmul(weights).relu().sum()

const messageOf = (compileIt: () => unknown): string => {
  try {
    compileIt()
  } catch (error) {
    if (error instanceof ProgramError)
      return error.message.replaceAll(/\(compile\.test\.ts:\d+:\d+\)/g, "(compile.test.ts)")
    throw error
  }
  throw new Error("it compiled")
}

describe("compile", () => {
  test("gives the same program and circuit for the same function, byte for byte", () => {
    const once = compile({ x: enc(uint(2), [16]) }, network, { name: "network" })
    const again = compile({ x: enc(uint(2), [16]) }, network, { name: "network" })
    expect(print(again.program)).toBe(print(once.program))
    expect(print(again.optimized)).toBe(print(once.optimized))
    expect(printCircuit(again.circuit)).toBe(printCircuit(once.circuit))
    expect(again.spec).toEqual(once.spec)
    expect(String(again.report())).toBe(String(once.report()))
  })

  test("a program of another name, function or margin has another hash", () => {
    const hash = (options: object, fn = network) => compile({ x: enc(uint(2), [16]) }, fn, options).spec.hash
    const hashes = [
      hash({}),
      hash({ name: "other" }),
      hash({ margin: 60 }),
      hash({}, ({ x }) => network({ x }).add(1)),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  test("a larger batch gets more lanes", () => {
    const one = compile({ x: enc(uint(2), [16]) }, network).report()
    const many = compile({ x: enc(uint(2), [16]) }, network, { batch: 5000 }).report()
    expect(many.lanes).toBeGreaterThan(one.lanes)
    expect(many.lanes).toBeGreaterThanOrEqual(5000)
  })

  test("a convolution whose rows were placed is told of by the pass that placed them", () => {
    const names: string[] = []
    const kernel = [
      [
        [
          [1, 2, 3],
          [3, 1, 2],
          [2, 3, 1],
        ],
      ],
    ]
    const squares = ({ x }: { x: Tensor }) => x.conv2d(kernel).square().sum()
    compile({ x: enc(uint(1), [1, 1, 12, 12]) }, squares, { onPass: ({ name }) => names.push(name) })
    expect(names.slice(-2)).toEqual(["check-depth", "order-rows"])
  })

  test("evaluate and simulate agree, and return what the function returns", () => {
    const program = compile({ a: enc(int(4), [2]), b: clear(uint(3)) }, ({ a, b }) => ({
      sum: a.add(b),
      twice: b.mul(2),
    }))
    const inputs = { a: [-8, 7], b: 5 }
    expect(program.evaluate(inputs)).toEqual({ sum: [-3, 12], twice: 10 })
    expect(program.simulate(inputs)).toEqual({ sum: [-3, 12], twice: 10 })
    const list = compile({ a: enc(int(4)) }, ({ a }) => [a, a.neg()])
    expect(list.simulate({ a: 3 })).toEqual([3, -3])
  })

  test("the input of a table is sent one-hot where that is cheaper", () => {
    const entries = Array.from({ length: 256 }, (_, x) => (x ** 3 + 77 * x) % 251)
    const lookup = ({ x }: { x: Tensor }) => x.lookup(entries)
    const one = compile({ x: enc(uint(8)) }, lookup)
    expect(one.report().oneHot).toEqual([{ name: "x", base: 256, digits: 1 }])
    expect(String(one.report())).toContain("sent one-hot  x as 1 digit to base 256")
    expect(one.report().counts.products).toBe(0)
    expect(one.simulate({ x: 255 })).toBe(entries[255])
    expect(one.evaluate({ x: 255 })).toBe(entries[255])
    const asItIs = compile({ x: enc(uint(8)) }, lookup, { encodeInputs: false })
    expect(asItIs.report().oneHot).toEqual([])
    expect(asItIs.report().counts.products).toBeGreaterThan(10)
    const squares = ({ x }: { x: Tensor }) => x.lookup(entries.map((_, i) => i * i))
    const oneProduct = compile({ x: enc(uint(8)) }, squares, { batch: 8192 })
    expect(oneProduct.report().oneHot).toEqual([])
  })

  test("the pass that sends inputs one-hot is reported with the program it made", () => {
    const names: string[] = []
    const lookup = ({ x }: { x: Tensor }) => x.lookup([3, 1, 4, 1, 5, 9, 2, 6])
    const { optimized } = compile({ x: enc(uint(3)) }, lookup, { onPass: ({ name }) => names.push(name) })
    const isEncoded = nodesOf(optimized).some(({ op }) => op === "onehot")
    expect(isEncoded).toBe(true)
    expect(names.at(-1)).toBe("encode-inputs")
  })

  test("samples narrow the ranges that tables are made for, as assume nodes say", () => {
    const fn = ({ x }: { x: Tensor }) => x.sum().relu()
    const proved = compile({ x: enc(int(8), [8]) }, fn)
    const samples = [-2, 0, 3].map((value) => ({ x: new Array(8).fill(value) }))
    const measured = compile({ x: enc(int(8), [8]) }, fn, { samples })
    expect(
      nodesOf(measured.optimized).some((node) => node.op === "assume" && node.attrs.by === "samples"),
    ).toBe(true)
    expect(measured.report().depth).toBeLessThan(proved.report().depth)
    expect(measured.simulate({ x: new Array(8).fill(2) })).toBe(16)
  })

  test("evaluation keys beyond maxKeyBytes are refused, and a limit that can be kept changes the layout", () => {
    const compileWith = (maxKeyBytes: number) => compile({ x: enc(uint(2), [16]) }, network, { maxKeyBytes })
    expect(compileWith(4e6).report().keyBytes).toBeLessThanOrEqual(4e6)
    expect(messageOf(() => compileWith(1000))).toMatchInlineSnapshot(`
      "the evaluation keys take 3.7 MB, more than the 1.0 kB of maxKeyBytes
      allow more, or compile for a batch: without rotations one key is enough"
    `)
  })
})

describe("what cannot be compiled is explained", () => {
  test("a table with too large a domain", () => {
    expect(messageOf(() => compile({ x: enc(int(17)) }, ({ x }) => x.relu()))).toMatchInlineSnapshot(`
      "this value lies in -65536..65535, a table of 131072 entries, but tables end at 65537
        %0 : enc -65536..65535 = input {name="x"}
        %1 : enc 0..65535 = apply %0 {expr="max(x, 0)"}
        ^^^ this value lies in -65536..65535, a table of 131072 entries, but tables end at 65537   (compile.test.ts)
            make it narrower before anything is looked up; roundBits, clip and the like are lookups themselves:
            declare x as int(16) in place of int(17): 65536 entries, 16 levels
            assume(-128, 127) if you know that it stays there: 256 entries, 8 levels, about 218 µs a lookup when 16384 are made at once"
    `)
  })

  test("a value too wide for any plaintext moduli", () => {
    expect(messageOf(() => compile({ x: enc(int(34)) }, ({ x }) => x.mul(x)))).toMatchInlineSnapshot(`
      "output y lies in 0..73786976294838206464, which takes 67 bits, but at most 64 can be told apart
        %0 : enc -8589934592..8589934591 = input {name="x"}
        %1 : enc -8589934592..8589934591[1] = reshape %0
        %2 : enc 0..73786976294838206464[1] = mul %1, %1
        %3 : enc 0..73786976294838206464 = reshape %2
        ^^^ output y lies in 0..73786976294838206464, which takes 67 bits, but at most 64 can be told apart
            scale weights down, split the value, or make it narrower:
            declare x as int(32) in place of int(34): 63 bits
            assume(lo, hi) if it spans at most 64 bits whatever is proved"
    `)
  })

  test("a value too wide for the one plaintext modulus of a refresh", () => {
    const message = messageOf(() => compile({ x: enc(int(30)) }, ({ x }) => x.mul(x).refresh()))
    expect(message).toContain("takes 59 bits, but at most 50 can be told apart")
  })

  test("noise beyond all parameters, with what a lighter step is worth", () => {
    const with4Bits = (margin: number) =>
      messageOf(() =>
        compile({ x: enc(uint(4)) }, ({ x }) => x.map((v) => (v * v * 7 + 3) % 13), {
          margin,
          encodeInputs: false,
        }),
      )
    const missingOf = (message: string) => Number(/: (\d+) bits are missing at n = 32768/.exec(message)![1])
    const far = with4Bits(2000)
    const gained = Number(/4 levels; with 8 entries: (\d+) bits more/.exec(far)![1])
    expect(gained).toBeGreaterThan(20)
    const most = 2000 - missingOf(far)
    const near = with4Bits(most + 10)
    expect(missingOf(near)).toBe(10)
    expect(near).toMatch(/4 levels; with 8 entries: enough, about .* a run at n = 32768/)
  })

  test("products that go deeper than any parameters", () => {
    const deep = () =>
      compile({ x: enc(int(2)), z: enc(int(2)) }, ({ x, z }) => {
        let y = x
        for (let i = 0; i < 9; i++) y = y.mul(z).clip(-2, 1)
        return y
      })
    expect(messageOf(deep)).toMatchInlineSnapshot(`
      "the deepest output needs 36 levels of products, but at most 25 can be had
        %0 : enc -2..1 = input {name="x"}
        %1 : enc -2..1 = input {name="z"}
        %2 : enc -2..1[1] = reshape %0
        %3 : enc -2..1[1] = reshape %1
        %4 : enc -2..4[1] = mul %2, %3
        ^^^ a product of secrets: 1 level; with a factor in the clear: 35 levels in all   (compile.test.ts)
        %5 : enc -2..1[1] = table %4 {lo=-2, entries=[-2, -1, 0, … 4 more]}
        ^^^ a table of 7 entries: 3 levels; with 4 entries: 35 levels in all   (compile.test.ts)
        %6 : enc -2..4[1] = mul %5, %3
        ^^^ a product of secrets: 1 level; with a factor in the clear: 35 levels in all   (compile.test.ts)
        %7 : enc -2..1[1] = table %6 {lo=-2, entries=[-2, -1, 0, … 4 more]}
        ^^^ a table of 7 entries: 3 levels; with 4 entries: 35 levels in all   (compile.test.ts)
        %8 : enc -2..4[1] = mul %7, %3
        ^^^ a product of secrets: 1 level; with a factor in the clear: 35 levels in all   (compile.test.ts)
        %9 : enc -2..1[1] = table %8 {lo=-2, entries=[-2, -1, 0, … 4 more]}
        ^^^ a table of 7 entries: 3 levels; with 4 entries: 35 levels in all   (compile.test.ts)
        %10 : enc -2..4[1] = mul %9, %3
        ^^^ a product of secrets: 1 level; with a factor in the clear: 35 levels in all   (compile.test.ts)
        %11 : enc -2..1[1] = table %10 {lo=-2, entries=[-2, -1, 0, … 4 more]}
        ^^^ a table of 7 entries: 3 levels; with 4 entries: 35 levels in all   (compile.test.ts)
        %12 : enc -2..4[1] = mul %11, %3
        ^^^ a product of secrets: 1 level; with a factor in the clear: 35 levels in all   (compile.test.ts)
        %13 : enc -2..1[1] = table %12 {lo=-2, entries=[-2, -1, 0, … 4 more]}
        ^^^ a table of 7 entries: 3 levels; with 4 entries: 35 levels in all   (compile.test.ts)
        %14 : enc -2..4[1] = mul %13, %3
        ^^^ a product of secrets: 1 level; with a factor in the clear: 35 levels in all   (compile.test.ts)
        %15 : enc -2..1[1] = table %14 {lo=-2, entries=[-2, -1, 0, … 4 more]}
        ^^^ a table of 7 entries: 3 levels; with 4 entries: 35 levels in all   (compile.test.ts)
        %16 : enc -2..4[1] = mul %15, %3
        ^^^ a product of secrets: 1 level; with a factor in the clear: 35 levels in all   (compile.test.ts)
        %17 : enc -2..1[1] = table %16 {lo=-2, entries=[-2, -1, 0, … 4 more]}
        ^^^ a table of 7 entries: 3 levels; with 4 entries: 35 levels in all   (compile.test.ts)
        %18 : enc -2..4[1] = mul %17, %3
        ^^^ a product of secrets: 1 level; with a factor in the clear: 35 levels in all   (compile.test.ts)
        %19 : enc -2..1[1] = table %18 {lo=-2, entries=[-2, -1, 0, … 4 more]}
        ^^^ a table of 7 entries: 3 levels; with 4 entries: 35 levels in all   (compile.test.ts)
        %20 : enc -2..4[1] = mul %19, %3
        ^^^ a product of secrets: 1 level; with a factor in the clear: 35 levels in all   (compile.test.ts)
        %21 : enc -2..1[1] = table %20 {lo=-2, entries=[-2, -1, 0, … 4 more]}
        ^^^ the deepest output needs 36 levels of products, but at most 25 can be had   (compile.test.ts)
            use shorter tables (narrower inputs, assume), a square in place of a table, fewer products in a row, or refresh(): the client then encrypts a value again on the way
        ^^^ a table of 7 entries: 3 levels; with 4 entries: 35 levels in all   (compile.test.ts)
      with refresh: "auto" it runs in 18 rounds at n = 4096, about 161 ms and 17 more messages each way"
    `)
  })

  test("two secrets in one table", () => {
    const twoSecrets = () =>
      compile({ x: enc(uint(9)), y: enc(uint(9)) }, ({ x, y }) => x.map("x * x").add(0).div(y.add(1)).round())
    expect(messageOf(twoSecrets)).toMatchInlineSnapshot(`
      "two secrets in one table: a value in 0..261121 and a value in 1..512 make 133694464 combinations, but such tables end at 4096
        %0 : enc 0..511 = input {name="x"}
        %1 : enc 0..511 = input {name="y"}
        %2 : enc 0..261121 = table %0 {lo=0, entries=[0, 1, 4, … 509 more]}
        %3 : clear 1..1 = constant {value=[1]}
        %4 : enc 1..512 = add %1, %3
        %5 : enc real 0.0..261121.0 = apply %2, %4 {expr="x / y"}
        %6 : enc 0..261121 = apply %5 {expr="rint(x)"}
        ^^^ two secrets in one table: a value in 0..261121 and a value in 1..512 make 133694464 combinations, but such tables end at 4096   (compile.test.ts)
            write it with add, sub, mul, min, max and where, which need no such table, or make the values narrower:
            declare x as uint(4) and y as uint(4) in place of uint(9): 3616 entries, 12 levels"
    `)
  })

  test("shapes that do not fit", () => {
    const misfit = () => compile({ x: enc(uint(4), [3]), y: enc(uint(4), [4]) }, ({ x, y }) => x.add(y))
    expect(messageOf(misfit)).toMatchInlineSnapshot(`
      "shapes [3] and [4] do not broadcast: axis 0 is 3 and 4
        %0 : enc 0..15[3] = input {name="x"}
        %1 : enc 0..15[4] = input {name="y"}
        %2 = add %0, %1
        ^^^ shapes [3] and [4] do not broadcast: axis 0 is 3 and 4   (compile.test.ts)
            equal extents or an extent of 1 are needed on every axis, counted from the last"
    `)
  })

  test("a condition that is no yes or no", () => {
    expect(
      messageOf(() => compile({ x: enc(range(0, 7)) }, ({ x }) => x.where(1, 2))),
    ).toMatchInlineSnapshot(`
      "the condition lies in 0..7; compare it first: c.ne(0)
        %0 : enc 0..7 = input {name="x"}
        ^^^ the condition lies in 0..7; compare it first: c.ne(0)   (compile.test.ts)"
    `)
  })

  test("an encrypted index that may be outside", () => {
    const index = () => compile({ x: enc(uint(4), [3]), i: enc(uint(2)) }, ({ x, i }) => x.at(i))
    expect(messageOf(index)).toMatchInlineSnapshot(`
      "an index in 0..3 on axis 0, which has 3 elements
        %0 : enc 0..3 = input {name="i"}
        ^^^ an index in 0..3 on axis 0, which has 3 elements   (compile.test.ts)
            narrow it with clip, mod or assume; nobody can check an encrypted index when the program runs"
    `)
  })

  test("options that make no sense", () => {
    const compileWith = (options: object) => () => compile({ x: enc(uint(2)) }, ({ x }) => x, options)
    expect(messageOf(compileWith({ batch: 0 }))).toBe("batch is 0; it counts samples, from 1")
    expect(messageOf(compileWith({ margin: 0 }))).toContain("margin is 0")
    expect(messageOf(compileWith({ security: 80 }))).toContain("128, 192 and 256")
  })
})
