import { piecesOf } from "../../backend/circuit/layout.ts"
import type { Values } from "../../data/index.ts"
import { decodeClear } from "../messages/clear-values.ts"
import { kindOf, type Message, type MessageRules, packMessage, unpackMessage } from "../messages/envelope.ts"
import { MAX_GROUPS } from "../messages/groups.ts"
import { clearInputs, encryptedInputs, type LevelIds } from "../messages/message-rules.ts"
import {
  mostSamplesIn,
  replyPieces,
  requestPieces,
  roundReplyRules,
  roundRequestRules,
} from "../messages/round-messages.ts"
import { type Round, residuesOf } from "../messages/rounds-and-residues.ts"
import { functionOf, type ModuleSpec, refreshedOutputs, roundAt } from "../spec/module-spec.ts"
import { decodeLabel, encodeLabel, LABEL_BYTES, type Label } from "./module-labels.ts"

/** A request or a reply of a module, checked. */
export interface ModuleMessage {
  readonly label: Label
  /** The request or the reply that it would be of a program: a request with the inputs that it holds only. */
  readonly round: Round
  readonly message: Message
  /** For each plaintext modulus, what it holds of the encrypted inputs or outputs of that name. */
  vector(residue: number, name: string): Vector
  /** The clear inputs of that name in a request, for each sample. */
  clear(name: string): Values[]
}

/** The ciphertexts of one input or output. */
export interface Vector {
  /** The data primes left of each of its pieces. */
  readonly levels: readonly number[]
  /** Its pieces in one group of samples. */
  pieces(group: number): readonly Uint8Array[]
}

/** The bytes of a request or a reply. */
export const packModuleMessage = (
  spec: ModuleSpec,
  ids: readonly LevelIds[],
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
  ids: readonly LevelIds[],
  kinds: readonly Label["kind"][],
  maxGroups = MAX_GROUPS,
): ModuleMessage => {
  const claimed = kindOf(bytes)
  const kind = kinds.find((each) => each === claimed) ?? kinds[0]!
  const message = unpackMessage(bytes, messageRules(spec, ids, kind, maxGroups))
  const { samples, blobs } = message
  const label = decodeLabel(spec, kind, message.label)
  const round = roundFor(spec, label)
  const residues = residuesOf(round)
  const pieces = (kind === "request" ? requestPieces : replyPieces)(round, samples, blobs)
  const vector = (residue: number, name: string): Vector => {
    const own = residues[residue]!
    const levels = levelsOf(own, kind, name)
    const { from } = levels
    return {
      levels: levels.own,
      pieces: (group) => pieces[residue]![group]!.slice(from, from + levels.own.length),
    }
  }
  const clear = (name: string): Values[] => {
    const specs = clearInputs(round)
    const at = specs.findIndex((each) => each.name === name)
    return decodeClear(blobs[pieces[0]!.flat().length]!, specs, samples).map((row) => row[at]!)
  }
  return { label, round, message, vector, clear }
}

/** What is left of each piece of a vector, and where it begins among the ciphertexts of a group. */
const levelsOf = (
  round: Pick<Round, "layout" | "inputs" | "outputs" | "replyLevels" | "parameters">,
  kind: Label["kind"],
  name: string,
): { readonly from: number; readonly own: readonly number[] } => {
  const placed = kind === "request" ? encryptedInputs(round) : round.outputs
  const fresh = round.parameters.primes.length - 1
  let from = 0
  for (const value of placed) {
    const count = value.placement === null ? 0 : piecesOf(round.layout, value.placement.length)
    const own =
      kind === "request" ? new Array<number>(count).fill(fresh) : round.replyLevels.slice(from, from + count)
    if (value.name === name) return { from, own }
    from += count
  }
  throw new Error(`unreachable: no "${name}" in a ${kind}`)
}

/** First the label, then what the round of a program would be sent with. */
export const messageRules = (
  spec: ModuleSpec,
  ids: readonly LevelIds[],
  kind: Label["kind"],
  maxGroups: number,
): MessageRules => {
  const mostSamples = mostSamplesIn(spec, maxGroups)
  return {
    kind,
    hash: spec.hash,
    mostSamples,
    labelBytes: LABEL_BYTES,
    blobs: (samples, label) => {
      const round = roundFor(spec, decodeLabel(spec, kind, label))
      const rules =
        kind === "request" ? roundRequestRules(round, ids, mostSamples) : roundReplyRules(round, ids)
      return rules.blobs(samples, undefined)
    },
  }
}

/** The request or the reply of a program that a message is but for its label. */
export const roundFor = (spec: ModuleSpec, label: Label): Round => {
  const one = functionOf(spec, label.function)
  if (label.kind === "reply") return roundAt(spec, one, label.round, label.age - 1)
  if ("round" in label) return roundAt(spec, one, label.round, 0)
  const first = roundAt(spec, one, 0, 0)
  const inputs =
    "refreshed" in label
      ? refreshedOutputs(spec, one)
      : first.inputs.filter(({ name }) => label.inputs.includes(name))
  return { ...first, inputs }
}
