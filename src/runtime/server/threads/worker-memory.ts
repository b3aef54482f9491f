import { type Circuit, ciphertextBytes, expandedKeyBytes } from "../../../backend/index.ts"
import type { ProgramSpec } from "../../spec/program-spec.ts"

/**
 * About the bytes that one worker takes for a circuit, rather too many: its thread and SEAL, the tables of the context,
 * the expanded keys, the ciphertexts alive at the widest point in both forms, and the constants that it may keep.
 */
export const estimateWorkerBytes = (
  { parameters, keys }: Pick<ProgramSpec, "parameters" | "keys">,
  circuit: Pick<Circuit, "instructions">,
  cacheBytes: number,
): number => {
  const { n } = parameters
  const primes = parameters.primes.length
  const context = TABLE_BYTES * n * primes * primes
  // The saved half is read, twice over, beside the whole that is made of it.
  const ownKeys = 2 * expandedKeyBytes(keys, parameters)
  const ciphertexts = 2 * mostAlive(circuit) * ciphertextBytes(n, primes - 1)
  const constants = Math.min(cacheBytes, distinctConstants(circuit) * 8 * n * primes)
  return THREAD_BYTES + context + ownKeys + ciphertexts + constants
}

/** V8's heap of a thread with the code of the runtime and of SEAL. */
const THREAD_BYTES = 64 * 2 ** 20
/** SEAL keeps tables for the transforms of each prime at each level, and for the changes of basis. */
const TABLE_BYTES = 64

const mostAlive = ({ instructions }: Pick<Circuit, "instructions">): number => {
  let alive = 0
  let most = 0
  for (const { op } of instructions) {
    alive += op === "free" ? -1 : 1
    most = Math.max(most, alive)
  }
  return most
}

const distinctConstants = ({ instructions }: Pick<Circuit, "instructions">): number => {
  const constants = new Set<unknown>()
  for (const instruction of instructions) {
    if ("plain" in instruction && instruction.plain.kind === "ring") constants.add(instruction.plain.values)
  }
  return constants.size
}
