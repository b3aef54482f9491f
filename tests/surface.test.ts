// Every exported function that takes options refuses a misspelt one with the nearest that it knows, and every one surplus
// arguments. Operators are in tests/frontend/arguments.test.ts.
import { describe, expect, it, test } from "vitest"
import * as client from "../src/client.ts"
import * as root from "../src/index.ts"
import * as ir from "../src/ir.ts"
import * as ml from "../src/ml/index.ts"
import * as numpy from "../src/numpy.ts"
import * as serve from "../src/serve/index.ts"
import * as server from "../src/server.ts"

type Callable = (...args: readonly unknown[]) => unknown

const subpaths = { lutra: root, numpy, client, server, serve, ml, ir }

test("the root has what a reader takes in at one look", () => {
  expect(Object.keys(root).sort()).toEqual([
    "Client",
    "Compiled",
    "Module",
    "ModuleClient",
    "ModuleServer",
    "Program",
    "ProgramError",
    "RuntimeError",
    "SealContext",
    "Server",
    "Tensor",
    "calibrate",
    "clear",
    "compile",
    "compileModule",
    "compileProgram",
    "constant",
    "define",
    "enc",
    "formula",
    "int",
    "load",
    "loadBytes",
    "loadModule",
    "loadModuleBytes",
    "range",
    "table",
    "uint",
  ])
})

/** A misspelt option, how its function is called with it, and what is meant. */
interface Misspelt {
  readonly call: (fn: Callable) => unknown
  readonly meant: string
}

const inputs = { x: root.enc(root.uint(2), [2]) }
const compiled = root.compile(inputs, ({ x }) => x.add(x))
const module = root.compileModule({ f: root.define(inputs, ({ x }) => x.add(x)) })
const keys = new Uint8Array()
const storage = { put: () => {}, list: () => [] }

/** Functions and static methods with options. */
const misspelt: Readonly<Record<string, Misspelt>> = {
  "lutra compile": { call: (fn) => fn(inputs, () => 1, { bacth: 1 }), meant: "batch" },
  "lutra compileProgram": {
    call: (fn) => fn({ program: compiled.program, returns: "record" }, { marign: 1 }),
    meant: "margin",
  },
  "lutra compileModule": {
    call: (fn) => fn({ f: root.define(inputs, () => 1) }, { stesp: 1 }),
    meant: "steps",
  },
  "lutra calibrate": { call: (fn) => fn({ froce: true }), meant: "force" },
  "lutra Client.create": { call: (fn) => fn(compiled.spec, { maxKeyByte: 1 }), meant: "maxKeyBytes" },
  "lutra Server.create": {
    call: (fn) => fn(compiled.spec, compiled.circuit, keys, { thread: 2 }),
    meant: "threads",
  },
  "lutra ModuleClient.create": { call: (fn) => fn(module.spec, { key: keys }), meant: "keys" },
  "lutra ModuleServer.create": {
    call: (fn) => fn(module.spec, module.plan, keys, { maxGroup: 2 }),
    meant: "maxGroups",
  },
  "lutra SealContext.create": { call: (fn) => fn(compiled.parameters, { wasmURL_: "" }), meant: "wasmUrl" },
  "client connect": { call: (fn) => fn("http://127.0.0.1:1", { tokens: "" }), meant: "token" },
  "client connectModule": { call: (fn) => fn("http://127.0.0.1:1", { tokens: "" }), meant: "token" },
  "client readModuleSpec": { call: (fn) => fn(keys, { clera: [] }), meant: "clear" },
  "client readSpec": { call: (fn) => fn(keys, { clera: [] }), meant: "clear" },
  "client listModels": { call: (fn) => fn("http://127.0.0.1:1", { retires: 1 }), meant: "retries" },
  "serve createService": { call: (fn) => fn({ models: [], storage, worker: 1 }), meant: "workers" },
  "serve serveModel": { call: (fn) => fn({ source: compiled, maxGroup: 1 }), meant: "maxGroups" },
  "serve startQueueWorker": {
    call: (fn) => fn({ queue: "redis://x", lockMillisecond: 1 }),
    meant: "lockMilliseconds",
  },
  "serve RedisEvaluator.connect": {
    call: (fn) => fn({ queue: "redis://x", waitSecond: 1 }),
    meant: "waitSeconds",
  },
  "serve S3Storage.open": { call: (fn) => fn({ bucket: "b", attempt: 1 }), meant: "attempts" },
  "serve createKeyStore": { call: (fn) => fn(storage, { maxByte: 1 }), meant: "maxBytes" },
  "ml importModel": { call: (fn) => fn(keys, { bacth: true }), meant: "batch" },
  "ml linearRegression": { call: (fn) => fn({ L_2: 1 }), meant: "l2" },
  "ml logisticRegression": { call: (fn) => fn({ maxIteration: 1 }), meant: "maxIterations" },
  "ml perceptron": { call: (fn) => fn({ epoch: 1 }), meant: "epochs" },
  "ml convolutional": { call: (fn) => fn({ shape: [1, 4, 4], layer: [] }), meant: "layers" },
  "ml gradientBoosting": { call: (fn) => fn({ learning_rate: 1 }), meant: "learningRate" },
  "ml randomForest": { call: (fn) => fn({ bootstraps: true }), meant: "bootstrap" },
  "ml decisionTree": { call: (fn) => fn({ min_leaf: 1 }), meant: "minLeaf" },
  "ml trainTestSplit": { call: (fn) => fn([[1]], [1], { tset: 0.5 }), meant: "test" },
  "ml frontierSvg": { call: (fn) => fn([], { max_loss: 1 }), meant: "maxLoss" },
  "ir print": { call: (fn) => fn(compiled.program, { elided: true }), meant: "elide" },
}

/** Functions that take no options, with something of the form of each argument, and one too many. */
const without: Readonly<Record<string, readonly unknown[]>> = {
  "lutra clear": [root.uint(2), [], 1],
  "lutra enc": [root.uint(2), [], 1],
  "lutra uint": [2, 1],
  "lutra int": [2, 1],
  "lutra range": [0, 1, 1],
  "lutra define": [inputs, () => 1, 1],
  "lutra formula": ["1", {}, 1],
  "lutra load": ["a.lutra", 1],
  "lutra loadBytes": [keys, 1],
  "lutra loadModule": ["a.lutra", 1],
  "lutra loadModuleBytes": [keys, 1],
  "client fileKeys": ["keys.json", 1],
  "serve readTokens": ["a b", 1],
  "serve openStorage": ["folder", {}, 1],
  "serve FilesystemStorage.open": ["folder", 1],
  "ir parse": ["program f {\n}\n", undefined, 1],
  "ir evaluate": [compiled.program, { x: [1, 2] }, 1],
}

/** What builds nodes, graphs, queues and stores for those who extend Lutra, or reads one value: without options. */
const plain = [
  "client indexedDbKeys",
  "client refusalOf",
  "ir intType",
  "ir isCircuit",
  "ir literal",
  "ir matrixFromRows",
  "ir nodesOf",
  "ir opDef",
  "ir parseCircuit",
  "ir parseExpression",
  "ir parseType",
  "ir printType",
  "ir realType",
  "ir toSvg",
  "ml accuracy",
  "ml evaluateNodes",
  "ml execute",
  "ml frontierOf",
  "ml kindOf",
  "ml labelOf",
  "ml r2",
  "serve isServiceCode",
  "serve modelsByName",
]

const isClass = (value: object): boolean => /^class\b/.test(Function.prototype.toString.call(value))

/** All exported functions but operators, and static methods of classes, each once. */
const exported = new Map<Callable, string>()
const add = (value: unknown, name: string): void => {
  if (typeof value === "function" && !exported.has(value as Callable)) exported.set(value as Callable, name)
}
for (const [subpath, exports] of Object.entries(subpaths)) {
  for (const [name, value] of Object.entries<unknown>(exports)) {
    if (typeof value !== "function" || "declaration" in value) continue
    if (!isClass(value)) add(value, `${subpath} ${name}`)
    else {
      for (const own of Object.getOwnPropertyNames(value)) {
        if (own === "prototype") continue
        add(Reflect.get(value, own), `${subpath} ${name}.${own}`)
      }
    }
  }
}
const named = new Map(Array.from(exported, ([fn, name]) => [name, fn]))
/** As it is called: static methods on their class. */
const called =
  (name: string): Callable =>
  (...args) => {
    const [subpath, path] = name.split(" ") as [keyof typeof subpaths, string]
    const [own, method] = path.split(".") as [string, string?]
    const value = Reflect.get(subpaths[subpath], own)
    return method === undefined ? value(...args) : value[method](...args)
  }

const failureOf = async (call: () => unknown): Promise<Error> => {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error("nothing was refused")
}

test("every exported function has its place in these lists", () => {
  const listed = [...Object.keys(misspelt), ...Object.keys(without), ...plain]
  expect([...named.keys()].sort()).toEqual(listed.sort())
})

describe("a misspelt option", () => {
  it.each(Object.entries(misspelt))(
    "of %s is refused with the one that is meant",
    async (name, { call, meant }) => {
      const error = await failureOf(() => call(called(name)))
      expect(error.name).toMatch(/^(Program|Runtime)Error$/)
      expect(error.message).toMatch(/ has no option "/)
      expect(error.message).toContain(`; did you mean ${meant}?`)
    },
  )

  it.each([
    ["runBatch", () => compiled.runBatch([{ x: [1, 2] }], { thread: 2 } as never), "threads"],
    ["run", () => compiled.run({ x: [1, 2] }, { on_progress: () => {} } as never), "onProgress"],
    ["predict", () => compiled.predict([[1]], { thread: 2 } as never), "threads"],
    ["run", () => module.run("f", { x: [1, 2] }, { on_progress: () => {} } as never), "onProgress"],
    ["a client", () => compiled.client({ maxKeyByte: 1 } as never), "maxKeyBytes"],
    ["a server", () => compiled.server(keys, { thread: 2 } as never), "threads"],
    ["LocalEvaluator", () => new serve.LocalEvaluator({ worker: 2 } as never), "workers"],
    ["JobQueue", () => new serve.JobQueue({} as never, { max_waiting: 2 } as never), "maxWaiting"],
    ["tls", () => serve.createService({ models: [], storage, tls: { certs: "" } } as never), "cert"],
  ])("of method %s, too (%#)", async (name, call, meant) => {
    const error = await failureOf(call)
    expect(error).toBeInstanceOf(root.RuntimeError)
    expect(error.message).toContain(`${name} has no option "`)
    expect(error.message).toContain(`; did you mean ${meant}?`)
  })

  it("of a layer is refused with its number", () => {
    const layers = [{ channels: 2 }, { channels: 2, kernle: 3 }]
    expect(() => ml.convolutional({ shape: [1, 8, 8], layers })).toThrow(
      'layer 1 of convolutional has no option "kernle"; did you mean kernel?',
    )
  })
})

describe("surplus arguments", () => {
  it.each(Object.entries(without))("of %s are refused", async (name, args) => {
    const error = await failureOf(() => called(name)(...args))
    expect(error.name).toMatch(/^(Program|Runtime)Error$/)
    expect(error.message).toMatch(/ takes (no|1|at most \d) arguments?, and \d (was|were) given/)
  })

  it.each(
    [
      "report",
      "evaluate",
      "simulate",
      "simulateBatch",
      "save",
      "saveClient",
      "toBytes",
      "client",
      "server",
      "run",
    ].concat(["runBatch", "predict", "predictClear", "predictFloat", "dispose"]),
  )("of %s of a program are refused", async (name) => {
    const error = await failureOf(() => (compiled as never as Record<string, Callable>)[name]!(1, 2, 3))
    expect(error.message).toMatch(new RegExp(`^${name} takes .* and 3 were given`))
  })
})

describe("arguments of another form", () => {
  const waiting = Promise.resolve({ x: [1, 2] })
  it.each<[() => unknown, string]>([
    [
      () => called("lutra compile")(waiting, () => 1),
      "inputs of compile is a Promise, not an object such as",
    ],
    [() => called("lutra compile")(inputs), "fn of compile is missing; it is a function of these inputs"],
    [() => called("lutra compile")(null, () => 1), "inputs of compile is null"],
    [() => called("lutra compileProgram")(compiled.program), "traced of compileProgram is an object with"],
    [() => called("lutra uint")("8"), 'the number of bits of uint is "8", not an integer from 1 to 64'],
    [() => called("lutra range")(null, 2), "a bound of range is null, not an exact integer"],
    [() => called("lutra enc")({}), "the type of an input is an empty object"],
    [() => called("lutra loadBytes")("a.lutra"), "bytes of loadBytes is text, not a Uint8Array"],
    [
      () => compiled.run(waiting as never),
      "inputs are an object with x, not a Promise\nwait for it with await",
    ],
    [
      () => compiled.runBatch(waiting as never),
      "the value for samples is a Promise, not an array of inputs\nwait",
    ],
    [() => compiled.server(undefined as never), "evaluationKeys of a server is missing; it is a Uint8Array"],
    [
      () => compiled.server(waiting as never),
      "evaluationKeys of a server is a Promise, not a Uint8Array\nwait for it",
    ],
    [() => compiled.save(7 as never), "the path to save to is 7, not text or a URL"],
    [() => compiled.save("/no/such/folder/a.lutra"), "a.lutra cannot be written: there is no such folder"],
    [() => module.run("g" as never, { x: [1, 2] }), 'has no function "g"; there are f'],
    [() => called("lutra Client.create")(keys), "spec of a client is []"],
    [() => called("client connect")(undefined), "the address of a server is missing; it is a URL"],
    [
      () => called("client connect")("http://127.0.0.1:1", { keys: "keys.json" }),
      'option keys of connect is "keys.json"',
    ],
    [() => called("serve createService")({ storage }), "models of createService is missing"],
    [
      () => called("ml importModel")(waiting),
      "source of importModel is a Promise, not the path of a file or its bytes",
    ],
    [() => ml.linearRegression().fit(undefined as never, []), "x of fit is missing; it is an array of rows"],
    [() => ml.linearRegression().fit([[1]], undefined as never), "y of fit is missing"],
    [() => called("ir evaluate")("program", {}), 'x of evaluate is "program", not a program or a circuit'],
    [() => called("ir parse")(compiled.program), "text of parse is an object with"],
  ])("are named (%#)", async (call, message) => {
    const error = await failureOf(call)
    expect(error.name).toMatch(/^(Program|Runtime)Error$/)
    expect(error.message).toContain(message)
  })
})
