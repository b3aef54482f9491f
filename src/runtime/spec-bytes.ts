import { decode, encode } from "cborg"
import * as v from "valibot"
import { RuntimeError } from "../data/index.ts"
import { packArtefactFile, unpackArtefactFile } from "./artefact-file.ts"
import type { ProgramSpec } from "./program-spec.ts"

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const integer = v.union([
  v.pipe(
    v.number(),
    v.safeInteger(),
    v.transform((number: number) => BigInt(number)),
  ),
  v.bigint(),
])
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

const parameters = v.strictObject({
  scheme: v.picklist(["bfv", "bgv"]),
  n: v.picklist([4096, 8192, 16384, 32768]),
  t: integer,
  primes: v.pipe(v.array(v.pipe(count, v.maxValue(60))), v.minLength(2), v.maxLength(64)),
  security: v.picklist([128, 192, 256]),
})

const keys = v.strictObject({ relinearization: v.boolean(), rotations: v.array(count) })
const layout = v.strictObject({ n: count, ring: count })
const placement = v.nullable(v.strictObject({ length: count, period: count, block: v.exactOptional(count) }))
const value = {
  name: v.string(),
  secret: v.boolean(),
  lo: integer,
  hi: integer,
  shape: v.array(count),
  placement,
}

const input = v.strictObject({
  ...value,
  encoding: v.exactOptional(v.strictObject({ base: count, digits: count })),
})
const output = v.strictObject({ ...value, pieces: v.array(count) })

const round = { hash, layout, inputs: v.array(input), outputs: v.array(output), replyLevels: v.array(count) }

const specification = v.strictObject({
  name: v.string(),
  parameters,
  keys,
  ...round,
  returns: v.picklist(["single", "array", "record"]),
  rounds: v.exactOptional(v.array(v.strictObject(round))),
  residues: v.exactOptional(v.array(v.strictObject({ parameters, keys, replyLevels: v.array(count) }))),
})

/** What a client needs of a compiled program, as the first part of a `.lutra` file. */
export const encodeSpec = (spec: ProgramSpec): Uint8Array => encode(spec)

/** Throws RuntimeError where it is no specification. */
export const decodeSpec = (bytes: Uint8Array): ProgramSpec => readWith(specification, bytes)

/** The client's part of a `.lutra` file as a file of its own, which tells nothing of the program's constants. */
export const packSpec = (spec: ProgramSpec): Uint8Array =>
  packArtefactFile({ client: encodeSpec(spec), server: undefined })

/**
 * What a client needs, out of a `.lutra` file with or without the server's part: the argument of `Client.create`.
 * Throws RuntimeError for bytes that are no compiled program of this version, whole and unaltered.
 */
export const readSpec = (bytes: Uint8Array): ProgramSpec => decodeSpec(unpackArtefactFile(bytes).client)

/** The schemas that the server's part is made of too. */
export const schemas = { count, integer, keys, parameters }

/** CBOR of a form. Throws RuntimeError, naming the place, where it has another. */
export const readWith = <S extends v.GenericSchema>(schema: S, bytes: Uint8Array): v.InferOutput<S> => {
  let found: unknown
  try {
    found = decode(bytes, { strict: true, rejectDuplicateMapKeys: true })
  } catch (cause) {
    throw new RuntimeError("the compiled program is damaged: its content cannot be read", { cause })
  }
  const { success, output: read, issues } = v.safeParse(schema, found)
  if (success) return read
  const [issue] = issues
  throw new RuntimeError(`the compiled program is damaged: ${v.getDotPath(issue) ?? "it"}: ${issue.message}`)
}
