import type { ModuleChoice, ModulePart } from "../backend/index.ts"
import { type FunctionSpec, type ModuleSpec, withModuleHash } from "../runtime/index.ts"
import type { ModuleParts } from "./module.ts"
import { circuitsHash } from "./program-spec-of.ts"

/** What is chosen for each plaintext modulus of a module; most have one. */
export const residuesOf = (choice: ModuleChoice): readonly ModuleChoice[] => choice.residues ?? [choice]

/** What a client needs to know of what was chosen for a module, under the hash of all of it. */
export const moduleSpecOf = ({ name, traces, programs, wires, steps, choice }: ModuleParts): ModuleSpec => {
  const { parameters, keys, layout, residues } = choice
  const functions = Array.from(programs.keys(), (fn, f): FunctionSpec => {
    const [first, ...others] = residuesOf(choice).map((residue) => residue.functions[f]!)
    const last = first!.at(-1)!
    return {
      name: fn,
      inputs: first![0]!.circuit.inputs,
      outputs: last.circuit.outputs,
      returns: traces.get(fn)!.returns,
      replyLevels: first![0]!.outputLevels,
      ...(first!.length > 1 && { rounds: first!.map(roundOf) }),
      ...(residues && {
        residues: [first!, ...others].map(([one]) => ({ replyLevels: one!.outputLevels })),
      }),
    }
  })
  const all = residuesOf(choice).flatMap(({ functions, parameters }) =>
    functions.flat().map(({ circuit }) => ({ circuit, parameters })),
  )
  return withModuleHash({
    name,
    circuits: circuitsHash(all),
    parameters,
    keys,
    layout,
    steps,
    functions,
    wires,
    ...(residues && { residues: residues.map(({ parameters, keys }) => ({ parameters, keys })) }),
  })
}

const roundOf = (
  { circuit, outputLevels }: ModulePart,
  round: number,
): NonNullable<FunctionSpec["rounds"]>[number] => ({
  // Clear inputs are sent with the first request and kept.
  inputs: circuit.inputs.filter(({ secret }) => round === 0 || secret),
  outputs: circuit.outputs,
  replyLevels: outputLevels,
})
