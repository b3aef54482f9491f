import type { Values } from "../../data/index.ts"
import { decodeClear, encodeClear } from "../messages/clear-values.ts"
import type { Message } from "../messages/envelope.ts"
import { groupsOf, nameOf, naming } from "../messages/groups.ts"
import { clearInputs, clearOutputs } from "../messages/message-rules.ts"
import { replyPieces } from "../messages/round-messages.ts"
import { type Round, residuesOf } from "../messages/rounds-and-residues.ts"
import type { ClientKeys } from "./client-keys.ts"
import { encryptGroup, laneValues, type Sample } from "./lanes.ts"

/** All parts of a request: for each plaintext modulus the ciphertexts of each group, and what is clear. */
export const encryptParts = (keys: ClientKeys, round: Round, samples: readonly Sample[]): Uint8Array[] => {
  keys.failures.check()
  const groups = groupsOf(round.layout, samples.length)
  return residuesOf(round).flatMap((residue, i) => {
    const secret = keys.secret(i)
    const blobs = groups.flatMap(({ from, to }) =>
      encryptGroup(secret, residue, residue.inputs, samples.slice(from, to)),
    )
    const clear = clearInputs(residue)
    if (clear.length > 0) {
      blobs.push(encodeClear(samples.map((sample) => clear.map(({ name }) => sample.get(name)!))))
    }
    return blobs
  })
}

/** The flat values of all outputs of each sample in a reply. */
export const decryptParts = (
  keys: ClientKeys,
  round: Round,
  { samples, blobs, batch }: Message,
): Values[][] => {
  const residues = residuesOf(round)
  const moduli = residues.map(({ parameters }) => parameters.t)
  const specs = clearOutputs(round)
  const pieces = replyPieces(round, samples, blobs)
  const at = pieces[0]!.flat().length
  const clear = specs.length === 0 ? [] : decodeClear(blobs[at]!, specs, samples)
  return groupsOf(round.layout, samples).flatMap((group, g) => {
    const slots = naming(batch ? nameOf(group) : undefined, () =>
      residues.map((_, i) => pieces[i]![g]!.map((blob) => keys.secret(i).decrypt(blob))),
    )
    return Array.from({ length: group.to - group.from }, (_, lane) =>
      laneValues(round.layout, round.outputs, moduli, lane, slots, clear[group.from + lane]),
    )
  })
}

/** The least noise budget of all ciphertexts of a reply in bits; Infinity when there are none. */
export const leastBudget = (keys: ClientKeys, round: Round, { samples, blobs }: Message): number => {
  const budgets = replyPieces(round, samples, blobs).map((groups, i) =>
    groups.flat().map((piece) => keys.secret(i).noiseBudget(piece)),
  )
  return Math.min(...budgets.flat())
}
