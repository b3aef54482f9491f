import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import { type Choice, partsOf, printCircuit } from "../backend/index.ts"
import { type ProgramSpec, type UnhashedSpec, withHash } from "../runtime/index.ts"
import type { Traced } from "./compiled.ts"

/** What a client needs to know of what was chosen for a program, under the hash of all of it. */
export const specOf = (choice: Choice, { returns, rows }: Traced): ProgramSpec => {
  const { circuit, parameters, keys, outputLevels, rounds, residues } = choice
  const spec: UnhashedSpec = {
    name: circuit.name,
    circuit: circuitsHash(partsOf(choice)),
    parameters,
    keys,
    layout: circuit.layout,
    inputs: circuit.inputs,
    outputs: circuit.outputs,
    replyLevels: outputLevels,
    returns,
    ...(rows && { rows }),
  }
  if (residues !== undefined) {
    const own = residues.map((one) => ({
      parameters: one.parameters,
      keys: one.keys,
      replyLevels: one.outputLevels,
    }))
    return withHash({ ...spec, residues: own })
  }
  if (rounds === undefined) return withHash(spec)
  const own = rounds.map((one, round) => ({
    layout: one.circuit.layout,
    // Clear inputs are sent with the first request and kept.
    inputs: one.circuit.inputs.filter(({ secret }) => round === 0 || secret),
    outputs: one.circuit.outputs,
    replyLevels: one.outputLevels,
  }))
  return withHash({ ...spec, outputs: own.at(-1)!.outputs, rounds: own })
}

/** SHA-256 of the texts of circuits with all constants, and of the parameters of each, 64 hex digits. */
export const circuitsHash = (parts: readonly Pick<Choice, "circuit" | "parameters">[]): string =>
  bytesToHex(sha256(new TextEncoder().encode(parts.map(textOf).join("\n"))))

/** The circuit and parameters of one part, as one text. */
const textOf = ({ circuit, parameters }: Pick<Choice, "circuit" | "parameters">): string => {
  const { scheme, n, t, primes, security } = parameters
  return `${scheme} n=${n} t=${t} primes=${primes} security=${security}\n${printCircuit(circuit)}`
}
