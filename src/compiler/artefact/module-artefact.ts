import * as v from "valibot"
import { type ModuleChoice, type ModulePart, parseCircuit, printCircuit } from "../../backend/index.ts"
import { RuntimeError, warning } from "../../data/index.ts"
import { parse, print } from "../../ir/index.ts"
import {
  decodeModuleSpec,
  encodeSpec,
  type ModuleSpec,
  packArtefactFile,
  readWith,
  schemas,
  unpackArtefactFile,
  writeCbor,
} from "../../runtime/index.ts"
import type { ModuleParts } from "../module.ts"
import { wiredNames } from "../module-wires.ts"
import { costSchema, deflated, inflated, warningsSchema, withoutPlaces } from "./artefact.ts"

/** The file of a compiled module, both parts. Needs Node's compression. */
export const packModule = (spec: ModuleSpec, { traces, programs, choice }: ModuleParts): Uint8Array => {
  const server = writeCbor({
    functions: Array.from(traces, ([name, { program, warnings }]) => ({
      traced: print(program),
      optimized: print(programs.get(name)!),
      warnings: withoutPlaces(warnings),
    })),
    choice: plainOf(choice),
  })
  return packArtefactFile({ client: encodeSpec(spec), server: deflated(server) })
}

/** Throws RuntimeError for bytes that are no compiled module with a server's part, whole and unaltered. */
export const unpackModule = (
  bytes: Uint8Array,
): { readonly spec: ModuleSpec; readonly parts: ModuleParts } => {
  const { client, server } = unpackArtefactFile(bytes)
  const spec = decodeModuleSpec(client)
  if (server === undefined) {
    throw new RuntimeError(
      "this is the client's part of a compiled module only\nload the file that `save` wrote; for a client use readModuleSpec",
      { code: "wrong-argument" },
    )
  }
  const saved = readWith(serverPart, inflated(server))
  try {
    if (saved.functions.length !== spec.functions.length)
      throw new Error("its two parts have other functions")
    const functions = saved.functions.map((one, f) => ({ ...one, ...spec.functions[f]! }))
    return {
      spec,
      parts: {
        name: spec.name,
        traces: new Map(
          functions.map(({ name, traced, returns, warnings }) => [
            name,
            { program: parse(traced), returns, warnings: warnings.map(warning) },
          ]),
        ),
        programs: new Map(functions.map(({ name, optimized }) => [name, parse(optimized)])),
        wires: spec.wires,
        steps: spec.steps,
        choice: choiceOf(spec, saved.choice),
      },
    }
  } catch (cause) {
    throw new RuntimeError(`the compiled module is damaged: ${(cause as Error).message}`, {
      code: "damaged",
      cause,
    })
  }
}

const { count, keys, layout, list, parameters } = schemas

const choice = v.object({
  parameters,
  layout,
  keys,
  tables: v.picklist(["shallow", "bounded", "balanced", "spread"]),
  functions: list(
    list(v.strictObject({ circuit: v.string(), outputLevels: list(list(count)), costs: list(costSchema) })),
  ),
  forms: list(v.strictObject({ level: count, noise: v.number(), factor: v.nullable(schemas.integer) })),
  budgets: list(v.number()),
  time: v.number(),
  messages: v.number(),
})

const serverPart = v.strictObject({
  functions: list(v.strictObject({ traced: v.string(), optimized: v.string(), warnings: warningsSchema })),
  choice: v.object({ ...choice.entries, residues: v.exactOptional(v.array(choice)) }),
})

type PlainChoice = v.InferOutput<typeof choice> & {
  readonly residues?: readonly v.InferOutput<typeof choice>[]
}

const plainOf = ({ functions, walk, residues, ...rest }: ModuleChoice): object => ({
  ...rest,
  functions: functions.map((rounds) =>
    rounds.map(({ circuit, outputLevels, costs }) => ({
      circuit: printCircuit(circuit),
      outputLevels,
      costs,
    })),
  ),
  forms: walk.forms,
  budgets: walk.budgets,
  ...(residues && { residues: residues.map(plainOf) }),
})

const choiceOf = (spec: ModuleSpec, saved: PlainChoice): ModuleChoice => {
  const { functions, forms, budgets, residues, ...rest } = saved
  if (functions.length !== spec.functions.length) throw new Error("its two parts have other functions")
  return {
    ...rest,
    functions: functions.map((rounds, f) => {
      const { name, replyLevels } = spec.functions[f]!
      const wired = wiredNames(name, spec.wires)
      return rounds.map(
        ({ circuit, ...part }, round): ModulePart => ({
          ...part,
          circuit: parseCircuit(circuit),
          wired: {
            inputs: round === 0 ? wired.inputs : new Set(),
            outputs: round === rounds.length - 1 ? wired.outputs : new Set(),
          },
          ages: round === 0 ? replyLevels.length : 1,
        }),
      )
    }),
    walk: { forms, budgets },
    ...(residues && { residues: residues.map((residue) => choiceOf(spec, residue)) }),
  }
}
