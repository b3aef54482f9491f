import { lanesOf, type Placement, piecesOf } from "../../backend/circuit/layout.ts"
import { RuntimeError, type Specification } from "../../data/index.ts"
import { kindOf, type Message, type MessageRules, packMessage, unpackMessage } from "../messages/envelope.ts"
import { MAX_GROUPS } from "../messages/groups.ts"
import { clearRule, forGroups, type LevelIds, replyFormat, requestFormat } from "../messages/message-rules.ts"
import { type FunctionSpec, functionOf, type ModuleSpec, refreshedOutputs } from "../spec/module-spec.ts"

/** What the label of a message of a module says: which inputs of a function it holds, or which of its outputs. */
export type Label =
  | { readonly kind: "request"; readonly function: string; readonly inputs: readonly string[] }
  /** The outputs that wires lead from, encrypted again by the client. */
  | { readonly kind: "request"; readonly function: string; readonly refreshed: true }
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

/** The bytes of a request or a reply. */
export const packModuleMessage = (
  spec: ModuleSpec,
  ids: LevelIds,
  label: Label,
  content: Omit<Message, "label">,
): Uint8Array =>
  packMessage(messageRules(spec, ids, label.kind, MAX_GROUPS), { ...content, label: encodeLabel(label) })

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
  const message = unpackMessage(bytes, messageRules(spec, ids, kind, maxGroups))
  const { samples, batch, blobs } = message
  const label = decodeLabel(spec, kind, message.label)
  const { vectors, clear } = contentOf(spec, label)
  const first = new Map<string, number>()
  const perGroup = vectors.reduce((next, { name, levels }) => {
    first.set(name, next)
    return next + levels.length
  }, 0)
  const pieces = (name: string, group: number) => {
    const { levels } = vectors.find((vector) => vector.name === name)!
    const from = group * perGroup + first.get(name)!
    return blobs.slice(from, from + levels.length)
  }
  const clearBlob = clear.length === 0 ? undefined : blobs.at(-1)
  return { label, samples, batch, vectors, clear, clearBlob, pieces }
}

/** For each group of samples the pieces of all vectors, then the clear values of all samples, if there are any. */
const messageRules = (
  spec: ModuleSpec,
  ids: LevelIds,
  kind: Label["kind"],
  maxGroups: number,
): MessageRules => ({
  kind,
  hash: spec.hash,
  mostSamples: lanesOf(spec.layout) * Math.min(maxGroups, MAX_GROUPS),
  labelBytes: LABEL_BYTES,
  blobs: (samples, label) => {
    const { vectors, clear } = contentOf(spec, decodeLabel(spec, kind, label))
    const levels = vectors.flatMap((vector) => vector.levels)
    const fresh = requestFormat(spec, ids)
    const pieces = levels.map((primes) => (kind === "request" ? fresh : replyFormat(spec, ids, primes)))
    return [...forGroups(spec.layout, samples, pieces), ...clearRule(clear, samples)]
  },
})

const contentOf = (
  spec: ModuleSpec,
  label: Label,
): { vectors: readonly MessageVector[]; clear: readonly NamedSpecification[] } => {
  const one = functionOf(spec, label.function)
  const { inputs, outputs, replyLevels } = one
  if (label.kind === "request") {
    const sent =
      "refreshed" in label
        ? refreshedOutputs(spec, one)
        : inputs.filter(({ name }) => label.inputs.includes(name))
    const fresh = spec.parameters.primes.length - 1
    const vectors = sent.flatMap((value) => {
      if (value.placement === null) return []
      const pieces = piecesOf(spec.layout, value.placement.length)
      return [{ ...value, placement: value.placement, levels: new Array<number>(pieces).fill(fresh) }]
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
      label.kind === "reply"
        ? { function: label.function, age: label.age }
        : "refreshed" in label
          ? { function: label.function, refreshed: true }
          : { function: label.function, inputs: label.inputs },
    ),
  )

/** Reads what `encodeLabel` made. Throws RuntimeError unless it is of a function of this module. */
const decodeLabel = (spec: ModuleSpec, kind: Label["kind"], bytes: Uint8Array = new Uint8Array()): Label => {
  const label = parseLabel(kind, bytes)
  const isWhole =
    label !== undefined &&
    isLabel(spec, functionOf(spec, label.function), label) &&
    sameBytes(encodeLabel(label), bytes)
  if (isWhole) return label
  throw new RuntimeError(
    `the ${kind} does not say what it holds: it is no message of a module, or was altered`,
    { code: "damaged" },
  )
}

const parseLabel = (kind: Label["kind"], bytes: Uint8Array): Label | undefined => {
  try {
    const found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    const { function: name, inputs, refreshed, age } = found
    if (typeof name !== "string") return undefined
    if (kind === "reply") return Number.isSafeInteger(age) ? { kind, function: name, age } : undefined
    if (refreshed === true) return { kind, function: name, refreshed }
    return Array.isArray(inputs) ? { kind, function: name, inputs } : undefined
  } catch {
    return undefined
  }
}

const isLabel = (spec: ModuleSpec, one: FunctionSpec, label: Label): boolean => {
  const { inputs, replyLevels } = one
  if (label.kind === "reply") return label.age >= 1 && label.age <= replyLevels.length
  if ("refreshed" in label) return refreshedOutputs(spec, one).length > 0
  const declared = inputs.map(({ name }) => name)
  const { inputs: sent } = label
  if (sent.length === 0 && declared.length > 0) return false
  const places = sent.map((name) => declared.indexOf(name))
  return places.every((place, i) => place > (places[i - 1] ?? -1))
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
