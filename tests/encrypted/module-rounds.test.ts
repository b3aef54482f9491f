import { describe, expect, test } from "vitest"
import { compileModuleFor } from "../../src/compiler/compile-module.ts"
import { clear, define, enc, int, type Module, RuntimeError, range } from "../../src/index.ts"
import type { ModuleClient, ModuleServer } from "../../src/runtime/index.ts"

const pairFor = async (
  module: Module,
): Promise<{ client: ModuleClient; server: ModuleServer } & Disposable> => {
  const client = await module.client()
  const server = await module.server(client.evaluationKeys())
  const dispose = (): void => {
    server.dispose()
    client.dispose()
  }
  return { client, server, [Symbol.dispose]: dispose }
}

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
  } catch (error) {
    expect(error).toBeInstanceOf(RuntimeError)
    return (error as RuntimeError).code
  }
  throw new Error("nothing was thrown")
}

const digit = enc(range(0, 2))

describe.each(["bfv", "bgv"] as const)("a function in rounds in %s", (scheme) => {
  const module = compileModuleFor(
    {
      // The clear input is needed after the refresh: the server keeps it.
      step: define({ x: digit, add: clear(range(0, 2)) }, ({ x, add }) =>
        x.mul(x).add(1).mod(3).refresh().mul(2).add(add).mod(3),
      ),
      next: define({ x: digit }, ({ x }) => x.add(1).mod(3)),
    },
    { steps: 2 },
    { scheme },
  )
  const stepOf = (x: number, add: number): number => (2 * ((x * x + 1) % 3) + add) % 3
  const samples = Array.from({ length: 9 }, (_, i) => ({ x: i % 3, add: (i - (i % 3)) / 3 }))

  test("is played by client and server, on values of any age, and what it gives is young again", async () => {
    using pair = await pairFor(module)
    const { client, server } = pair
    const first = await server.run(
      "next",
      client.encryptBatch(
        "next",
        samples.map(({ x }) => ({ x })),
      ),
    )
    expect(client.isFinal(first)).toBe(true)
    const adds = client.encryptBatch(
      "step",
      samples.map(({ add }) => ({ add })),
    )
    const half = await server.run("step", { x: first, add: adds })
    expect(client.isFinal(half)).toBe(false)
    expect(await codeOf(() => client.decrypt(half))).toBe("wrong-round")
    expect(await codeOf(() => client.stepsLeft(half))).toBe("wrong-round")
    expect(await codeOf(() => server.run("next", { x: half }))).toBe("wrong-round")
    const answer = client.refresh(half)
    expect(await codeOf(() => server.run("next", answer))).toBe("foreign-message")
    expect(await codeOf(() => server.run("step", { x: answer, add: adds }))).toBe("wrong-round")
    const whole = await server.run("step", answer)
    expect(client.isFinal(whole)).toBe(true)
    const right = samples.map(({ x, add }) => stepOf((x + 1) % 3, add))
    expect(client.decrypt(whole)).toEqual(right)
    // Its round is over: the answer counts once.
    expect(await codeOf(() => server.run("step", answer))).toBe("wrong-round")
    expect(client.stepsLeft(whole)).toBe(1)
    const last = await server.run("next", { x: whole })
    expect(client.decrypt(last)).toEqual(right.map((x) => (x + 1) % 3))
    expect(client.noiseBudget(last)).toBeGreaterThanOrEqual(10)
    const again = await server.run("next", { x: client.refresh(last) })
    expect(client.decrypt(again)).toEqual(right.map((x) => (x + 2) % 3))
  })

  test("runs in one line", async () => {
    await using ran = module
    expect(await ran.runBatch("step", samples)).toEqual(samples.map(({ x, add }) => stepOf(x, add)))
  })
})

describe.each(["bfv", "bgv"] as const)("values of several plaintext moduli in %s", (scheme) => {
  const wide = enc(int(63), [2])
  const module = compileModuleFor(
    {
      add: define(
        { total: wide, by: enc(int(40), [2]), sign: clear(range(-1, 1)) },
        ({ total, by, sign }) => ({
          total: total.add(by.mul(sign)).assume(-(2n ** 62n), 2n ** 62n - 1n),
          sign: sign.add(0),
        }),
      ),
      sum: define({ total: wide }, ({ total }) => total.sum()),
    },
    { steps: 3 },
    { scheme },
  )

  test("go from function to function, and are refreshed", async () => {
    using pair = await pairFor(module)
    const { client, server } = pair
    const lo = -(2n ** 62n)
    const by = [2n ** 39n - 1n, -(2n ** 39n)] as const
    let total = [lo, 2n ** 62n - 1n]
    let state = await server.run("add", client.encrypt("add", { total, by, sign: 1 }))
    total = total.map((value, i) => value + by[i]!)
    expect(client.decrypt(state)).toEqual({ total, sign: 1 })
    for (const sign of [-1, 0]) {
      const given = state
      state = await server.run("add", {
        total: sign === 0 ? client.refresh(given) : given,
        by: client.encrypt("add", { by, sign }),
        sign: client.encrypt("add", { sign }),
      })
      total = total.map((value, i) => value + BigInt(sign) * by[i]!)
      expect(client.decrypt(state)).toEqual({ total, sign })
    }
    const sum = await server.run("sum", { total: state })
    expect(client.decrypt(sum)).toBe(total[0]! + total[1]!)
    expect(client.noiseBudget(sum)).toBeGreaterThanOrEqual(10)
  })

  test("are brought to the level of older ones", async () => {
    const turning = compileModuleFor(
      {
        turn: define({ total: wide, sign: enc(range(-1, 1), [2]) }, ({ total, sign }) =>
          total.mul(sign).assume(-(2n ** 62n), 2n ** 62n - 1n),
        ),
        both: define({ a: wide, b: wide }, ({ a, b }) => a.add(b).assume(-(2n ** 62n), 2n ** 62n - 1n)),
      },
      { steps: 3 },
      { scheme },
    )
    expect(turning.report().moduli.length).toBeGreaterThan(1)
    using pair = await pairFor(turning)
    const { client, server } = pair
    const sign = [-1, 1]
    const young = await server.run("turn", client.encrypt("turn", { total: [2n ** 61n, -3n], sign }))
    const older = await server.run("turn", { total: young, sign: client.encrypt("turn", { sign: [1, -1] }) })
    expect(client.decrypt(older)).toEqual([-(2n ** 61n), 3n])
    for (const given of [
      { a: older, b: young },
      { a: young, b: older },
    ]) {
      const both = await server.run("both", given)
      expect(client.decrypt(both)).toEqual([-(2n ** 62n), 0n])
      expect(client.noiseBudget(both)).toBeGreaterThanOrEqual(10)
    }
  })
})
