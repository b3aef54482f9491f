import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import type { NodeCase, RecordedTensor } from "./node-case.ts"

interface Recording {
  readonly releases: readonly string[]
  readonly tensors: readonly RecordedTensor[]
  readonly cases: readonly (Omit<NodeCase, "inputs" | "outputs"> & {
    readonly inputs?: readonly number[]
    readonly outputs?: readonly number[]
  })[]
}

/** The recorded tests with their tensors; those of operators that are refused have models only. */
export const readCases = (): { readonly complete: NodeCase[]; readonly modelsOnly: NodeCase[] } => {
  const bytes = readFileSync(join(import.meta.dirname, "node-tests.json.gz"))
  const { tensors, cases } = JSON.parse(gunzipSync(bytes).toString()) as Recording
  const filled = cases.map(({ inputs, outputs, ...rest }) => ({
    ...rest,
    inputs: (inputs ?? []).map((i) => tensors[i]!),
    outputs: (outputs ?? []).map((i) => tensors[i]!),
    isComplete: inputs !== undefined,
  }))
  return {
    complete: filled.filter(({ isComplete }) => isComplete),
    modelsOnly: filled.filter(({ isComplete }) => !isComplete),
  }
}
