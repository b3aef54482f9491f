import { readFileSync } from "node:fs"
import { join } from "node:path"
import { readSpec } from "../../../src/client.ts"
import { compile, enc, loadBytes, uint } from "../../../src/index.ts"
import { importModel } from "../../../src/ml/index.ts"
import { packSpec } from "../../../src/runtime/index.ts"
import { modelFolder } from "../../ml/models.ts"
import type { Attempt } from "./attempt.ts"

/** Bytes with one of them altered, cut off or added, at places all over them. */
const changes = (bytes: Uint8Array, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => Math.floor((i * bytes.length) / count)).flatMap((at) => [
    bytes.with(at, bytes[at]! ^ 1),
    bytes.with(at, 255),
    bytes.slice(0, at),
    Uint8Array.of(...bytes.subarray(0, at), 34, ...bytes.subarray(at)),
  ])

const MODELS = ["cancer-tree.onnx", "cancer-boost.lightgbm.txt"]

/** Files of programs, specifications and models that were damaged. */
export const damagedFiles = (): Attempt[] => {
  const inputs = { x: enc(uint(2), [2]) }
  const program = compile(inputs, ({ x }) => x.mul(x).add(1), { name: "damaged" })
  const attempts = (what: string, bytes: Uint8Array, count: number, read: (bytes: Uint8Array) => unknown) =>
    changes(bytes, count).map((changed, i) => ({ label: `${what} ${i}`, run: () => read(changed) }))
  return [
    ...attempts("program", program.toBytes(), 60, loadBytes),
    ...attempts("specification", packSpec(program.spec), 60, readSpec),
    ...MODELS.flatMap((name) =>
      attempts(name, readFileSync(join(modelFolder, name)), 60, (bytes) => importModel(bytes)),
    ),
  ]
}
