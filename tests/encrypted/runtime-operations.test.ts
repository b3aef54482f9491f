import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Circuit, Instruction } from "../../src/backend/index.ts"
import { Builder, intType, literal, type Node, type Program } from "../../src/ir/index.ts"
import { SealContext } from "../../src/runtime/index.ts"
import { circuitOf, clearVector, MEDIUM, roundTrip, sixteen, vector } from "../runtime/support.ts"

const INPUT: Instruction = { op: "input", name: "x", piece: 0 }
const layout = { n: MEDIUM.n, ring: 16 }
const circuit = (instructions: Instruction[], over: Partial<Circuit> = {}) =>
  circuitOf([INPUT, ...instructions], { layout, t: MEDIUM.t, ...over })
const x = sixteen((i) => 3 * i - 20)
const ring = literal(sixteen((i) => i - 7))

describe.each(["bfv", "bgv"] as const)("in %s", (scheme) => {
  let context: SealContext
  beforeAll(async () => {
    context = await SealContext.create({ ...MEDIUM, scheme })
  })
  afterAll(() => context.dispose())
  const run = (made: Circuit, inputs: Parameters<typeof roundTrip>[2] = { x }) =>
    roundTrip(context, made, inputs)

  test.each<[string, Instruction[], (i: number) => number]>([
    ["add", [{ op: "add", a: 0, b: 0 }], (i) => 2 * x[i]!],
    [
      "sub",
      [
        { op: "negate", a: 0 },
        { op: "sub", a: 0, b: 1 },
      ],
      (i) => 2 * x[i]!,
    ],
    ["negate", [{ op: "negate", a: 0 }], (i) => -x[i]!],
    [
      "a square",
      [
        { op: "multiply", a: 0, b: 0 },
        { op: "relinearize", a: 1 },
      ],
      (i) => x[i]! ** 2,
    ],
    [
      "a product of sums",
      [
        { op: "add", a: 0, b: 0 },
        { op: "multiply", a: 0, b: 1 },
        { op: "add", a: 2, b: 2 },
        { op: "relinearize", a: 3 },
      ],
      (i) => 4 * x[i]! ** 2,
    ],
    [
      "relinearize of a plain value",
      [
        { op: "relinearize", a: 0 },
        { op: "free", a: 0 },
      ],
      (i) => x[i]!,
    ],
    ["rotate", [{ op: "rotate", a: 0, steps: 256 * 3 }], (i) => x[(i + 3) % 16]!],
    [
      "a scalar product",
      [{ op: "multiplyPlain", a: 0, plain: { kind: "scalar", value: -9n } }],
      (i) => -9 * x[i]!,
    ],
    ["a scalar sum", [{ op: "addPlain", a: 0, plain: { kind: "scalar", value: -9n } }], (i) => x[i]! - 9],
    [
      "a ring product",
      [{ op: "multiplyPlain", a: 0, plain: { kind: "ring", values: ring } }],
      (i) => (i - 7) * x[i]!,
    ],
    ["a ring sum", [{ op: "addPlain", a: 0, plain: { kind: "ring", values: ring } }], (i) => i - 7 + x[i]!],
    [
      "dropLevel",
      [
        { op: "dropLevel", a: 0 },
        { op: "add", a: 1, b: 1 },
      ],
      (i) => 2 * x[i]!,
    ],
  ])("%s is exact", async (_, instructions, expected) => {
    expect(await run(circuit(instructions))).toEqual(sixteen(expected))
  })

  test("sums of vector products mix with values in either form, at two levels", async () => {
    const made = circuit(
      [
        { op: "multiplyPlain", a: 0, plain: { kind: "ring", values: ring } },
        { op: "multiplyPlain", a: 1, plain: { kind: "scalar", value: -2n } },
        { op: "sub", a: 2, b: 1 },
        { op: "negate", a: 3 },
        { op: "relinearize", a: 4 },
        { op: "add", a: 5, b: 0 },
        { op: "dropLevel", a: 6 },
        { op: "multiplyPlain", a: 7, plain: { kind: "ring", values: ring } },
        { op: "rotate", a: 8, steps: 256 },
        { op: "dropLevel", a: 0 },
        { op: "add", a: 9, b: 10 },
        { op: "addPlain", a: 11, plain: { kind: "scalar", value: 1n } },
      ],
      { outputs: [{ ...vector({ layout }, "y", 16, 32_768n), pieces: [12] }] },
    )
    const inner = sixteen((i) => (x[i]! + 3 * (i - 7) * x[i]!) * (i - 7))
    expect(await run(made)).toEqual(sixteen((i) => inner[(i + 1) % 16]! + x[i]! + 1))
  })

  test("blind leaves the used slots and hides all others, afresh in each lane and run", async () => {
    const made = circuit([{ op: "blind", a: 0, period: 8, used: 3 }], {
      outputs: [{ ...vector({ layout }, "y", 16, MEDIUM.t / 2n), pieces: [1] }],
    })
    const runs = (await Promise.all([run(made, [{ x }, { x }]), run(made, [{ x }, { x }])])) as number[][][]
    const lanes = runs.flat()
    for (const y of lanes) {
      const isSame = sixteen((i) => (y[i] === x[i] ? 1 : 0))
      expect(isSame.filter((_, i) => i % 8 < 3)).toEqual([1, 1, 1, 1, 1, 1])
      expect(isSame.reduce((a, b) => a + b)).toBeLessThan(6 + 3)
    }
    expect(new Set(lanes.map((y) => y[3])).size).toBeGreaterThan(2)
  })

  test("each sample of a batch has its own lane", async () => {
    const samples = Array.from({ length: 512 }, (_, k) => ({ x: sixteen((i) => ((i * k) % 201) - 100) }))
    const made = circuit([
      { op: "rotate", a: 0, steps: 256 },
      { op: "add", a: 0, b: 1 },
    ])
    expect(await run(made, samples)).toEqual(samples.map(({ x }) => sixteen((i) => x[i]! + x[(i + 1) % 16]!)))
  })

  test("clear inputs reach the plain operands and the clear outputs of their own sample", async () => {
    const clear = clearProgram()
    const made = circuit(
      [
        { op: "multiplyPlain", a: 0, plain: { kind: "given", name: "shift", piece: 0 } },
        { op: "addPlain", a: 1, plain: { kind: "given", name: "shift", piece: 0 } },
      ],
      {
        clear,
        given: [{ name: "shift", placement: { length: 16, period: 16 } }],
        inputs: [vector({ layout }, "x", 16), clearVector("s", 16)],
        outputs: [
          { ...clearVector("twice", 16), lo: -200n, hi: 200n, pieces: [] },
          { ...vector({ layout }, "y", 16, 20_000n), pieces: [2] },
        ],
      },
    )
    const samples = [1, 2, 3].map((k) => ({ x: sixteen((i) => i * k), s: sixteen((i) => 5 - i * k) }))
    expect(await roundTrip(context, made, samples, { returns: "record" })).toEqual(
      samples.map(({ x, s }) => ({
        twice: sixteen((i) => 2 * s[i]!),
        y: sixteen((i) => x[i]! * s[i]! + s[i]!),
      })),
    )
  })

  test("a vector of several pieces is put together again", async () => {
    const values = Array.from({ length: 40 }, (_, i) => i - 20)
    const made = circuit(
      [
        { op: "input", name: "x", piece: 1 },
        { op: "input", name: "x", piece: 2 },
        { op: "add", a: 1, b: 1 },
      ],
      {
        inputs: [vector({ layout }, "x", 40)],
        outputs: [{ ...vector({ layout }, "y", 40), pieces: [0, 3, 2] }],
      },
    )
    expect(await run(made, { x: values })).toEqual(values.map((v, i) => (i >= 16 && i < 32 ? 2 * v : v)))
  })
})

test("values beyond 2^53 come back as exact bigints", async () => {
  const t = 1152921504606830593n
  const wide = { ...MEDIUM, t, primes: [54, 54, 50, 55] }
  using context = await SealContext.create(wide)
  const made = circuit([{ op: "add", a: 0, b: 0 }], {
    t,
    inputs: [vector({ layout }, "x", 16, 2n ** 57n)],
    outputs: [{ ...vector({ layout }, "y", 16, 2n ** 58n), pieces: [1] }],
  })
  const values = sixteen((i) => i).map((i) => 2n ** 57n - BigInt(i) * 2n ** 54n - 1n)
  expect(await roundTrip(context, made, { x: values })).toEqual(values.map((v) => 2n * v))
})

test.each([
  ["single", sixteen((i) => 2 * x[i]!)],
  ["array", [sixteen((i) => 2 * x[i]!), x]],
  ["record", { y: sixteen((i) => 2 * x[i]!), z: x }],
] as const)("a function that returned the form %s gets it back", async (returns, expected) => {
  using context = await SealContext.create(MEDIUM)
  const outputs = [
    { ...vector({ layout }, "y", 16), pieces: [1] },
    { ...vector({ layout }, "z", 16), pieces: [0] },
  ]
  const made = circuit([{ op: "add", a: 0, b: 0 }], {
    outputs: outputs.slice(0, returns === "single" ? 1 : 2),
  })
  expect(await roundTrip(context, made, { x }, { returns })).toEqual(expected)
})

/** shift = s, twice = s + s. */
const clearProgram = (): Program => {
  const builder = new Builder()
  const s = builder.make("input", [], { name: "s", type: intType(false, -100n, 100n, [16]) })
  return {
    name: "clear",
    inputs: [s],
    outputs: new Map<string, Node>([
      ["shift", s],
      ["twice", builder.make("add", [s, s], {})],
    ]),
    origins: builder.origins,
  }
}
