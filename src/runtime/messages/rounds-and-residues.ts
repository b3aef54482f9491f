import { RuntimeError } from "../../data/index.ts"
import { SealContext, type SealOptions } from "../seal/seal-context.ts"
import type { ProgramSpec, ResidueSpec } from "../spec/program-spec.ts"

/** One round of a program as a specification of its own. */
export interface Round extends ProgramSpec {
  /** Its number, from 0. */
  readonly round: number
  readonly isLast: boolean
}

/** The rounds of a program; most have one. */
export const roundsOf = (spec: ProgramSpec): readonly Round[] => {
  const { rounds, ...rest } = spec
  if (rounds === undefined) return [{ ...rest, round: 0, isLast: true }]
  return rounds.map((own, round) => ({ ...rest, ...own, round, isLast: round === rounds.length - 1 }))
}

/** A specification for each plaintext modulus; most programs have one. What is in the clear belongs to the first. */
export const residuesOf = (spec: ProgramSpec): readonly ProgramSpec[] => {
  const { residues, ...rest } = spec
  if (residues === undefined) return [spec]
  const placed = {
    inputs: spec.inputs.filter(({ secret }) => secret),
    outputs: spec.outputs.filter(({ placement }) => placement !== null),
  }
  return residues.map((own, i) => ({ ...rest, ...own, ...(i > 0 && placed) }))
}

/** What keys are made for: a program or a module, or either for one of its plaintext moduli. */
export interface KeyedSpec extends Pick<ProgramSpec, "name" | "hash" | "parameters" | "keys"> {
  readonly residues?: readonly Pick<ResidueSpec, "parameters" | "keys">[]
}

/** What keys are made for, for each plaintext modulus. */
export const keyedOf = ({ name, hash, parameters, keys, residues }: KeyedSpec): readonly KeyedSpec[] =>
  (residues ?? [{ parameters, keys }]).map((own) => ({
    name,
    hash,
    parameters: own.parameters,
    keys: own.keys,
  }))

export interface ContextOptions extends SealOptions {
  readonly context?: SealContext
  readonly contexts?: readonly SealContext[]
}

/** Of options that say more, what SEAL is loaded with. */
export const sealOptions = ({ wasmUrl }: SealOptions): SealOptions =>
  wasmUrl === undefined ? {} : { wasmUrl }

/** A context for each plaintext modulus of a program: the caller's, which are checked, or new ones. */
export const contextsFor = async (
  spec: KeyedSpec,
  options: ContextOptions,
): Promise<{ readonly contexts: readonly SealContext[]; readonly ownsContexts: boolean }> => {
  const needed = keyedOf(spec).map(({ parameters }) => parameters)
  const given = options.contexts ?? (options.context && [options.context])
  if (given !== undefined) {
    if (given.length < needed.length) {
      throw new RuntimeError(
        `the program has ${needed.length} plaintext moduli where ${given.length} SEAL contexts are given\n` +
          "give one for each as contexts, or none",
        { code: "wrong-argument" },
      )
    }
    needed.forEach((parameters, i) => {
      given[i]!.checkParameters(parameters)
    })
    return { contexts: given.slice(0, needed.length), ownsContexts: false }
  }
  const contexts: SealContext[] = []
  try {
    for (const parameters of needed) contexts.push(await SealContext.create(parameters, sealOptions(options)))
    return { contexts, ownsContexts: true }
  } catch (error) {
    for (const context of contexts) context.dispose()
    throw error
  }
}
