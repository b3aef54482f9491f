import * as v from "valibot"
import { type Choice, parseCircuit, printCircuit } from "../../backend/index.ts"
import { RuntimeError, WARNING_CODES, type Warning, warning } from "../../data/index.ts"
import { type Node, nodesOf, type Program, parse, print } from "../../ir/index.ts"
import {
  decodeSpec,
  encodeSpec,
  type ProgramSpec,
  packArtefactFile,
  readWith,
  schemas,
  unpackArtefactFile,
  writeCbor,
} from "../../runtime/index.ts"

/** A compiled program as it is kept in a `.lutra` file. */
export interface Saved {
  readonly spec: ProgramSpec
  readonly traced: Program
  readonly optimized: Program
  readonly choice: Choice
  readonly warnings: readonly Warning[]
}

/** The most bytes that so many compressed ones may become: no more than a long text, and not out of proportion. */
const mostBytes = (compressed: number): number => Math.min(2 ** 29, Math.max(2 ** 20, 100 * compressed))

/** The file of a compiled program, both parts. Needs Node's compression. */
export const packArtefact = ({ spec, traced, optimized, choice, warnings }: Saved): Uint8Array => {
  const nodes = nodesOf(optimized)
  const server = writeCbor({
    traced: print(traced),
    optimized: print(optimized),
    choice: plainOf(choice, nodes),
    ...(warnings.length > 0 && { warnings: withoutPlaces(warnings) }),
  })
  return packArtefactFile({ client: encodeSpec(spec), server: deflated(server) })
}

/** Throws RuntimeError for bytes that are no compiled program with a server's part, whole and unaltered. */
export const unpackArtefact = (bytes: Uint8Array): Saved => {
  const { client, server } = unpackArtefactFile(bytes)
  if (server === undefined) {
    throw new RuntimeError(
      "this is the client's part of a compiled program only\nload the file that `save` wrote; for a client use readSpec",
      { code: "wrong-argument" },
    )
  }
  const spec = decodeSpec(client)
  const saved = readWith(serverPart, inflated(server))
  try {
    const optimized = parse(saved.optimized)
    return {
      spec,
      traced: parse(saved.traced),
      optimized,
      choice: choiceOf(saved.choice, nodesOf(optimized)),
      warnings: (saved.warnings ?? []).map(warning),
    }
  } catch (cause) {
    throw new RuntimeError(`the compiled program is damaged: ${(cause as Error).message}`, {
      code: "damaged",
      cause,
    })
  }
}

/** Warnings without their places, which tell of the files of whoever compiled it. */
export const withoutPlaces = (warnings: readonly Warning[]): object[] =>
  warnings.map(({ where: _, ...rest }) => rest)

type PlainChoice = Omit<Choice, "circuit" | "spread" | "rounds" | "residues"> & {
  readonly circuit: string
  /** Numbers of nodes of the optimized program. */
  readonly spread: readonly number[]
  readonly rounds?: readonly PlainChoice[]
  readonly residues?: readonly PlainChoice[]
}

const { count, keys, parameters } = schemas

export const costSchema = v.strictObject({
  counts: v.strictObject({
    products: count,
    relinearizations: count,
    rotations: count,
    plainProducts: count,
    scalarProducts: count,
    additions: count,
    levelDrops: count,
  }),
  time: v.number(),
})

const part = v.object({
  circuit: v.string(),
  parameters,
  keys,
  cost: costSchema,
  messages: v.number(),
  tables: v.picklist(["shallow", "bounded", "balanced", "spread"]),
  spread: v.array(count),
  budget: v.number(),
  outputLevels: v.array(count),
})

export const warningsSchema = v.array(
  v.strictObject({
    code: v.picklist(WARNING_CODES),
    message: v.string(),
    input: v.exactOptional(v.string()),
    function: v.exactOptional(v.string()),
  }),
)

const serverPart = v.strictObject({
  traced: v.string(),
  optimized: v.string(),
  choice: v.object({
    ...part.entries,
    rounds: v.exactOptional(v.array(part)),
    residues: v.exactOptional(v.array(part)),
  }),
  warnings: v.exactOptional(warningsSchema),
})

const plainOf = (
  { circuit, spread, rounds, residues, ...rest }: Choice,
  nodes: readonly Node[],
): PlainChoice => ({
  ...rest,
  circuit: printCircuit(circuit),
  spread: nodes.flatMap((node, i) => (spread.has(node) ? [i] : [])),
  ...(rounds && { rounds: rounds.map((one) => plainOf(one, nodes)) }),
  ...(residues && { residues: residues.map((one) => plainOf(one, nodes)) }),
})

const choiceOf = (
  { circuit, spread, rounds, residues, ...rest }: PlainChoice,
  nodes: readonly Node[],
): Choice => ({
  ...rest,
  circuit: parseCircuit(circuit),
  spread: new Set(spread.flatMap((i) => nodes[i] ?? [])),
  ...(rounds && { rounds: rounds.map((one) => choiceOf(one, nodes)) }),
  ...(residues && { residues: residues.map((one) => choiceOf(one, nodes)) }),
})

/** Compressed, unless it would be by more than a reader believes. */
export const deflated = (bytes: Uint8Array): Uint8Array => {
  const { deflateRawSync } = compression()
  const compressed = deflateRawSync(bytes)
  return bytes.length <= mostBytes(compressed.length) ? compressed : deflateRawSync(bytes, { level: 0 })
}

export const inflated = (bytes: Uint8Array): Uint8Array => {
  try {
    return compression().inflateRawSync(bytes, { maxOutputLength: mostBytes(bytes.length) })
  } catch (cause) {
    throw new RuntimeError("the compiled program is damaged: its server's part cannot be unpacked", {
      code: "damaged",
      cause,
    })
  }
}

const compression = () => {
  const zlib = globalThis.process?.getBuiltinModule?.("node:zlib")
  if (zlib === undefined)
    throw new RuntimeError("programs are saved and loaded in Node; a client in a browser takes readSpec", {
      code: "platform",
    })
  return zlib
}
