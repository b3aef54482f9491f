import { join } from "node:path"
import { expect, test } from "vitest"
import { PROGRAM_ERROR_CODES, type ProgramErrorCode } from "../../src/data/index.ts"
import { trace } from "../../src/frontend/index.ts"
import {
  compile,
  compileModule,
  define,
  enc,
  ProgramError,
  range,
  type Tensor,
  uint,
} from "../../src/index.ts"
import { parse } from "../../src/ir/index.ts"
import { importModel } from "../../src/ml/index.ts"
import { defaultTarget, runPasses } from "../../src/passes/index.ts"
import { modelFolder, testOf } from "../ml/models.ts"

const vector = { x: enc(uint(4), [3]), y: enc(uint(4), [3]) }
type Vectors = { readonly x: Tensor; readonly y: Tensor }
/** The passes on a function of two vectors, without a choice of parameters. */
const passes = (fn: (given: Vectors) => unknown, maxDepth = defaultTarget.maxDepth) =>
  runPasses(trace("f", vector, fn as never).program, { ...defaultTarget, maxDepth })
const tree = join(modelFolder, "cancer-tree.onnx")
const rows = testOf(tree).x

/** For each code something that brings it about. */
const provoked: Readonly<Record<ProgramErrorCode, readonly (() => unknown)[]>> = {
  "wrong-argument": [
    () => compile(vector, ({ x }) => x, { batch: 0 }),
    () => compile(vector, ({ x }) => x, { refresh: "always" as never }),
    () => compile(vector, (() => undefined) as never),
    () => passes(({ x }) => (x.transpose as (...given: unknown[]) => Tensor)([0], 1, 2)),
  ],
  "unknown-option": [
    () => compile(vector, ({ x }) => x, { bacth: 2 } as never),
    () => passes(({ x }) => x.sum({ axs: 0 } as never)),
    () => compileModule({ f: define(vector, ({ x }) => x) }, { stesp: 2 } as never),
  ],
  "unknown-name": [
    () => passes((given) => (given as unknown as { z: Tensor }).z),
    () => passes(({ x }) => (x as unknown as { foo: () => Tensor }).foo()),
  ],
  "wrong-shape": [
    () => passes(({ x }) => x.add([1, 2])),
    () => passes(({ x }) => x.reshape([2, 2])),
    () => passes(({ x }) => x.sum({ axis: 3 })),
  ],
  "out-of-range": [
    () => passes(({ x, y }) => x.floorDiv(y)),
    () => passes(({ x }) => x.at(7)),
    () => passes(({ x }) => x.lookup([1, 2, 3])),
  ],
  "not-integer": [
    () => passes(({ x }) => x.mul(0.5)),
    () => passes(({ x }) => x.lookup([0.5, ...new Array<number>(15).fill(1)])),
    () => passes(({ x }) => x.add(2 ** 60 + 1)),
  ],
  "too-wide": [
    () => trace("f", { x: enc(range(0, 2n ** 64n)) } as never, ({ x }: never) => x).program,
    () =>
      runPasses(trace("f", { x: enc(uint(40)) }, ({ x }) => x.map("floor(sqrt(x))")).program, defaultTarget),
  ],
  "data-dependent": [
    () => passes(({ x }) => x.mul(Number(x))),
    () => passes(({ x, y }) => x.sum({ axis: y as never })),
    () => passes(({ x }) => x.unique()),
  ],
  "foreign-tensor": [
    () => {
      let leaked: Tensor | undefined
      passes(({ x }) => {
        leaked = x
        return x
      })
      return passes(({ x }) => x.add(leaked!))
    },
  ],
  "function-failed": [
    () =>
      passes(({ x }) =>
        x.map(() => {
          throw new Error("no value")
        }),
      ),
  ],
  unsupported: [() => passes(({ x, y }) => x.pow(y))],
  syntax: [() => parse("nonsense"), () => parse('program f {\n  %0 : enc 0..1 = input {name="x"\n}')],
  "too-deep": [() => passes(({ x, y }) => x.mul(y), 0)],
  "no-parameters": [() => compile(vector, ({ x, y }) => x.mul(y), { margin: 5000 })],
  "too-large": [
    () => compile(vector, ({ x, y }) => x.mul(y).mul(x).sum(), { maxKeyBytes: 1 }),
    () => passes(({ x }) => x.sum().broadcastTo([2 ** 20, 2 ** 20])),
  ],
  "file-access": [() => importModel("/no/such/model.onnx")],
  "damaged-model": [
    () => importModel(new Uint8Array()),
    () => importModel(Uint8Array.of(1, 2, 3)),
    () => importModel(new TextEncoder().encode('{"learner": {}}')),
  ],
  "unsupported-model": [() => importModel(new TextEncoder().encode("PK, as zip files begin"))],
  "needs-calibration": [async () => (await importModel(tree)).quantize({ calibration: [] })],
  accuracy: [
    async () =>
      (
        await (await importModel(tree)).quantize({ calibration: rows, thresholds: "private", bits: 1 })
      ).compile(),
  ],
  "wrong-rows": [
    async () => (await importModel(tree)).predictFloat([[1, 2]]),
    async () => (await importModel(tree)).quantize({ calibration: rows, labels: [1] }),
  ],
}

const table = PROGRAM_ERROR_CODES.flatMap((code) =>
  provoked[code].map((action, i): [string, ProgramErrorCode, () => unknown] => [
    `${code} ${i + 1}`,
    code,
    action,
  ]),
)

test.each(table)("%s", async (_, code, action) => {
  const error: unknown = await (async () => action())().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ProgramError)
  expect({ code: (error as ProgramError).code, message: (error as ProgramError).message }).toMatchObject({
    code,
  })
})
