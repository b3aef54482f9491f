import { fail } from "../fail.ts"

/** Above these a file is refused before anything of it is built. */
export const limits = {
  /** Bytes of a file. */
  bytes: 2 ** 27,
  /** Bytes of a file of text: parsed, it takes many times as much memory. */
  textBytes: 2 ** 26,
  /** Operators of an ONNX graph. */
  nodes: 50_000,
  /** Constants of an ONNX graph. */
  tensors: 50_000,
  /** Numbers in all constants of an ONNX graph, those made at import included. */
  constants: 2 ** 26,
  /** Splits and leaves of all trees. */
  treeNodes: 4_000_000,
} as const

const names: Readonly<Record<keyof typeof limits, string>> = {
  bytes: "bytes",
  textBytes: "bytes",
  nodes: "nodes",
  tensors: "tensors",
  constants: "constants",
  treeNodes: "nodes of trees",
}

/** Throws ProgramError when there are more than the limit. */
export const limited = (what: keyof typeof limits, count: number): void => {
  if (count > limits[what]) {
    fail("too-large", `the file has ${count} ${names[what]}, and at most ${limits[what]} are imported`)
  }
}
