import { type Layout, lanesOf, piecesOf } from "../../backend/circuit/layout.ts"
import type { Parameters } from "../../backend/circuit/parameters.ts"
import type { Specification } from "../../data/index.ts"
import {
  type CiphertextForm,
  ciphertextFormat,
  type LevelId,
  relinearizationKeyFormat,
  rotationKeysFormat,
  type SealFormat,
  secretKeyFormat,
} from "../seal/seal-format.ts"
import type { ProgramSpec } from "../spec/program-spec.ts"
import { clearBytes } from "./clear-values.ts"
import type { BlobRule, MessageRules } from "./envelope.ts"
import { groupCount, MAX_GROUPS } from "./groups.ts"

/** A modulus chain: its primes, the special one last, and SEAL's names for its levels. */
export interface LevelIds {
  readonly primes: readonly bigint[]
  /** The level of the keys. */
  readonly key: LevelId
  /** The level of so many data primes. */
  data(primes: number): LevelId
}

/** Inputs that travel encrypted: secret ones that the circuit reads. */
export const encryptedInputs = ({ inputs }: Pick<ProgramSpec, "inputs">) =>
  inputs.flatMap((input) =>
    input.secret && input.placement !== null ? [{ ...input, placement: input.placement }] : [],
  )

/** Inputs that travel in the clear. A secret input never does, not even one that the circuit does not read. */
export const clearInputs = ({ inputs }: Pick<ProgramSpec, "inputs">) =>
  inputs.filter((input) => !input.secret)
export const clearOutputs = ({ outputs }: Pick<ProgramSpec, "outputs">) =>
  outputs.filter(({ placement }) => placement === null)

/** Ciphertexts of one group in a request: one for each piece of each encrypted input. */
export const groupPieces = (spec: ProgramSpec): number =>
  encryptedInputs(spec).reduce((total, { placement }) => total + piecesOf(spec.layout, placement.length), 0)

/**
 * For each group of samples one ciphertext for each piece of each encrypted input, then the clear inputs of all samples,
 * if there are any.
 */
export const requestRules = (spec: ProgramSpec, ids: LevelIds, maxGroups: number): MessageRules => {
  const ciphertext = requestFormat(spec, ids)
  const pieces = Array.from({ length: groupPieces(spec) }, () => ciphertext)
  const clear = clearInputs(spec)
  return {
    kind: "request",
    hash: spec.hash,
    mostSamples: lanesOf(spec.layout) * Math.min(maxGroups, MAX_GROUPS),
    blobs: (samples) => [...forGroups(spec.layout, samples, pieces), ...clearRule(clear, samples)],
  }
}

/**
 * For each group of samples one ciphertext for each piece of each encrypted output, then the clear outputs of all
 * samples, if there are any.
 */
export const replyRules = (spec: ProgramSpec, ids: LevelIds): MessageRules => {
  const pieces = spec.replyLevels.map((primes) => replyFormat(spec, ids, primes))
  const clear = clearOutputs(spec)
  return {
    kind: "reply",
    hash: spec.hash,
    mostSamples: lanesOf(spec.layout) * MAX_GROUPS,
    blobs: (samples) => [...forGroups(spec.layout, samples, pieces), ...clearRule(clear, samples)],
  }
}

/** A ciphertext in a request: fresh and seeded, at the highest level. */
export const requestFormat = ({ parameters }: Parameterized, ids: LevelIds): SealFormat =>
  formatAt(parameters, ids, parameters.primes.length - 1, { seeded: true, mostCorrection: 1n })

/** A ciphertext in a reply, at the level of so many data primes. */
export const replyFormat = ({ parameters }: Parameterized, ids: LevelIds, primes: number): SealFormat => {
  const { scheme, t } = parameters
  return formatAt(parameters, ids, primes, { seeded: false, mostCorrection: scheme === "bfv" ? 1n : t - 1n })
}

/** What a program and a module have in common. */
type Parameterized = Pick<ProgramSpec, "parameters">

const formatAt = (
  { scheme, n }: Parameters,
  ids: LevelIds,
  primes: number,
  form: Pick<CiphertextForm, "seeded" | "mostCorrection">,
): SealFormat =>
  ciphertextFormat({
    n,
    primes: ids.primes.slice(0, primes),
    level: ids.data(primes),
    ntt: scheme === "bgv",
    ...form,
  })

/** `rules` for each group of so many samples, one after the other. */
export const forGroups = <T>(layout: Layout, samples: number, rules: readonly T[]): T[] =>
  Array.from({ length: groupCount(layout, samples) }, () => rules).flat()

/** The clear values of all samples, if there are any. */
export const clearRule = (tensors: readonly Specification[], samples: number): BlobRule[] =>
  tensors.length === 0 ? [] : [{ atMost: clearBytes(tensors, samples) }]

/**
 * The relinearization key and the rotation keys, each if the program needs it. Which rotations these are for does not travel: the
 * hash covers the circuit, and so what it rotates by.
 */
export const evaluationKeyRules = (
  { hash, parameters, keys }: Parameterized & Pick<ProgramSpec, "hash" | "keys">,
  { primes, key }: LevelIds,
): MessageRules => {
  const { n } = parameters
  const formats: SealFormat[] = []
  if (keys.relinearization) formats.push(relinearizationKeyFormat(n, primes, key))
  if (keys.rotations.length > 0) formats.push(rotationKeysFormat(n, primes, key, keys.rotations))
  return { kind: "set of evaluation keys", hash, mostSamples: 1, blobs: () => formats }
}

export const secretKeyRules = (
  { hash, parameters }: Parameterized & Pick<ProgramSpec, "hash">,
  { primes, key }: LevelIds,
): MessageRules => {
  const format = secretKeyFormat(parameters.n, primes, key)
  return { kind: "secret key", hash, mostSamples: 1, blobs: () => [format] }
}

/** What follows the secret keys in their message: how many decryptions have failed with them, one byte. */
export const withFailures = ({ blobs, ...rules }: MessageRules): MessageRules => ({
  ...rules,
  blobs: (samples, label) => [...blobs(samples, label), { bytes: 1 }],
})
