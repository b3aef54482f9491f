import * as v from "valibot"
import { RuntimeError } from "../../data/index.ts"
import { checkModuleClear } from "../messages/check-clear.ts"
import { unpackArtefactFile } from "./artefact-file.ts"
import { checkModuleSpec } from "./check-module-spec.ts"
import type { ModuleSpec } from "./module-spec.ts"
import type { ProgramSpec } from "./program-spec.ts"
import {
  checkForm,
  checkSame,
  type ExpectedSpec,
  encodeSpec,
  isModule,
  programSpecOf,
  readExpected,
  readPlain,
  schemas,
} from "./spec-bytes.ts"
import { checkModuleHash } from "./spec-hash.ts"

const { count, hash, input, keys, layout, list, name, output, parameters, returns } = schemas

const levels = list(list(count))

const specification = v.strictObject({
  name,
  hash,
  circuits: hash,
  parameters,
  keys,
  layout,
  steps: v.pipe(count, v.minValue(1), v.maxValue(2 ** 16)),
  functions: v.pipe(
    list(
      v.strictObject({
        name,
        inputs: list(input),
        outputs: list(output),
        returns,
        replyLevels: levels,
        rounds: v.exactOptional(
          list(v.strictObject({ inputs: list(input), outputs: list(output), replyLevels: levels })),
        ),
        residues: v.exactOptional(list(v.strictObject({ replyLevels: levels }))),
      }),
    ),
    v.minLength(1),
  ),
  wires: list(
    v.strictObject({
      from: v.strictObject({ function: name, output: name }),
      to: v.strictObject({ function: name, input: name }),
    }),
  ),
  residues: v.exactOptional(
    v.pipe(v.array(v.strictObject({ parameters, keys })), v.minLength(1), v.maxLength(8)),
  ),
})

/** Throws RuntimeError where it is no specification of a module. */
export const decodeModuleSpec = (bytes: Uint8Array): ModuleSpec => moduleSpecOf(readPlain(bytes), bytes)

const moduleSpecOf = (found: unknown, bytes: Uint8Array): ModuleSpec => {
  if (!isModule(found)) {
    throw new RuntimeError(
      "this is a compiled program, not a module\nread it with load, as a client with readSpec, and connect to it with connect",
      { code: "wrong-argument" },
    )
  }
  const spec: ModuleSpec = checkForm(specification, found)
  checkModuleSpec(spec)
  checkSame(encodeSpec(spec), bytes)
  checkModuleHash(spec)
  return spec
}

/** `readSpec` for a module: the argument of `ModuleClient.create`. */
export const readModuleSpec = (bytes: Uint8Array, expected: ExpectedSpec = {}, ...surplus: []): ModuleSpec =>
  readExpected("readModuleSpec", [bytes, expected, ...surplus], {
    what: "module",
    decode: decodeModuleSpec,
    checkClear: checkModuleClear,
  })

/** What a client needs of a compiled program or module, whichever the bytes are of. */
export const readAnySpec = (bytes: Uint8Array): ProgramSpec | ModuleSpec => {
  const { client } = unpackArtefactFile(bytes)
  const found = readPlain(client)
  return isModule(found) ? moduleSpecOf(found, client) : programSpecOf(found, client)
}

/** Whether a `.lutra` file is that of a module. Throws RuntimeError for what is no such file. */
export const isModuleFile = (bytes: Uint8Array): boolean =>
  isModule(readPlain(unpackArtefactFile(bytes).client))

/** Whether a specification is that of a module. */
export const isModuleSpec = (spec: ProgramSpec | ModuleSpec): spec is ModuleSpec => "functions" in spec
