import type { ProgramSpec } from "../spec/program-spec.ts"
import { checkMessage, messageHash } from "./envelope.ts"
import {
  allEvaluationKeyRules,
  mostMessageBytes,
  mostReplyBytes,
  mostSamplesOf,
  roundOf,
  roundRequestRules,
  unnamedLevels,
} from "./round-messages.ts"
import { roundsOf } from "./rounds-and-residues.ts"

/** Checks of a program's messages that need no SEAL context: all but the content of ciphertexts and keys. */
export interface MessageFrames {
  /** Exact bytes of the evaluation keys. */
  readonly keyBytes: number
  /** Bytes of the largest request and the largest reply of any round. */
  readonly mostRequestBytes: number
  readonly mostReplyBytes: number
  /** Whether bytes claim to belong to this program, whatever else they are. */
  claims(bytes: Uint8Array): boolean
  /** Throws RuntimeError unless kind, version, program, all sizes and the checksum are right. */
  checkKeys(bytes: Uint8Array): void
  /** The same for a request of any round, with `maxGroups` groups of samples at most. */
  checkRequest(bytes: Uint8Array): void
}

export const messageFrames = (spec: ProgramSpec, maxGroups: number): MessageFrames => {
  const ids = unnamedLevels(spec)
  const samples = mostSamplesOf(spec, maxGroups)
  const rounds = roundsOf(spec)
  const keys = allEvaluationKeyRules(spec, ids)
  const requests = rounds.map((round) => roundRequestRules(round, ids, samples))
  const hashes = new Set(rounds.map(({ hash }) => hash))
  return {
    keyBytes: mostMessageBytes(keys, 1),
    mostRequestBytes: Math.max(...requests.map((rules) => mostMessageBytes(rules, samples))),
    mostReplyBytes: mostReplyBytes(spec, samples),
    claims: (bytes) => hashes.has(messageHash(bytes) ?? ""),
    checkKeys: (bytes) => checkMessage(bytes, keys),
    checkRequest: (bytes) => checkMessage(bytes, requests[roundOf(rounds, bytes).round]!),
  }
}
