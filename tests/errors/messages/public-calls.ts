import * as client from "../../../src/client.ts"
import * as root from "../../../src/index.ts"
import * as ir from "../../../src/ir.ts"
import * as ml from "../../../src/ml/index.ts"
import type { Attempt } from "./attempt.ts"
import { isInfinite, wrongValues } from "./wrong-values.ts"

type Callable = (...args: readonly unknown[]) => unknown

const { compile, compileModule, define, enc, uint } = root as unknown as Readonly<Record<string, Callable>>
const inputs = { x: root.enc(root.uint(2), [2]) }
const twice = ({ x }: { readonly x: root.Tensor }): root.Tensor => x.add(x)
const program = root.compile(inputs, twice)
const model = root.compile(inputs, twice)
const module = root.compileModule({ f: root.define(inputs, twice) })

const compileOptions = [
  "name",
  "batch",
  "samples",
  "margin",
  "security",
  "encodeInputs",
  "refresh",
  "maxKeyBytes",
  "costs",
]
const moduleOptions = ["name", "wires", "steps", "samples", "batch", "margin", "maxKeyBytes", "security"]
const trainers = {
  linearRegression: ml.linearRegression,
  logisticRegression: ml.logisticRegression,
  perceptron: ml.perceptron,
  convolutional: ml.convolutional,
  gradientBoosting: ml.gradientBoosting,
  randomForest: ml.randomForest,
  decisionTree: ml.decisionTree,
}
const trainerOptions = [
  "l2",
  "epochs",
  "learningRate",
  "seed",
  "trees",
  "depth",
  "minLeaf",
  "hidden",
  "shape",
  "layers",
  "weights",
  "bits",
  "activation",
  "maxIterations",
  "bootstrap",
]
const methods = [
  "evaluate",
  "simulate",
  "simulateBatch",
  "client",
  "server",
  "predict",
  "predictClear",
  "predictFloat",
  "run",
  "runBatch",
] as const

/** Calls of the public functions with one value in every place of an argument, an option, an input or a result. */
const callsWith = (v: unknown): Readonly<Record<string, () => unknown>> => {
  const at =
    (fn: unknown, ...args: readonly unknown[]) =>
    () =>
      (fn as Callable)(...args)
  const options = (fn: (given: object) => unknown, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, () => fn({ [name]: v })]))
  const named = (who: string, calls: Readonly<Record<string, () => unknown>>) =>
    Object.fromEntries(Object.entries(calls).map(([what, call]) => [`${who} ${what}`, call]))
  return {
    ...named("declaration", {
      enc: at(enc, v),
      "enc with shape": () => compile!({ x: enc!(uint!(2), v) }, ({ x }: { x: unknown }) => x),
      "enc with extent": () => compile!({ x: enc!(uint!(2), [v]) }, ({ x }: { x: unknown }) => x),
      uint: at(uint, v),
      int: at(root.int, v),
      "range from": at(root.range, v, 3),
      "range to": at(root.range, 0, v),
      input: at(compile, { x: v }, twice),
    }),
    ...named("compile", {
      inputs: at(compile, v, twice),
      function: at(compile, inputs, v),
      options: at(compile, inputs, twice, v),
      returns: at(compile, inputs, () => v),
      "returns an array": at(compile, inputs, ({ x }: { x: unknown }) => [x, v]),
      "returns a record": at(compile, inputs, ({ x }: { x: unknown }) => ({ x, v })),
      ...options((given) => compile!(inputs, twice, given), compileOptions),
    }),
    ...named("compileModule", {
      functions: at(compileModule, v),
      function: at(compileModule, { f: v }),
      options: at(compileModule, { f: root.define(inputs, twice) }, v),
      inputs: () => compileModule!({ f: define!(v, twice) }),
      "function of define": at(define, inputs, v),
      wire: at(compileModule, { f: root.define(inputs, twice) }, { wires: [v] }),
      "end of a wire": at(compileModule, { f: root.define(inputs, twice) }, { wires: [[v, "f.x"]] }),
      ...options((given) => compileModule!({ f: root.define(inputs, twice) }, given), moduleOptions),
      evaluate: at(module.evaluate.bind(module), v, { x: [1, 2] }),
      simulate: at(module.simulate.bind(module), "f", v),
    }),
    ...named("formula", {
      text: at(root.formula, v),
      inputs: at(root.formula, "x", v),
      input: at(root.formula, "x + 1", { x: v }),
    }),
    ...named("read", {
      load: at(root.load, v),
      loadBytes: at(root.loadBytes, v),
      readSpec: at(client.readSpec, v),
      parse: at(ir.parse, v),
      importModel: at(ml.importModel, v),
      connect: at(client.connect, v, { retries: 0 }),
    }),
    ...named(
      "program",
      Object.fromEntries(
        methods.map((method) => [method, () => (program[method] as unknown as Callable).call(program, v)]),
      ),
    ),
    ...named("inputs", {
      evaluate: at(program.evaluate.bind(program), { x: v }),
      element: at(program.evaluate.bind(program), { x: [v, 1] }),
      sample: at(program.simulateBatch.bind(program), [v]),
      "element of a sample": at(program.simulateBatch.bind(program), [{ x: [1, v] }]),
      row: at(model.predictClear.bind(model), [v]),
    }),
    ...Object.assign(
      {},
      ...Object.entries(trainers).map(([name, make]) =>
        named(name, trainerCalls(make as unknown as Callable, name, v)),
      ),
    ),
  }
}

const trainerCalls = (make: Callable, name: string, v: unknown): Readonly<Record<string, () => unknown>> => {
  const needed = name === "convolutional" ? { shape: [1, 2, 2], layers: [{ channels: 1, kernel: 1 }] } : {}
  const fit = (x: unknown, y: unknown): unknown =>
    (make({ ...needed }) as { readonly fit: Callable }).fit(x, y)
  return {
    options: () => make(v),
    ...Object.fromEntries(trainerOptions.map((option) => [option, () => make({ ...needed, [option]: v })])),
    x: () => fit(v, [0, 1]),
    y: () =>
      fit(
        [
          [1, 2],
          [0, 1],
        ],
        v,
      ),
    "an element of x": () =>
      fit(
        [
          [v, 2],
          [0, 1],
        ],
        [1, 0],
      ),
    "an element of y": () =>
      fit(
        [
          [1, 2],
          [0, 1],
        ],
        [v, 1],
      ),
  }
}

/** Public functions with wrong values in every place. */
export const publicCalls = (): Attempt[] =>
  wrongValues().flatMap(([what, value]) =>
    Object.entries(callsWith(value)).map(([call, run]) => ({
      label: `${call} with ${what}`,
      run,
      givesInfinity: isInfinite(what),
    })),
  )
