import * as v from "valibot"
import { checkArity, checkOptions, forms, RuntimeError, sizeOf } from "../../data/index.ts"
import { checkClear } from "../messages/check-clear.ts"
import { packArtefactFile, unpackArtefactFile } from "./artefact-file.ts"
import { readCbor, writeCbor } from "./cbor.ts"
import { checkSpec } from "./check-spec.ts"
import type { ModuleSpec } from "./module-spec.ts"
import type { ProgramSpec } from "./program-spec.ts"
import { checkRows, rowCodec } from "./row-codec-schema.ts"
import { hasOwnHash } from "./spec-hash.ts"

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const integer = v.union([
  v.pipe(
    v.number(),
    v.safeInteger(),
    v.transform((number: number) => BigInt(number)),
  ),
  v.bigint(),
])
/** Bounds beyond 1024 bits are no program's. */
const FURTHEST = 2n ** 1024n
const bound = v.pipe(integer, v.minValue(-FURTHEST), v.maxValue(FURTHEST))
const name = v.pipe(v.string(), v.maxLength(1000))
const list = <S extends v.GenericSchema>(schema: S) => v.pipe(v.array(schema), v.maxLength(2 ** 16))
const shape = v.pipe(
  v.array(count),
  v.maxLength(64),
  v.check((extents) => sizeOf(extents) <= 2 ** 26, "more elements than any tensor has"),
)
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

const parameters = v.strictObject({
  scheme: v.picklist(["bfv", "bgv"]),
  n: v.picklist([4096, 8192, 16384, 32768]),
  t: v.pipe(integer, v.minValue(2n), v.maxValue(2n ** 60n)),
  primes: v.pipe(v.array(v.pipe(count, v.minValue(2), v.maxValue(60))), v.minLength(2), v.maxLength(64)),
  security: v.picklist([128, 192, 256]),
})

const keys = v.strictObject({ relinearization: v.boolean(), rotations: list(count) })
const layout = v.strictObject({ n: count, ring: count })
const placement = v.nullable(v.strictObject({ length: count, period: count, block: v.exactOptional(count) }))
const value = {
  name,
  secret: v.boolean(),
  lo: bound,
  hi: bound,
  shape,
  placement,
}

const input = v.strictObject({
  ...value,
  encoding: v.exactOptional(
    v.union([
      v.strictObject({ base: count, digits: count }),
      v.strictObject({ symbols: count, stride: count }),
    ]),
  ),
})
const output = v.strictObject({ ...value, pieces: list(count) })

const round = { hash, layout, inputs: list(input), outputs: list(output), replyLevels: list(count) }

const returns = v.picklist(["single", "array", "record"])

const specification = v.strictObject({
  name,
  circuit: hash,
  parameters,
  keys,
  ...round,
  returns,
  rounds: v.exactOptional(v.pipe(list(v.strictObject(round)), v.minLength(1))),
  residues: v.exactOptional(
    v.pipe(
      v.array(v.strictObject({ parameters, keys, replyLevels: list(count) })),
      v.minLength(1),
      v.maxLength(8),
    ),
  ),
  rows: v.exactOptional(rowCodec),
})

/** What a client needs of a compiled program or module, as the first part of a `.lutra` file. */
export const encodeSpec = (spec: ProgramSpec | ModuleSpec): Uint8Array => writeCbor(spec)

/** Throws RuntimeError where it is no specification of a program. */
export const decodeSpec = (bytes: Uint8Array): ProgramSpec => programSpecOf(readPlain(bytes), bytes)

/** `decodeSpec` of bytes that hold this. */
export const programSpecOf = (found: unknown, bytes: Uint8Array): ProgramSpec => {
  if (isModule(found)) {
    throw new RuntimeError(
      "this is a module of several functions, not a compiled program\nread it with loadModule, as a client with readModuleSpec, and connect to it with connectModule",
      { code: "wrong-argument" },
    )
  }
  const spec: ProgramSpec = checkForm(specification, found)
  checkSpec(spec)
  checkRows(spec)
  checkSame(encodeSpec(spec), bytes)
  if (!hasOwnHash(spec)) {
    throw new RuntimeError(
      "the compiled program is damaged: its hash is not that of what its client's part says\n" +
        "if it came from a server, do not send that server anything until you know why",
      { code: "damaged" },
    )
  }
  return spec
}

/** Whether what a client's part holds is a module, whatever else it says. */
export const isModule = (found: unknown): boolean =>
  typeof found === "object" && found !== null && "functions" in found

/** Throws RuntimeError unless what was read is written in the same bytes. */
export const checkSame = (own: Uint8Array, bytes: Uint8Array): void => {
  if (own.length === bytes.length && own.every((byte, i) => byte === bytes[i])) return
  throw new RuntimeError(
    "the compiled program is damaged: its client's part is not written as `save` writes it",
    { code: "damaged" },
  )
}

/** The client's part of a `.lutra` file as a file of its own, which tells nothing of the program's constants. */
export const packSpec = (spec: ProgramSpec | ModuleSpec): Uint8Array =>
  packArtefactFile({ client: encodeSpec(spec), server: undefined })

/** What is known of a specification beforehand, when its bytes come from somebody who is not trusted with the inputs. */
export interface ExpectedSpec {
  /** The hash of the program, 64 hex digits, which covers all that a specification says. */
  readonly hash?: string
  /** The inputs that may travel in the clear. */
  readonly clear?: readonly string[]
}

/**
 * What a client needs, out of a `.lutra` file with or without the server's part: the argument of `Client.create`. Throws
 * RuntimeError for bytes that are no compiled program of this version, whole and unaltered, and that are not as expected. Nothing
 * is expected of the bytes of one's own; to bytes of a server give `hash`, or `clear` at least, which may be empty.
 */
export const readSpec = (bytes: Uint8Array, expected: ExpectedSpec = {}, ...surplus: []): ProgramSpec =>
  readExpected("readSpec", [bytes, expected, ...surplus], {
    what: "program",
    decode: decodeSpec,
    checkClear,
  })

/** How the client's part of a program or of a module is read. */
interface Reading<S> {
  readonly what: "program" | "module"
  readonly decode: (client: Uint8Array) => S
  readonly checkClear: (spec: S, clear: readonly string[], from: string) => void
}

/** A specification that is as expected. Throws RuntimeError, naming the function that was called, for wrong arguments too. */
export const readExpected = <S extends ProgramSpec | ModuleSpec>(
  name: string,
  args: readonly [bytes: Uint8Array, expected: ExpectedSpec, ...surplus: []],
  { what, decode, checkClear }: Reading<S>,
): S => {
  const [bytes, expected] = args
  checkArity(name, args, 2, RuntimeError)
  checkOptions<ExpectedSpec>(name, expected, { hash: forms.text, clear: forms.list }, RuntimeError)
  const { hash, clear } = expected
  const spec = decode(unpackArtefactFile(bytes).client)
  if (hash !== undefined && hash !== spec.hash) {
    throw new RuntimeError(`this is a ${what} with hash ${spec.hash}, and ${hash} is expected`, {
      code: "unexpected-program",
    })
  }
  if (clear !== undefined) checkClear(spec, clear, `the compiled ${what}`)
  return spec
}

/** The schemas that modules and the server's part are made of too. */
export const schemas = { count, hash, input, integer, keys, layout, list, name, output, parameters, returns }

/** What a part of a `.lutra` file holds. Throws RuntimeError for bytes that are no CBOR. */
export const readPlain = (bytes: Uint8Array): unknown => {
  try {
    return readCbor(bytes)
  } catch (cause) {
    throw new RuntimeError("the compiled program is damaged: its content cannot be read", {
      code: "damaged",
      cause,
    })
  }
}

/** What was read, when it has this form. Throws RuntimeError, naming the place, where it has another. */
export const checkForm = <S extends v.GenericSchema>(schema: S, found: unknown): v.InferOutput<S> => {
  const { success, output: read, issues } = v.safeParse(schema, found)
  if (success) return read
  const [issue] = issues
  throw new RuntimeError(
    `the compiled program is damaged: ${v.getDotPath(issue) ?? "it"}: ${issue.message}`,
    { code: "damaged" },
  )
}

/** CBOR of a form. Throws RuntimeError where the bytes are none. */
export const readWith = <S extends v.GenericSchema>(schema: S, bytes: Uint8Array): v.InferOutput<S> =>
  checkForm(schema, readPlain(bytes))
