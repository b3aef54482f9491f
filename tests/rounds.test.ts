import { describe, expect, test } from "vitest"
import { clear, compile, enc, int, ProgramError, range, type Tensor, uint } from "../src/index.ts"
import { checkSpec } from "../src/runtime/spec/check-spec.ts"
import { decodeSpec, encodeSpec } from "../src/runtime/spec/spec-bytes.ts"

const squarings =
  (count: number) =>
  ({ x }: { x: Tensor }) => {
    let y = x
    for (let i = 0; i < count; i++) y = y.mul(y).sub(1)
    return y
  }
const small = { x: enc(range(-1, 1), [4]) }

describe("refresh of compile", () => {
  test("changes nothing where parameters fit without it", () => {
    const never = compile(small, squarings(3))
    const auto = compile(small, squarings(3), { refresh: "auto" })
    expect(auto.spec).toEqual(never.spec)
    expect(never.spec.rounds).toBeUndefined()
    expect(never.report().rounds.length).toBe(1)
  })

  test("cuts what is too deep, and the report tells the rounds", () => {
    const compiled = compile(small, squarings(40), { refresh: "auto" })
    const report = compiled.report()
    const rounds = compiled.spec.rounds!
    expect(rounds.length).toBeGreaterThan(1)
    expect(report.rounds.length).toBe(rounds.length)
    expect(report.depth).toBe(Math.max(...report.rounds.map(({ depth }) => depth)))
    const sum = (of: (round: (typeof report.rounds)[number]) => number): number =>
      report.rounds.reduce((total, round) => total + of(round), 0)
    expect(report.ciphertextBytes.request).toBe(sum((round) => round.ciphertextBytes.request))
    expect(report.ciphertextBytes.reply).toBe(sum((round) => round.ciphertextBytes.reply))
    expect(report.time.run).toBeCloseTo(sum((round) => round.time))
    expect(report.noiseMargin).toBeGreaterThanOrEqual(10)
    expect(String(report)).toContain(`${rounds.length}; between them the client encrypts masked values again`)
    expect(compiled.circuits.every((circuit) => circuit.t === compiled.parameters.t)).toBe(true)
    expect(new Set(rounds.map(({ hash }) => hash)).size).toBe(rounds.length)
    const inputs = { x: [0, 1, -1, 1] }
    expect(compiled.simulate(inputs)).toEqual(compiled.evaluate(inputs))
  })

  test("looks tables of computed values up in symbols where that is cheaper, at no depth", () => {
    const chain = ({ x }: { x: Tensor }): Tensor => {
      let y = x
      for (let k = 0; k < 3; k++)
        y = y.add(y.roll(1)).lookup(Array.from({ length: 31 }, (_, i) => (i * 7 + k) % 16))
      return y
    }
    const inputs = { x: enc(uint(4), [4]) }
    const never = compile(inputs, chain)
    const rounds = compile(inputs, chain, { refresh: "client" })
    expect(never.spec.rounds).toBeUndefined()
    expect(rounds.spec.rounds!.length).toBe(4)
    expect(rounds.report().depth).toBe(0)
    expect(rounds.report().time.run * 10).toBeLessThan(never.report().time.run)
    const symbols = rounds.spec.rounds!.map((round) =>
      round.inputs.some(({ encoding }) => encoding !== undefined && "symbols" in encoding),
    )
    expect(symbols).toEqual([false, true, true, true])
    expect(decodeSpec(encodeSpec(rounds.spec))).toEqual(rounds.spec)
    const [first, second] = rounds.spec.rounds!
    const asked = {
      ...rounds.spec,
      rounds: [
        { ...second!, outputs: first!.outputs, replyLevels: first!.replyLevels },
        ...rounds.spec.rounds!.slice(1),
      ],
    }
    expect(() => checkSpec(asked)).toThrow("is sent in symbols, which only masked values are")
    const others = second!.inputs.map((input) =>
      input.encoding === undefined ? input : { ...input, encoding: { symbols: 7, stride: 4 } },
    )
    const odd = { ...rounds.spec, rounds: [first!, { ...second!, inputs: others }] }
    expect(() => checkSpec(odd)).toThrow("is not told apart")
    for (const x of [
      [0, 0, 0, 0],
      [15, 15, 15, 15],
      [3, 14, 1, 5],
    ]) {
      expect(rounds.simulate({ x })).toEqual(never.evaluate({ x }))
      expect(rounds.evaluate({ x })).toEqual(never.evaluate({ x }))
    }
  })

  test("is offered where a program is refused", () => {
    expect(() => compile(small, squarings(40))).toThrow(/with refresh: "auto" it runs in \d+ rounds/)
  })

  test("takes never, client and auto", () => {
    expect(() => compile(small, squarings(1), { refresh: "always" as never })).toThrow(
      new ProgramError('refresh is "always"; "never", "client" and "auto" are offered', {
        code: "wrong-argument",
      }),
    )
  })

  test("does not help where values take several moduli, and that is said", () => {
    const deep = ({ x, z }: { x: Tensor; z: Tensor }) => {
      let y = x
      for (let i = 0; i < 30; i++) y = y.mul(z).assume(-(2 ** 31), 2 ** 31)
      return y.mul(y)
    }
    const message = /refreshes do not help: values of more than 60 bits take several plaintext moduli/
    expect(() => compile({ x: enc(int(32)), z: enc(int(2)) }, deep, { refresh: "auto" })).toThrow(message)
  })
})

describe("the method refresh", () => {
  test("makes a round of what comes after it", () => {
    const compiled = compile({ x: enc(uint(3), [3]), k: clear(uint(2)) }, ({ x, k }) => ({
      y: x.mul(x).refresh().mul(x).add(k),
      sum: x.sum(),
    }))
    expect(compiled.spec.rounds!.length).toBe(2)
    const inputs = { x: [1, 7, 4], k: 3 }
    expect(compiled.evaluate(inputs)).toEqual({ y: [4, 346, 67], sum: 12 })
    expect(compiled.simulate(inputs)).toEqual(compiled.evaluate(inputs))
  })

  test("of a value in the clear, or of one that is refreshed already, is that value", () => {
    const compiled = compile({ x: enc(uint(3)), k: clear(uint(2)) }, ({ x, k }) => [
      x.refresh().refresh().mul(x),
      k.refresh(),
    ])
    expect(compiled.spec.rounds!.length).toBe(2)
    expect(compiled.simulate({ x: 5, k: 2 })).toEqual([25, 2])
  })
})

describe("values beyond one prime", () => {
  test("take several moduli, which the report names", () => {
    const compiled = compile({ x: enc(int(32)), y: enc(int(32)) }, ({ x, y }) => x.mul(y))
    const { moduli, t } = compiled.report()
    expect(moduli[0]).toBe(t)
    expect(moduli.length).toBe(compiled.circuits.length)
    expect(moduli.reduce((a, b) => a * b)).toBeGreaterThan(2n ** 63n)
    expect(String(compiled.report())).toContain(moduli.join(" and "))
    const inputs = { x: -(2 ** 31), y: -(2 ** 31) }
    expect(compiled.evaluate(inputs)).toBe(2n ** 62n)
    expect(compiled.simulate(inputs)).toBe(2n ** 62n)
  })

  test("small values take one", () => {
    expect(compile({ x: enc(int(8)), y: enc(int(8)) }, ({ x, y }) => x.mul(y)).report().moduli.length).toBe(1)
  })
})

test("a compiled program of rounds or moduli is saved with all of them", async () => {
  const { load } = await import("../src/index.ts")
  const { mkdtemp, rm } = await import("node:fs/promises")
  const { tmpdir } = await import("node:os")
  const { join } = await import("node:path")
  const folder = await mkdtemp(join(tmpdir(), "lutra-"))
  const programs = [
    compile({ x: enc(uint(3)) }, ({ x }) => x.mul(x).refresh().mul(x)),
    compile({ x: enc(int(31)) }, ({ x }) => x.mul(x)),
  ]
  for (const compiled of programs) {
    await compiled.save(join(folder, "it.lutra"))
    const loaded = await load(join(folder, "it.lutra"))
    expect(loaded.spec).toEqual(compiled.spec)
    expect(loaded.simulate({ x: 7 })).toEqual(compiled.simulate({ x: 7 }))
  }
  await rm(folder, { recursive: true })
})
