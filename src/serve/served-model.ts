import { createHash } from "node:crypto"
import { loadAnyBytes } from "../compiler/index.ts"
import { checkArguments, checkOptions, form, forms, type OptionForms, RuntimeError } from "../data/index.ts"
import {
  DEFAULT_MAX_GROUPS,
  isModuleSpec,
  type MessageFrames,
  type ModuleSpec,
  messageFrames,
  moduleFrames,
  type ProgramSpec,
  packSpec,
} from "../runtime/index.ts"

/** A compiled program or module to serve: the bytes of a `.lutra` file, or what `compile`, `compileModule` and `load` return. */
export type ModelSource = Uint8Array | { toBytes(): Uint8Array }

/** A program as a service knows it. Only workers hold its circuits. */
export interface ServedModel {
  /** What it is called in the paths of the HTTP interface. */
  readonly name: string
  readonly spec: ProgramSpec | ModuleSpec
  /** The whole compiled program, in memory that worker threads share. */
  readonly program: Uint8Array
  /** What clients get: nothing of the program's constants. */
  readonly clientPart: Uint8Array
  /** SHA-256 of the clients' part, as hexadecimal digits: programs of one hash may be written in several ways. */
  readonly clientHash: string
  readonly frames: MessageFrames
  /** Whether its requests belong to runs of several rounds, between which a worker remembers masks. */
  readonly isInRounds: boolean
}

/** Programs by name, for whoever checks what they are given. */
export const modelsForm = form<ReadonlyMap<string, ServedModel>>(
  "a Map that modelsByName gives",
  (value) => value instanceof Map,
)

/** Any name that needs no escape in a path. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/

/** Throws RuntimeError for bytes that are no compiled program, and for a name that cannot stand in a path. */
export const serveModel = (options: ModelOptions, ...surplus: []): ServedModel => {
  checkArguments("serveModel", [options, ...surplus], { options: forms.object }, RuntimeError)
  checkOptions("serveModel", options, optionForms, RuntimeError)
  checkArguments("serveModel", [options.source], { source: optionForms.source }, RuntimeError)
  const { source, maxGroups = DEFAULT_MAX_GROUPS } = options
  const bytes = source instanceof Uint8Array ? source : source.toBytes()
  const { spec } = loadAnyBytes(bytes)
  const name = options.name ?? spec.name
  if (!NAME.test(name)) {
    throw new RuntimeError(
      `${JSON.stringify(name)} cannot be the name of a served model\n` +
        "give it one of letters, digits, _ . and -, as NAME=FILE on the command line",
      { code: "wrong-argument" },
    )
  }
  const program = new Uint8Array(new SharedArrayBuffer(bytes.length))
  program.set(bytes)
  const clientPart = packSpec(spec)
  return {
    name,
    spec,
    program,
    clientPart,
    clientHash: createHash("sha256").update(clientPart).digest("hex"),
    frames: isModuleSpec(spec) ? moduleFrames(spec, maxGroups) : messageFrames(spec, maxGroups),
    isInRounds: isModuleSpec(spec)
      ? spec.functions.some(({ rounds }) => rounds !== undefined)
      : spec.rounds !== undefined,
  }
}

export interface ModelOptions {
  readonly source: ModelSource
  /** The program's own name unless given. */
  readonly name?: string
  /** Most groups of samples in one request; 64 unless given. Each takes a run of its own. */
  readonly maxGroups?: number
}

const optionForms: OptionForms<ModelOptions> = {
  source: form("a compiled program or the bytes of its file", (value) => isSource(value)),
  name: forms.text,
  maxGroups: forms.positive,
}

const isSource = (value: unknown): boolean =>
  value instanceof Uint8Array || (typeof value === "object" && value !== null && "toBytes" in value)

/** The models by name. Throws RuntimeError when two have the same, or there are none. */
export const modelsByName = (models: readonly ServedModel[]): ReadonlyMap<string, ServedModel> => {
  if (models.length === 0)
    throw new RuntimeError("there is no model to serve\ngive at least one", { code: "wrong-argument" })
  const byName = new Map<string, ServedModel>()
  for (const model of models) {
    if (byName.has(model.name)) {
      throw new RuntimeError(
        `two models are called ${model.name}\ngive one of them another name, as NAME=FILE on the command line`,
        { code: "wrong-argument" },
      )
    }
    byName.set(model.name, model)
  }
  return byName
}
