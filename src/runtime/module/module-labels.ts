import { RuntimeError } from "../../data/index.ts"
import {
  type FunctionSpec,
  functionOf,
  type ModuleSpec,
  refreshedOutputs,
  roundCount,
} from "../spec/module-spec.ts"

/** What the label of a message of a module says: which inputs of a function it holds, or which of its outputs. */
export type Label = RequestLabel | ReplyLabel

export type RequestLabel =
  | { readonly kind: "request"; readonly function: string; readonly inputs: readonly string[] }
  /** The outputs that wires lead from, encrypted again by the client. */
  | { readonly kind: "request"; readonly function: string; readonly refreshed: true }
  /** What a round after the first takes, encrypted again by the client. */
  | { readonly kind: "request"; readonly function: string; readonly round: number }

export interface ReplyLabel {
  readonly kind: "reply"
  readonly function: string
  /** Functions that the values have been through, this one included. */
  readonly age: number
  /** Which of the function's rounds gave it, from 0. */
  readonly round: number
}

/** A label has names of a function and its inputs only. */
export const LABEL_BYTES = 2 ** 16

export const encodeLabel = (label: Label): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(plainOf(label)))

const plainOf = (label: Label): object => {
  const { kind: _, ...plain } = label
  if (label.kind === "reply" && label.round === 0) return { function: label.function, age: label.age }
  return plain
}

/** Reads what `encodeLabel` made. Throws RuntimeError unless it is of a function of this module. */
export const decodeLabel = (
  spec: ModuleSpec,
  kind: Label["kind"],
  bytes: Uint8Array = new Uint8Array(),
): Label => {
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
    const { function: name, inputs, refreshed, age, round } = found
    if (typeof name !== "string") return undefined
    if (kind === "reply") return { kind, function: name, age, round: round ?? 0 }
    if (refreshed === true) return { kind, function: name, refreshed }
    if (round !== undefined) return { kind, function: name, round }
    return Array.isArray(inputs) ? { kind, function: name, inputs } : undefined
  } catch {
    return undefined
  }
}

const isLabel = (spec: ModuleSpec, one: FunctionSpec, label: Label): boolean => {
  if ("round" in label) {
    const isRound = Number.isSafeInteger(label.round) && label.round >= 0 && label.round < roundCount(one)
    if (label.kind === "request") return isRound && label.round > 0
    // What a client has refreshed has been through no function.
    const most = label.round === 0 ? one.replyLevels.length : 1
    return isRound && Number.isSafeInteger(label.age) && label.age >= 1 && label.age <= most
  }
  if ("refreshed" in label) return refreshedOutputs(spec, one).length > 0
  const declared = one.inputs.map(({ name }) => name)
  const { inputs: sent } = label
  if (sent.length === 0 && declared.length > 0) return false
  const places = sent.map((name) => declared.indexOf(name))
  return places.every((place, i) => place > (places[i - 1] ?? -1))
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
