import { lanesOf, piecesOf } from "../backend/layout.ts"
import { clearBytes } from "./clear-values.ts"
import { groupCount, MAX_GROUPS } from "./groups.ts"
import type { ProgramSpec } from "./program-spec.ts"
import {
  ciphertextFormat,
  type LevelId,
  relinearizationKeyFormat,
  rotationKeysFormat,
  type SealFormat,
  secretKeyFormat,
} from "./seal-format.ts"
import type { BlobRule, MessageRules } from "./wire.ts"

/** SEAL's names for the levels of a modulus chain: by number of data primes, and of the keys. */
export interface LevelIds {
  readonly key: LevelId
  data(primes: number): LevelId
}

/** Inputs that travel encrypted: secret ones that the circuit reads. */
export const encryptedInputs = ({ inputs }: ProgramSpec) =>
  inputs.flatMap((input) =>
    input.secret && input.placement !== null ? [{ ...input, placement: input.placement }] : [],
  )

/** Inputs that travel in the clear. A secret input never does, not even one that the circuit does not read. */
export const clearInputs = ({ inputs }: ProgramSpec) => inputs.filter((input) => !input.secret)
export const clearOutputs = ({ outputs }: ProgramSpec) =>
  outputs.filter(({ placement }) => placement === null)

/** Ciphertexts of one group in a request: one for each piece of each encrypted input. */
export const groupPieces = (spec: ProgramSpec): number =>
  encryptedInputs(spec).reduce((total, { placement }) => total + piecesOf(spec.layout, placement.length), 0)

/**
 * For each group of samples one ciphertext for each piece of each encrypted input, then the clear inputs of all samples,
 * if there are any.
 */
export const requestRules = (spec: ProgramSpec, ids: LevelIds, maxGroups: number): MessageRules => {
  const { scheme, n, primes } = spec.parameters
  const data = primes.length - 1
  const form = { n, primes: data, level: ids.data(data), ntt: scheme === "bgv", seeded: true, fresh: true }
  const ciphertext = ciphertextFormat(form)
  const pieces = Array.from({ length: groupPieces(spec) }, () => ciphertext)
  const clear = clearInputs(spec)
  return {
    kind: "request",
    hash: spec.hash,
    mostSamples: lanesOf(spec.layout) * Math.min(maxGroups, MAX_GROUPS),
    blobs: (samples) => [...forGroups(spec, samples, pieces), ...clearRule(clear, samples)],
  }
}

/**
 * For each group of samples one ciphertext for each piece of each encrypted output, then the clear outputs of all
 * samples, if there are any.
 */
export const replyRules = (spec: ProgramSpec, ids: LevelIds): MessageRules => {
  const { scheme, n } = spec.parameters
  const pieces = spec.replyLevels.map((primes) => {
    const isFresh = scheme === "bfv"
    const form = { n, primes, level: ids.data(primes), ntt: scheme === "bgv", seeded: false, fresh: isFresh }
    return ciphertextFormat(form)
  })
  const clear = clearOutputs(spec)
  return {
    kind: "reply",
    hash: spec.hash,
    mostSamples: lanesOf(spec.layout) * MAX_GROUPS,
    blobs: (samples) => [...forGroups(spec, samples, pieces), ...clearRule(clear, samples)],
  }
}

const forGroups = <T>({ layout }: ProgramSpec, samples: number, rules: readonly T[]): T[] =>
  Array.from({ length: groupCount(layout, samples) }, () => rules).flat()

const clearRule = (tensors: Parameters<typeof clearBytes>[0], samples: number): BlobRule[] =>
  tensors.length === 0 ? [] : [{ atMost: clearBytes(tensors, samples) }]

/** The relinearization key and the rotation keys, each if the program needs it. */
export const evaluationKeyRules = (spec: ProgramSpec, ids: LevelIds): MessageRules => {
  const { n, primes } = spec.parameters
  const formats: SealFormat[] = []
  if (spec.keys.relinearization) formats.push(relinearizationKeyFormat(n, primes.length, ids.key))
  if (spec.keys.rotations.length > 0) {
    formats.push(rotationKeysFormat(n, primes.length, ids.key, spec.keys.rotations))
  }
  return { kind: "set of evaluation keys", hash: spec.hash, mostSamples: 1, blobs: () => formats }
}

export const secretKeyRules = (spec: ProgramSpec, ids: LevelIds): MessageRules => {
  const format = secretKeyFormat(spec.parameters.n, spec.parameters.primes.length, ids.key)
  return { kind: "secret key", hash: spec.hash, mostSamples: 1, blobs: () => [format] }
}
