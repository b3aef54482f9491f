import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import { type ConnectOptions, connect, connectModule, fileKeys } from "../../src/client.ts"
import { clear, compileModule, define, enc, RuntimeError, range } from "../../src/index.ts"
import { packSpec } from "../../src/runtime/index.ts"
import { createService, openStorage } from "../../src/serve/index.ts"
import { type Fault, refusal, service } from "../client/service.ts"

const digit = enc(range(0, 2))
const functions = {
  step: define({ x: digit, add: clear(range(0, 2)) }, ({ x, add }) =>
    x.mul(x).add(1).mod(3).refresh().mul(2).add(add).mod(3),
  ),
  next: define({ x: digit }, ({ x }) => ({ x: x.add(1).mod(3), twice: x.mul(2).mod(3) })),
  parity: define({ x: digit }, ({ x }) => x.mod(2).add(7)),
}
/** Of small parameters, for what does not depend on them. */
const digits = compileModule(functions, { name: "digits", steps: 2 })

const disposals: (() => unknown)[] = []
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose()
})

const URL_ = "https://server.test/lutra"

const start = (fault?: Fault) => {
  const running = service({ digits }, fault)
  disposals.push(running.dispose)
  return running
}

const open = async (url: string, options: ConnectOptions = {}) => {
  const connection = await connectModule(url, { clear: ["step.add"], ...options })
  disposals.unshift(() => connection.dispose())
  return connection
}

const errorOf = async (run: () => unknown): Promise<RuntimeError> => {
  try {
    await run()
  } catch (error) {
    expect(error).toBeInstanceOf(RuntimeError)
    return error as RuntimeError
  }
  throw new Error("nothing was thrown")
}

test("a state on a server goes through more calls than the module has steps, rounds among them", async () => {
  const plus = define({ a: digit, b: digit }, ({ a, b }) => a.add(b).mod(3))
  const module = compileModule({ ...functions, plus }, { name: "digits", steps: 2 })
  const folder = mkdtempSync(join(tmpdir(), "lutra-serve-module-"))
  const running = await createService({
    models: [module],
    storage: await openStorage(folder, {}),
    workers: 1,
  })
  disposals.push(async () => {
    await running.stop(0)
    rmSync(folder, { recursive: true })
  })
  const connection = await open(await running.listen({ port: 0 }))
  const first = await connection.call("next", { x: 1 })
  expect(await connection.decrypt(first)).toEqual({ x: 2, twice: 2 })
  let state = await connection.call("plus", {
    a: { ...first, output: "twice" },
    b: { ...first, output: "x" },
  })
  let right = 4 % 3
  const left = [state.stepsLeft]
  for (let i = 0; i < 3; i++) {
    state = await connection.call("plus", { a: state, b: 2 })
    right = (right + 2) % 3
    left.push(state.stepsLeft)
    expect(await connection.decrypt(state)).toBe(right)
  }
  expect(left).toEqual([0, 1, 0, 1])
  state = await connection.call("step", { x: state, add: 2 })
  right = (2 * ((right * right + 1) % 3) + 2) % 3
  expect(state.stepsLeft).toBe(1)
  expect(await connection.run("plus", { a: state, b: state })).toBe((2 * right) % 3)
  expect((await errorOf(() => connection.call("plus", { a: state }))).message).toContain(
    '400 damaged: input "b" of "plus" is missing',
  )
})

test("what is wrong with a call is said before anything is sent", async () => {
  const running = start()
  const connection = await open(URL_, { fetch: running.fetch })
  const before = running.sent.length
  expect((await errorOf(() => connection.call("next", { x: 9 }))).message).toMatch(
    /^input "x" is 9, outside its declared range 0..2/,
  )
  expect((await errorOf(() => connection.call("nxt", { x: 1 }))).message).toContain("did you mean next?")
  expect((await errorOf(() => connection.call("next", [1] as never))).code).toBe("wrong-argument")
  expect((await errorOf(() => connection.decrypt(new Uint8Array(3) as never))).code).toBe("wrong-argument")
  const spent = { ...(await connection.call("parity", { x: 2 })), stepsLeft: 0 }
  expect(running.sent.length).toBe(before + 1)
  expect((await errorOf(() => connection.call("next", { x: spent }))).code).toBe("unsupported")
  connection.dispose()
  expect((await errorOf(() => connection.call("next", { x: 1 }))).code).toBe("disposed")
  expect(running.sent.length).toBe(before + 1)
})

test("a module is not taken for another, for a program, or with inputs in the clear that nobody allowed", async () => {
  const { fetch } = start()
  expect((await errorOf(() => connectModule(URL_, { fetch }))).code).toBe("exposed-input")
  expect((await errorOf(() => connect(URL_, { fetch }))).message).toContain("connectModule")
  const hash = "0".repeat(64)
  expect((await errorOf(() => connectModule(URL_, { fetch, hash }))).code).toBe("unexpected-program")
  expect(
    (await errorOf(() => connectModule(URL_, { fetch, clear: ["step.add"], maxKeyBytes: 1 }))).code,
  ).toBe("too-large")
  const pinned = await open(URL_, { fetch, hash: digits.spec.hash, spec: packSpec(digits.spec) })
  expect(await pinned.run("next", { x: 2 })).toEqual({ x: 0, twice: 1 })
})

test("keys are kept for the next visit, and sent again when the server has lost them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-module-keys-"))
  disposals.push(() => rmSync(folder, { recursive: true }))
  const keys = fileKeys(join(folder, "keys.json"))
  const running = start()
  const first = await open(URL_, { fetch: running.fetch, keys })
  const state = { ...(await first.call("next", { x: 0 })), output: "x" }
  first.dispose()
  const second = await open(URL_, { fetch: running.fetch, keys })
  expect(running.log().filter((line) => line.startsWith("PUT"))).toHaveLength(1)
  running.forgetKeys()
  expect(await second.run("next", { x: state })).toEqual({ x: 2, twice: 2 })
  expect(running.log().filter((line) => line.startsWith("PUT"))).toHaveLength(2)
})

test("a call that is refused for other reasons is not made again", async () => {
  const running = start(({ path }) => (path.endsWith("/run") ? refusal(400, "damaged") : undefined))
  const connection = await open(URL_, { fetch: running.fetch })
  expect((await errorOf(() => connection.call("next", { x: 1 }))).code).toBe("damaged")
  expect(running.log().filter((line) => line.endsWith("/run"))).toHaveLength(1)
})
