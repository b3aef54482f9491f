// Methods of what the package exports refuse surplus arguments, misspelt options and arguments of another form.
import { afterAll, beforeAll, describe, expect, it, test } from "vitest"
import * as client from "../src/client.ts"
import * as root from "../src/index.ts"
import * as ml from "../src/ml/index.ts"
import * as serve from "../src/serve/index.ts"
import * as server from "../src/server.ts"

type Callable = (...args: readonly unknown[]) => unknown

/** Classes for those who extend Lutra, errors, and tensors, whose methods are operators. */
const elsewhere = ["SealContext", "Tensor"]

const isClass = (value: unknown): value is { readonly prototype: object } =>
  typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value))

const classes = new Map(
  [root, client, server, serve, ml].flatMap((exports) =>
    Object.entries<unknown>(exports).filter(
      (entry): entry is [string, { readonly prototype: object }] =>
        isClass(entry[1]) && !(entry[1].prototype instanceof Error) && !elsewhere.includes(entry[0]),
    ),
  ),
)

const methods = [...classes].flatMap(([name, { prototype }]) =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([method, { value }]) => method !== "constructor" && typeof value === "function")
    .map(([method, { value }]) => [`${name}.${method}`, prototype, value as Callable] as const),
)

const failureOf = async (call: () => unknown): Promise<Error> => {
  try {
    const result = await call()
    // A generator throws when it is asked for the first value.
    await (result as AsyncIterator<unknown> | undefined)?.next?.()
  } catch (error) {
    return error as Error
  }
  throw new Error("nothing was refused")
}

describe("a surplus argument", () => {
  it.each(methods)("of %s is refused", async (_name, prototype, method) => {
    // Refused before anything of the object is looked at.
    const error = await failureOf(() => method.apply(Object.create(prototype), Array(9).fill(1)))
    expect(error.message).toMatch(
      /^\w+ takes (no arguments|1 argument|at most \d arguments), and 9 were given$/,
    )
    expect(error.name).toMatch(/^(Program|Runtime)Error$/)
  })

  test("is looked for in all classes", () => {
    expect([...classes.keys()]).toEqual(
      expect.arrayContaining([
        ...["Client", "Compiled", "Module", "ModuleClient", "ModuleServer", "Server", "Connection"],
        ...["FilesystemStorage", "S3Storage", "JobQueue", "LocalEvaluator", "RedisEvaluator"],
        ...["FloatModel", "QuantizedModel"],
      ]),
    )
    expect(methods.length).toBeGreaterThan(60)
  })
})

/** A storage in memory, as far as these tests need one. */
const storage: serve.Storage = {
  put: async () => {},
  get: async () => undefined,
  stat: async () => undefined,
  delete: async () => {},
  list: async function* () {},
  touch: async () => {},
}
const keys = serve.createKeyStore(storage)
const queue = new serve.JobQueue({ width: 1, run: async () => new Uint8Array(), close: async () => {} })
const compiled = root.compile({ x: root.enc(root.uint(2), [2]) }, ({ x }) => x.add(x))
let service: serve.Service
beforeAll(async () => {
  service = await serve.createService({
    models: [compiled],
    storage,
    createEvaluator: () => ({ width: 1, run: async () => new Uint8Array(), close: async () => {} }),
  })
})
afterAll(() => service.stop(0))

const call = (target: object, method: string, ...args: readonly unknown[]): unknown =>
  Reflect.get(target, method).apply(target, args)

describe("a service", () => {
  it.each<[string, readonly unknown[], string]>([
    ["listen", [], "options of listen is missing; it is an object"],
    ["listen", [8080], "options of listen is 8080, not an object"],
    ["listen", [{ prot: 8080 }], 'listen has no option "prot"; did you mean port?'],
    ["listen", [{}], "port of listen is missing; it is an integer below 65536, 0 for any that is free"],
    ["listen", [{ port: "8080" }], 'option port of listen is "8080", not an integer below 65536'],
    ["listen", [{ port: 70_000 }], "option port of listen is 70000, not an integer below 65536"],
    ["listen", [{ port: 0, host: 1 }], "option host of listen is 1, not text"],
    ["listen", [{ port: 0 }, 1], "listen takes at most 1 argument"],
    ["stop", ["30 s"], 'graceSeconds of stop is "30 s", not a number of seconds, from 0'],
    ["stop", [-1], "graceSeconds of stop is -1, not a number of seconds, from 0"],
    ["stop", [Number.NaN], "graceSeconds of stop is not a number, not a number of seconds, from 0"],
    ["stop", [1, 2], "stop takes 1 argument, and 2 were given"],
    ["renewTls", [], "tls of renewTls is missing; it is an object"],
    ["renewTls", [{}, 1], "renewTls takes 1 argument, and 2 were given"],
  ])("refuses in %s(%j) what it does not know", async (method, args, message) => {
    const error = await failureOf(() => call(service, method, ...args))
    expect(error).toBeInstanceOf(root.RuntimeError)
    expect(error.message).toContain(message.replace("at most 1 argument", "1 argument"))
  })

  it.each([
    [
      "https://a.org/",
      "is https://a.org/; it is https://HOST or https://HOST:PORT, without a path; did you mean https://a.org?",
    ],
    [3, "is 3; it is text"],
  ])("refuses the origin %j", async (origin, message) => {
    const error = await failureOf(() =>
      serve.createService({ models: [compiled], storage, origins: [origin as string] }),
    )
    expect(error.message).toBe(`an origin of createService ${message}`)
  })
})

describe("stores and queues", () => {
  it.each<[object, string, readonly unknown[], string]>([
    [keys, "put", ["a", "0".repeat(64), "bytes"], "bytes of put is text, not a Uint8Array"],
    [
      keys,
      "put",
      ["a", "0".repeat(64), new Uint8Array(), 1],
      "put takes at most 3 arguments, and 4 were given",
    ],
    [keys, "get", [1, "0"], "client of get is 1, not text"],
    [keys, "has", ["a", 1], "sha256 of has is 1, not text"],
    [keys, "delete", ["a", "0", 1], "delete takes at most 2 arguments, and 3 were given"],
    [keys, "sweep", [1], "sweep takes no arguments, and 1 was given"],
    [queue, "enter", [1], "client of enter is 1, not text"],
    [queue, "run", [{}, {}, {}], "signal of run is an empty object, not an AbortSignal"],
    [queue, "drain", ["soon"], 'milliseconds of drain is "soon", not a number'],
    [serve.FilesystemStorage.prototype, "put", ["a", "text"], "bytes of put is text, not a Uint8Array"],
    [serve.FilesystemStorage.prototype, "list", [undefined], "prefix of list is missing; it is text"],
    [serve.S3Storage.prototype, "get", [3], "path of get is 3, not text"],
    [
      client.Connection.prototype,
      "uploadKeys",
      [{}],
      "signal of uploadKeys is an empty object, not an AbortSignal",
    ],
    [
      client.Connection.prototype,
      "run",
      [{}, { signl: 1 }],
      'run has no option "signl"; did you mean signal?',
    ],
    [
      client.Connection.prototype,
      "run",
      [{}, { signal: {} }],
      "option signal of run is an empty object, not an AbortSignal",
    ],
  ])("refuse wrong arguments (%#)", async (target, method, args, message) => {
    const error = await failureOf(() => call(target, method, ...args))
    expect(error).toBeInstanceOf(root.RuntimeError)
    expect(error.message).toContain(message)
  })
})
