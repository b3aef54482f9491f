import { lanesOf, type Placement, piecesOf } from "../backend/layout.ts"
import { RuntimeError, type Specification } from "../data/index.ts"
import { clearBytes } from "./clear-values.ts"
import { groupCount, MAX_GROUPS } from "./groups.ts"
import type { LevelIds } from "./messages.ts"
import { type FunctionSpec, functionOf, type ModuleSpec } from "./module-spec.ts"
import {
  ciphertextFormat,
  relinearizationKeyFormat,
  rotationKeysFormat,
  secretKeyFormat,
} from "./seal-format.ts"
import { kindOf, type MessageRules, packMessage, unpackMessage } from "./wire.ts"

/** What the first blob of a message of a module says: which inputs of a function it holds, or which reply it is. */
export type Label =
  | { readonly kind: "request"; readonly function: string; readonly inputs: readonly string[] }
  | {
      readonly kind: "reply"
      readonly function: string
      /** Functions that the values have been through, this one included. */
      readonly age: number
    }

/** A request or a reply, checked. */
export interface ModuleMessage {
  readonly label: Label
  readonly samples: number
  readonly batch: boolean
  /** The encrypted inputs or outputs that it holds, with the data primes left of each of their pieces. */
  readonly vectors: readonly MessageVector[]
  /** The clear inputs or outputs that it holds, and their bytes. */
  readonly clear: readonly NamedSpecification[]
  readonly clearBlob: Uint8Array | undefined
  /** The ciphertexts of one vector for one group of samples. */
  pieces(name: string, group: number): readonly Uint8Array[]
}

export interface MessageVector extends NamedSpecification {
  readonly placement: Placement
  readonly levels: readonly number[]
}

interface NamedSpecification extends Specification {
  readonly name: string
}

export const packModuleMessage = (
  spec: ModuleSpec,
  label: Label,
  content: { samples: number; batch: boolean; blobs: readonly Uint8Array[] },
): Uint8Array =>
  packMessage(label.kind, spec.hash, { ...content, blobs: [encodeLabel(label), ...content.blobs] })

/**
 * The content of a request or a reply, after the checks of `unpackMessage`: that it belongs to this module, is whole and
 * unaltered, and that each ciphertext has the level and form that values of its age have. Throws RuntimeError otherwise.
 */
export const unpackModuleMessage = (
  spec: ModuleSpec,
  bytes: Uint8Array,
  ids: LevelIds,
  kinds: readonly Label["kind"][],
  maxGroups = MAX_GROUPS,
): ModuleMessage => {
  const claimed = kindOf(bytes)
  const kind = kinds.find((each) => each === claimed) ?? kinds[0]!
  const { samples, batch, blobs } = unpackMessage(bytes, messageRules(spec, ids, kind, maxGroups))
  const label = decodeLabel(spec, kind, blobs[0]!)
  const { vectors, clear } = contentOf(spec, label)
  const first = new Map<string, number>()
  const perGroup = vectors.reduce((next, { name, levels }) => {
    first.set(name, next)
    return next + levels.length
  }, 0)
  const pieces = (name: string, group: number) => {
    const { levels } = vectors.find((vector) => vector.name === name)!
    const from = 1 + group * perGroup + first.get(name)!
    return blobs.slice(from, from + levels.length)
  }
  const clearBlob = clear.length === 0 ? undefined : blobs.at(-1)
  return { label, samples, batch, vectors, clear, clearBlob, pieces }
}

export const moduleEvaluationKeyRules = (
  { hash, parameters, keys }: ModuleSpec,
  ids: LevelIds,
): MessageRules => {
  const { n, primes } = parameters
  const formats = [
    ...(keys.relinearization ? [relinearizationKeyFormat(n, primes.length, ids.key)] : []),
    ...(keys.rotations.length > 0 ? [rotationKeysFormat(n, primes.length, ids.key, keys.rotations)] : []),
  ]
  return { kind: "set of evaluation keys", hash, mostSamples: 1, blobs: () => formats }
}

export const moduleSecretKeyRules = ({ hash, parameters }: ModuleSpec, ids: LevelIds): MessageRules => {
  const format = secretKeyFormat(parameters.n, parameters.primes.length, ids.key)
  return { kind: "secret key", hash, mostSamples: 1, blobs: () => [format] }
}

/** The label, for each group of samples the pieces of all vectors, then the clear values of all samples, if there are any. */
const messageRules = (
  spec: ModuleSpec,
  ids: LevelIds,
  kind: Label["kind"],
  maxGroups: number,
): MessageRules => {
  const { n } = spec.parameters
  const isBgv = spec.parameters.scheme === "bgv"
  const seeded = kind === "request"
  return {
    kind,
    hash: spec.hash,
    mostSamples: lanesOf(spec.layout) * Math.min(maxGroups, MAX_GROUPS),
    blobs: (samples, first = new Uint8Array()) => {
      const { vectors, clear } = contentOf(spec, decodeLabel(spec, kind, first))
      const pieces = vectors.flatMap(({ levels }) =>
        levels.map((primes) => {
          const fresh = seeded || !isBgv
          return ciphertextFormat({ n, primes, level: ids.data(primes), ntt: isBgv, seeded, fresh })
        }),
      )
      const groups = Array.from({ length: groupCount(spec.layout, samples) }, () => pieces).flat()
      const rest = clear.length === 0 ? [] : [{ atMost: clearBytes(clear, samples) }]
      return [{ atMost: LABEL_BYTES }, ...groups, ...rest]
    },
  }
}

const contentOf = (
  spec: ModuleSpec,
  label: Label,
): { vectors: readonly MessageVector[]; clear: readonly NamedSpecification[] } => {
  const { inputs, outputs, replyLevels } = functionOf(spec, label.function)
  if (label.kind === "request") {
    const sent = inputs.filter(({ name }) => label.inputs.includes(name))
    const fresh = spec.parameters.primes.length - 1
    const vectors = sent.flatMap((input) => {
      if (input.placement === null) return []
      const pieces = piecesOf(spec.layout, input.placement.length)
      return [{ ...input, placement: input.placement, levels: new Array<number>(pieces).fill(fresh) }]
    })
    return { vectors, clear: sent.filter(({ placement }) => placement === null) }
  }
  const levels = replyLevels[label.age - 1]!
  let next = 0
  const vectors = outputs.flatMap(({ placement, pieces, ...output }) => {
    if (placement === null) return []
    const from = next
    next += pieces.length
    return [{ ...output, placement, levels: levels.slice(from, next) }]
  })
  return { vectors, clear: outputs.filter(({ placement }) => placement === null) }
}

/** A label has names of a function and its inputs only. */
const LABEL_BYTES = 2 ** 16

const encodeLabel = (label: Label): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify(
      label.kind === "request"
        ? { function: label.function, inputs: label.inputs }
        : { function: label.function, age: label.age },
    ),
  )

/** Reads what `encodeLabel` made. Throws RuntimeError unless it is of a function of this module. */
const decodeLabel = (spec: ModuleSpec, kind: Label["kind"], bytes: Uint8Array): Label => {
  const label = parseLabel(kind, bytes)
  const isWhole =
    label !== undefined &&
    isLabel(functionOf(spec, label.function), label) &&
    sameBytes(encodeLabel(label), bytes)
  if (isWhole) return label
  throw new RuntimeError(
    `the ${kind} does not say what it holds: it is no message of a module, or was altered`,
  )
}

const parseLabel = (kind: Label["kind"], bytes: Uint8Array): Label | undefined => {
  if (bytes.length > LABEL_BYTES) return undefined
  try {
    return { ...JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), kind }
  } catch {
    return undefined
  }
}

const isLabel = ({ inputs, replyLevels }: FunctionSpec, label: Label): boolean => {
  if (label.kind === "reply") {
    return Number.isSafeInteger(label.age) && label.age >= 1 && label.age <= replyLevels.length
  }
  const declared = inputs.map(({ name }) => name)
  const { inputs: sent } = label
  if (!Array.isArray(sent) || (sent.length === 0 && declared.length > 0)) return false
  const places = sent.map((name) => declared.indexOf(name))
  return places.every((place, i) => place > (places[i - 1] ?? -1))
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
