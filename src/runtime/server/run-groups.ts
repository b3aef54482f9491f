import type { Circuit, Layout } from "../../backend/index.ts"
import type { Values } from "../../data/index.ts"
import { encodeClear } from "../messages/clear-values.ts"
import { groupsOf, named, nameOf, naming } from "../messages/groups.ts"
import type { OnProgress } from "../spec/program-spec.ts"
import { type Engine, inTurns } from "./engine.ts"
import { type ClearResults, clearOutput, runClearPart, sliceGiven } from "./run-clear-part.ts"

/** A run on all groups of samples. */
export interface GroupsJob {
  readonly layout: Layout
  readonly samples: number
  readonly batch: boolean
  /** What is run for each plaintext modulus. */
  readonly circuits: readonly Circuit[]
  /** The saved ciphertexts of a group for one of the moduli: the pieces of all encrypted inputs in order. */
  readonly ciphertexts: (residue: number, group: number) => readonly Uint8Array[]
  /** For one of the moduli, primes that each of these has more than the circuit is made for; none unless told. */
  readonly surplus?: (residue: number) => readonly number[]
  /** The clear inputs of each sample by name. */
  readonly clear: readonly Record<string, Values>[]
  /** Plain operands besides those that the clear part gives, for each sample. */
  readonly given?: ClearResults
  /** The names of the clear outputs in order. */
  readonly clearOutputs: readonly string[]
}

/**
 * The parts of a reply: for each plaintext modulus the saved ciphertexts of each group, after those of the first the clear
 * outputs of all samples, if there are any.
 */
export const runGroups = async (
  engine: Engine,
  job: GroupsJob,
  onProgress: OnProgress | undefined,
): Promise<Uint8Array[]> => {
  const { circuits, clear, clearOutputs, batch, surplus, given = {} } = job
  const groups = groupsOf(job.layout, job.samples)
  const total = groups.length * circuits.reduce((sum, { instructions }) => sum + instructions.length, 0)
  let done = 0
  const onSteps = (count: number, doing: string): void => {
    done += count
    onProgress?.(done, total, doing)
  }
  const results = await inTurns(groups.length * circuits.length, engine.width, async (i, signal) => {
    const residue = Math.floor(i / groups.length)
    const g = i % groups.length
    const group = groups[g]!
    const { from, to } = group
    const circuit = circuits[residue]!
    const computed = naming(batch ? nameOf(group) : undefined, () =>
      runClearPart(circuit, clear.slice(from, to)),
    )
    const operands = { ...clearGiven(circuit, computed), ...sliceGiven(given, from, to) }
    const ciphertexts = job.ciphertexts(residue, g)
    const hooks = { signal, ...(onProgress && { onSteps }) }
    try {
      const blobs = await engine.runGroup(
        { circuit, ciphertexts, ...(surplus && { surplus: surplus(residue) }), given: operands },
        hooks,
      )
      return { blobs, clear: clearRows(clearOutputs, to - from, computed) }
    } catch (error) {
      throw groups.length > 1 ? named(nameOf(group), error) : error
    }
  })
  return circuits.flatMap((_, residue) => {
    const own = results.slice(residue * groups.length, (residue + 1) * groups.length)
    const ciphertexts = own.flatMap(({ blobs }) => blobs)
    if (residue > 0 || clearOutputs.length === 0) return ciphertexts
    return [...ciphertexts, encodeClear(own.flatMap((result) => result.clear))]
  })
}

/** The results of the clear part that the encrypted part reads. */
const clearGiven = ({ given }: Circuit, results: ClearResults): ClearResults =>
  Object.fromEntries(
    given.flatMap(({ name, mask }) => (mask === undefined ? [[name, clearOutput(results, name)]] : [])),
  )

/** The clear outputs of each sample of a group. */
const clearRows = (names: readonly string[], samples: number, results: ClearResults): Values[][] => {
  if (names.length === 0) return []
  const columns = names.map((name) => clearOutput(results, name))
  return Array.from({ length: samples }, (_, lane) => columns.map((column) => column[lane]!))
}
