import { lanesOf } from "../../backend/circuit/layout.ts"
import type { ProgramSpec } from "../spec/program-spec.ts"
import { type BlobRule, type MessageRules, messageBytes, messageHash, mostBytes } from "./envelope.ts"
import { groupCount, MAX_GROUPS } from "./groups.ts"
import {
  evaluationKeyRules,
  groupPieces,
  type LevelIds,
  replyRules,
  requestRules,
  secretKeyRules,
  withFailures,
} from "./message-rules.ts"
import { type KeyedSpec, keyedOf, type Round, residuesOf, roundsOf } from "./rounds-and-residues.ts"

/** Bytes of the number by which a server knows a run between two rounds. */
export const SESSION_BYTES = 32

/** Nothing of it can be checked but whether the server knows it. */
const SESSION: BlobRule = { bytes: SESSION_BYTES }

/** The parts for all plaintext moduli one after the other, as `of` says for each. */
const joined = <S>(
  residues: readonly S[],
  ids: readonly LevelIds[],
  of: (residue: S, ids: LevelIds) => MessageRules,
): MessageRules => {
  const rules = residues.map((residue, i) => of(residue, ids[i]!))
  return { ...rules[0]!, blobs: (samples, label) => rules.flatMap(({ blobs }) => blobs(samples, label)) }
}

/** The request of one round: for each modulus its ciphertexts and what is clear; in later rounds the session last. */
export const roundRequestRules = (
  round: Round,
  ids: readonly LevelIds[],
  mostSamples: number,
): MessageRules => {
  const { blobs, ...rules } = joined(residuesOf(round), ids, (residue, own) =>
    requestRules(residue, own, MAX_GROUPS),
  )
  return {
    ...rules,
    mostSamples,
    blobs: (samples, label) => [...blobs(samples, label), ...(round.round > 0 ? [SESSION] : [])],
  }
}

/** The reply of one round: for each modulus its ciphertexts and what is clear; but for the last round the session last. */
export const roundReplyRules = (round: Round, ids: readonly LevelIds[]): MessageRules => {
  const { blobs, ...rules } = joined(residuesOf(round), ids, replyRules)
  return {
    ...rules,
    blobs: (samples, label) => [...blobs(samples, label), ...(round.isLast ? [] : [SESSION])],
  }
}

export const allEvaluationKeyRules = (spec: KeyedSpec, ids: readonly LevelIds[]): MessageRules =>
  joined(keyedOf(spec), ids, evaluationKeyRules)

/** A key for each plaintext modulus, then how many decryptions have failed with them. */
export const allSecretKeyRules = (spec: KeyedSpec, ids: readonly LevelIds[]): MessageRules =>
  withFailures(joined(keyedOf(spec), ids, secretKeyRules))

/** The most samples that every round takes in so many groups. */
export const mostSamplesOf = (spec: ProgramSpec, maxGroups: number): number =>
  Math.min(...roundsOf(spec).map((round) => mostSamplesIn(round, maxGroups)))

/** The most samples that so many groups take in one layout. */
export const mostSamplesIn = ({ layout }: Pick<ProgramSpec, "layout">, maxGroups: number): number =>
  lanesOf(layout) * Math.min(maxGroups, MAX_GROUPS)

/** The round whose message bytes claim to be; the first when they claim none of them. */
export const roundOf = (rounds: readonly Round[], message: Uint8Array): Round => {
  if (rounds.length === 1) return rounds[0]!
  const hash = messageHash(message)
  return rounds.find((round) => round.hash === hash) ?? rounds[0]!
}

/** The ciphertexts of a request for each modulus, and in each for each group of samples. */
export const requestPieces = (
  round: ProgramSpec,
  samples: number,
  blobs: readonly Uint8Array[],
): Uint8Array[][][] => split(round, samples, blobs, groupPieces)

/** The ciphertexts of a reply for each modulus, and in each for each group of samples. */
export const replyPieces = (
  round: ProgramSpec,
  samples: number,
  blobs: readonly Uint8Array[],
): Uint8Array[][][] => split(round, samples, blobs, ({ replyLevels }) => replyLevels.length)

/** What is clear follows the ciphertexts of the first modulus. */
const split = (
  round: ProgramSpec,
  samples: number,
  blobs: readonly Uint8Array[],
  piecesOf: (spec: ProgramSpec) => number,
): Uint8Array[][][] => {
  const groups = groupCount(round.layout, samples)
  const residues = residuesOf(round)
  const ciphertexts = residues.reduce((sum, residue) => sum + groups * piecesOf(residue), 0)
  const others = blobs.length - ciphertexts
  let at = 0
  return residues.map((residue, i) => {
    const pieces = piecesOf(residue)
    const from = at
    at += groups * pieces
    const own = Array.from({ length: groups }, (_, g) =>
      blobs.slice(from + g * pieces, from + (g + 1) * pieces),
    )
    if (i === 0 && residues.length > 1) at += others
    return own
  })
}

/**
 * Exact bytes of a program's messages, for one sample where clear values are among them (those at most); requests and
 * replies of all rounds together.
 */
export const messageSizes = (spec: ProgramSpec) => {
  const ids = unnamedLevels(spec)
  const size = (rules: MessageRules): number => mostMessageBytes(rules, 1)
  const sum = (of: (round: Round) => number): number =>
    roundsOf(spec).reduce((total, round) => total + of(round), 0)
  return {
    evaluationKeys: size(allEvaluationKeyRules(spec, ids)),
    request: sum((round) => size(roundRequestRules(round, ids, 1))),
    reply: sum((round) => size(roundReplyRules(round, ids))),
    secretKey: size(allSecretKeyRules(spec, ids)),
  }
}

/** Bytes of the largest message of that many samples. */
export const mostMessageBytes = ({ blobs }: MessageRules, samples: number): number =>
  messageBytes(blobs(samples, undefined).map(mostBytes))

/** Bytes of the largest reply of any round to so many samples. */
export const mostReplyBytes = (spec: ProgramSpec, samples: number): number => {
  const ids = unnamedLevels(spec)
  return Math.max(...roundsOf(spec).map((round) => mostMessageBytes(roundReplyRules(round, ids), samples)))
}

/** For each plaintext modulus a chain with primes of the right lengths, and levels without names: enough for sizes. */
export const unnamedLevels = (spec: KeyedSpec): LevelIds[] =>
  keyedOf(spec).map(({ parameters }) => ({
    primes: parameters.primes.map((bits) => 2n ** BigInt(bits) - 1n),
    key: new Uint8Array(32),
    data: () => new Uint8Array(32),
  }))
