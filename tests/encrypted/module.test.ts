import { describe, expect, test } from "vitest"
import { budgetAt, levelFunction, noiseModel } from "../../src/backend/index.ts"
import { compileModuleFor } from "../../src/compiler/compile-module.ts"
import {
  clear,
  compileModule,
  define,
  enc,
  type Module,
  RuntimeError,
  range,
  type Tensor,
} from "../../src/index.ts"
import type { ModuleClient, ModuleServer } from "../../src/runtime/index.ts"
import { forge } from "../runtime/support.ts"
import { sharedContexts } from "../support/contexts.ts"
import { definitionsOf, stepsOn } from "../support/module-path.ts"

const contextFor = sharedContexts()

/** A client and a server of a module that share a context. */
const pairFor = async (
  module: Module,
): Promise<{ client: ModuleClient; server: ModuleServer } & Disposable> => {
  const context = await contextFor(module.parameters)
  const client = await module.client({ context })
  const server = await module.server(client.evaluationKeys(), { context })
  const dispose = (): void => {
    server.dispose()
    client.dispose()
  }
  return { client, server, [Symbol.dispose]: dispose }
}

/** The estimated budget of what a function makes of values of age `age`. */
const estimateOf = ({ parameters, plan }: Module, name: string, age: number): number =>
  budgetAt(levelFunction(plan[0]!.functions[name]![0]!, noiseModel(parameters), plan[0]!.forms, age).noise)

const messageOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
  } catch (error) {
    expect(error).toBeInstanceOf(RuntimeError)
    return (error as Error).message
  }
  throw new Error("nothing was thrown")
}

const three = { x: enc(range(0, 2)) }
const inc = define(three, ({ x }) => x.add(1).mod(3))
const dec = define(three, ({ x }) => x.sub(1).mod(3))
const plus = define({ a: enc(range(0, 2)), b: enc(range(0, 2)) }, ({ a, b }) => a.add(b).mod(3))

describe.each(["bfv", "bgv"] as const)("a counter in %s", (scheme) => {
  const steps = 3
  const counter = compileModuleFor({ inc, dec }, { name: "counter", steps }, { scheme, n: 16384 })

  test("runs for all its steps and then refuses", async () => {
    using pair = await pairFor(counter)
    const { client, server } = pair
    const margins = counter.report().noiseMargins
    for (const path of [
      ["inc", "inc", "inc"],
      ["dec", "inc", "dec"],
    ] as const) {
      let state = client.encrypt(path[0], { x: 2 })
      let plain = 2
      for (const [i, name] of path.entries()) {
        state = await server.run(name, state)
        plain = counter.evaluate(name, { x: plain }) as number
        expect(client.decrypt(state)).toBe(plain)
        expect(client.noiseBudget(state)).toBeGreaterThanOrEqual(margins[i]!)
      }
      expect(await messageOf(() => server.run("inc", state))).toBe(
        'input "x" of "inc" has been through 3 functions, as many as the module was compiled for\n' +
          "give the server client.refresh(reply) in its place, or compile with more steps",
      )
    }
  })

  test("takes samples in lanes and in groups", async () => {
    using pair = await pairFor(counter)
    const { client, server } = pair
    const { lanes } = counter.report()
    const samples = Array.from({ length: lanes + 2 }, (_, i) => ({ x: (i * i) % 3 }))
    const once = await server.run("inc", client.encryptBatch("inc", samples))
    const twice = await server.run("inc", { x: once })
    expect(client.decrypt(twice)).toEqual(samples.map(({ x }) => (x + 2) % 3))
    expect(client.decryptBatch(once)).toEqual(counter.simulateBatch("inc", samples))
  })
})

describe.each(["bfv", "bgv"] as const)("a function of several values in %s", (scheme) => {
  const bit = enc(range(0, 1))
  const flip = define({ x: bit }, ({ x }) => x.neg().add(1))
  const xor = define({ a: bit, b: bit }, ({ a, b }) => a.add(b).mod(2))
  const module = compileModuleFor({ flip, xor }, { steps: 3 }, { scheme })

  test("takes replies of any ages and fresh values together", async () => {
    using pair = await pairFor(module)
    const { client, server } = pair
    const margins = module.report().noiseMargins
    const one = await server.run("flip", client.encrypt("flip", { x: 0 }))
    const two = await server.run("xor", { a: one, b: client.encrypt("xor", { b: 1 }) })
    expect(client.decrypt(two)).toBe(0)
    const four = await server.run("xor", { a: two, b: one })
    expect(client.decrypt(four)).toBe(1)
    const doubled = await server.run("xor", { a: two, b: two })
    expect(client.decrypt(doubled)).toBe(0)
    const mixed = await server.run("xor", { a: client.encrypt("xor", { a: 1 }), b: two })
    expect(client.decrypt(mixed)).toBe(1)
    const fresh = await server.run("xor", client.encrypt("xor", { a: 1, b: 1 }))
    expect(client.decrypt(fresh)).toBe(0)
    expect(client.noiseBudget(two)).toBeGreaterThanOrEqual(margins[1]!)
    for (const reply of [four, doubled, mixed])
      expect(client.noiseBudget(reply)).toBeGreaterThanOrEqual(margins[2]!)
  })
})

test("a counter by places runs for twenty steps, and not for one more", async () => {
  const place = { x: enc(range(0, 1), [7]) }
  const wheel = compileModule(
    { up: define(place, ({ x }) => x.roll(1)), down: define(place, ({ x }) => x.roll(-1)) },
    { steps: 20 },
  )
  using pair = await pairFor(wheel)
  const { client, server } = pair
  const at = (place: number): number[] => Array.from({ length: 7 }, (_, i) => Number(i === place))
  let state = client.encrypt("up", { x: at(3) })
  let where = 3
  for (let step = 0; step < 20; step++) {
    const isUp = step % 3 !== 1
    state = await server.run(isUp ? "up" : "down", state)
    where = (where + (isUp ? 1 : 6)) % 7
  }
  expect(client.decrypt(state)).toEqual(at(where))
  expect(client.noiseBudget(state)).toBeGreaterThanOrEqual(wheel.report().noiseMargins[19]!)
  expect(await messageOf(() => server.run("down", state))).toContain("has been through 20 functions, as many")
})

test("no SEAL objects are left behind, by runs that end well and by others", async () => {
  const module = compileModuleFor({ inc, plus }, { steps: 2 }, { scheme: "bfv", n: 16384 })
  const context = await contextFor(module.parameters)
  const before = context.liveObjects
  const { client, server, [Symbol.dispose]: dispose } = await pairFor(module)
  const open = context.liveObjects
  const one = await server.run("inc", client.encrypt("inc", { x: 0 }))
  const kept = context.liveObjects
  const stop = () => {
    throw new RuntimeError("enough", { code: "internal" })
  }
  await expect(server.run("inc", one, { onProgress: stop })).rejects.toThrow("enough")
  await server.run("plus", { a: one, b: client.encrypt("plus", { b: 1 }) })
  await expect(server.run("plus", one)).rejects.toThrow(RuntimeError)
  await server.run("inc", client.encrypt("inc", { x: 1 }))
  expect(kept).toBeGreaterThanOrEqual(open)
  dispose()
  expect(context.liveObjects).toBe(before)
})

describe("requests that are refused before any work", () => {
  const module = compileModuleFor(
    {
      inc: define(three, ({ x }) => x.add(1).assume(0, 2)),
      out: define(three, ({ x }) => x.add(5)),
      plus: define({ a: enc(range(0, 2)), b: enc(range(0, 2)) }, ({ a, b }) => a.add(b)),
      both: define(three, ({ x }) => ({ low: x, high: x.neg().add(2) })),
    },
    { steps: 2 },
    { n: 4096 },
  )
  const other = compileModuleFor({ inc }, { steps: 1 }, { n: 8192 })

  test("keys, requests and replies of another module", async () => {
    using pair = await pairFor(module)
    using foreign = await pairFor(other)
    const keys = await messageOf(() => module.server(foreign.client.evaluationKeys()))
    expect(keys).toContain("this set of evaluation keys belongs to program")
    const request = foreign.client.encrypt("inc", { x: 1 })
    expect(await messageOf(() => pair.server.run("inc", request))).toContain(
      "this request belongs to program",
    )
    const reply = await foreign.server.run("inc", request)
    expect(await messageOf(() => pair.client.decrypt(reply))).toContain("this reply belongs to program")
    expect(await messageOf(() => module.client({ keys: foreign.client.secretKey() }))).toContain(
      "belongs to program",
    )
  })

  test("wrong functions, inputs and wires", async () => {
    using pair = await pairFor(module)
    const { client, server } = pair
    const request = client.encrypt("inc", { x: 1 })
    const reply = await server.run("inc", request)
    const said = (name: string, given: Parameters<ModuleServer["run"]>[1]) =>
      messageOf(() => server.run(name, given))
    expect(await said("nought", request)).toBe(
      'module "module" has no function "nought"; there are inc, out, plus, both',
    )
    expect(await said("out", request)).toBe('this request is for function "inc", not "out"')
    expect(await said("inc", await server.run("out", reply))).toBe(
      'no wire leads from y (enc 5..7) of "out" to input "x" of "inc" (enc 0..2)',
    )
    expect(await said("plus", { a: reply })).toBe('input "b" of "plus" is missing; the function takes a, b')
    expect(await said("plus", { a: reply, b: reply, c: reply })).toBe(
      'function "plus" has no input "c"; there are a, b',
    )
    expect(await said("plus", client.encrypt("plus", { b: 1 }))).toContain(
      'the request holds b and not input "a"',
    )
    expect(await said("plus", reply)).toContain("the reply would be given to more than one")
    expect(await said("inc", 3 as never)).toBe(
      'function "inc" is given a message or a record of messages, not 3',
    )
    expect(await said("inc", { x: 3 as never })).toBe(
      'input "x" of "inc" is 3, not a message or a pair of a reply and an output',
    )
    const waiting = Promise.resolve(request) as never
    expect(await said("inc", waiting)).toBe(
      'the message for function "inc" is a Promise\nwait for it with await',
    )
    expect(await said("inc", { x: waiting })).toContain('input "x" of "inc" is a Promise, not a message')
    expect(await said("inc", client.evaluationKeys())).toBe("this is a set of evaluation keys, not a request")
    const pairs = client.encryptBatch("plus", [{ b: 1 }, { b: 2 }])
    expect(await said("plus", { a: reply, b: pairs })).toContain("the messages hold 1 and 2 samples")
    expect(await messageOf(() => client.encrypt("inc", { y: 1 }))).toBe(
      'function "inc" has no input "y"; there are x',
    )
    expect(await messageOf(() => client.encrypt("plus", {}))).toBe(
      'no inputs are given; function "plus" takes a, b',
    )
    expect(await messageOf(() => client.encrypt("inc", { x: 3 }))).toContain(
      "outside its declared range 0..2",
    )
  })

  test("of several outputs, a pair says which", async () => {
    using pair = await pairFor(module)
    const { client, server } = pair
    const both = await server.run("both", client.encrypt("both", { x: 2 }))
    expect(client.decrypt(both)).toEqual({ low: 2, high: 0 })
    expect(await messageOf(() => server.run("inc", both))).toBe(
      'input "x" of "inc" (enc 0..2) may take low or high of "both"\nsay which: { x: [reply, "low"] }',
    )
    expect(await messageOf(() => server.run("inc", { x: [both, "middle"] }))).toBe(
      'function "both" has no output "middle"; it gives low, high',
    )
    expect(client.decrypt(await server.run("inc", { x: [both, "high"] }))).toBe(1)
    expect(client.decrypt(await server.run("plus", { a: [both, "low"], b: [both, "high"] }))).toBe(2)
  })

  test("altered bytes, and labels that say something else with a checksum to match", async () => {
    using pair = await pairFor(module)
    const { client, server } = pair
    const reply = await server.run("inc", client.encrypt("inc", { x: 1 }))
    const altered = reply.slice()
    altered[altered.length >> 1]! ^= 1
    expect(await messageOf(() => server.run("inc", altered))).toContain("was altered")
    expect(await messageOf(() => server.run("inc", reply.subarray(0, 200)))).toContain("has 200 bytes where")
    // {"function":"inc","age":1}
    const digit = (to: string) => forge(reply, 24, () => to.charCodeAt(0))
    expect(await messageOf(() => server.run("inc", digit("9")))).toContain("does not say what it holds")
    expect(await messageOf(() => server.run("inc", digit("0")))).toContain("does not say what it holds")
    expect(
      await messageOf(() =>
        server.run(
          "inc",
          forge(reply, 0, () => 7),
        ),
      ),
    ).toContain("does not say what it holds")
    // A client that claims too great an age may not go on; one that claims too small an age harms itself.
    expect(await messageOf(() => server.run("inc", digit("2")))).toContain("has been through 2 functions")
  })

  test("everything after the end", async () => {
    const pair = await pairFor(module)
    pair[Symbol.dispose]()
    expect(await messageOf(() => pair.server.run("inc", new Uint8Array(9)))).toBe("this server is disposed")
    expect(await messageOf(() => pair.client.encrypt("inc", { x: 1 }))).toBe("this client is disposed")
  })
})

test("clear inputs and outputs travel beside encrypted values", async () => {
  const module = compileModuleFor(
    {
      scale: define({ x: enc(range(0, 7), [3]), k: clear(range(0, 3)) }, ({ x, k }) => ({
        x: x.mul(k).assume(0, 7),
        twice: k.add(k),
      })),
    },
    { steps: 2 },
    { n: 8192 },
  )
  using pair = await pairFor(module)
  const { client, server } = pair
  const samples = [
    { x: [1, 2, 3], k: 2 },
    { x: [3, 1, 0], k: 1 },
  ]
  const once = await server.run("scale", client.encryptBatch("scale", samples))
  expect(client.decrypt(once)).toEqual([
    { x: [2, 4, 6], twice: 4 },
    { x: [3, 1, 0], twice: 2 },
  ])
  const clearOnly = client.encryptBatch("scale", [{ k: 1 }, { k: 2 }])
  expect(client.decrypt(await server.run("scale", { x: once, k: clearOnly }))).toEqual([
    { x: [2, 4, 6], twice: 2 },
    { x: [6, 2, 0], twice: 4 },
  ])
})

test("keys can be stored, and a module runs by itself", async () => {
  await using module = Object.assign(
    compileModule({ f: define(three, ({ x }: { x: Tensor }) => x.mul(x).sub(1)) }),
    { [Symbol.asyncDispose]: () => module.dispose() },
  )
  expect(await module.run("f", { x: 2 })).toBe(3)
  expect(await module.runBatch("f", [{ x: 0 }, { x: 1 }])).toEqual([-1, 0])
  using pair = await pairFor(module)
  const context = await contextFor(module.parameters)
  using again = await module.client({ context, keys: pair.client.secretKey() })
  expect(again.decrypt(await pair.server.run("f", pair.client.encrypt("f", { x: 1 })))).toBe(0)
})

test("values with different correction factors leave the noise budget that is estimated", async () => {
  const definitions = {
    eighth: define(three, ({ x }) => {
      let y = x
      for (let i = 0; i < 3; i++) y = y.mul(y).assume(0, 2)
      return y
    }),
    square: define(three, ({ x }) => x.mul(x).assume(0, 2)),
    plus: define({ a: enc(range(0, 2)), b: enc(range(0, 2)) }, ({ a, b }) => a.add(b)),
  }
  const module = compileModuleFor(definitions, { steps: 2 }, { scheme: "bgv", n: 16384 })
  expect(module.plan[0]!.forms[1]!.factor).toBe(null)
  using pair = await pairFor(module)
  const { client, server } = pair
  const eighth = await server.run("eighth", client.encrypt("eighth", { x: 1 }))
  const square = await server.run("square", client.encrypt("square", { x: 1 }))
  const fresh = client.encrypt("plus", { b: 1 })
  const margin = estimateOf(module, "plus", 1)
  for (const [first, second] of [
    [eighth, square],
    [eighth, fresh],
    [square, fresh],
  ] as const) {
    const reply = await server.run("plus", { a: first, b: second })
    expect(client.decrypt(reply)).toBe(2)
    if (process.env["LUTRA_SHOW"]) console.log("factors", client.noiseBudget(reply), margin)
    expect(client.noiseBudget(reply)).toBeGreaterThanOrEqual(Math.floor(margin))
  }
  expect(client.decrypt(await server.run("square", eighth))).toBe(1)
  expect(client.decrypt(await server.run("eighth", square))).toBe(1)
})

describe.each(["bfv", "bgv"] as const)("noise along paths in %s", (scheme) => {
  const generated = [
    { length: 3, modulus: 3, ring: 4, names: ["turn", "look", "mirror"], steps: 3 },
    { length: 3, modulus: 2, ring: 64, names: ["product", "turn"], steps: 2 },
    { length: 5, modulus: 2, ring: 2, names: ["mix"], steps: 2 },
    { length: 2, modulus: 2, ring: 1, names: ["look", "mix"], steps: 3 },
    { length: 3, modulus: 3, ring: 4096, names: ["look"], steps: 3 },
  ]

  test.each(generated)(
    "$names on $length values in rings of $ring",
    async ({ length, modulus, ring, names, steps }) => {
      const all = stepsOn(length, modulus).filter(({ name }) => names.includes(name))
      const module = compileModuleFor(definitionsOf(all), { steps }, { scheme, ring, n: 16384 })
      using pair = await pairFor(module)
      const { client, server } = pair
      for (const first of [0, 1]) {
        let state: readonly number[] = Array.from({ length }, (_, i) => (2 * i + first) % modulus)
        let reply = client.encrypt(all[0]!.name, { state })
        for (let age = 0; age < steps; age++) {
          const { name, apply } = all[(age + first) % all.length]!
          if (age === 0) reply = client.encrypt(name, { state })
          reply = await server.run(name, reply)
          state = apply(state)
          expect(client.decrypt(reply)).toEqual({ state })
          const estimated = estimateOf(module, name, age)
          const measured = client.noiseBudget(reply)
          if (process.env["LUTRA_SHOW"]) console.log(scheme, ring, name, age, measured, estimated)
          expect(measured).toBeGreaterThanOrEqual(Math.floor(estimated))
        }
      }
    },
  )
})
