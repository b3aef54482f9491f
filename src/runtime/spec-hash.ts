import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import { writeCbor } from "./cbor.ts"
import type { ProgramSpec, RoundSpec } from "./program-spec.ts"

/** A specification before its hash is known. */
export interface UnhashedSpec extends Omit<ProgramSpec, "hash" | "rounds"> {
  readonly rounds?: readonly Omit<RoundSpec, "hash">[]
}

/** The specification under the hash of all that it says. */
export const withHash = (unhashed: UnhashedSpec): ProgramSpec => {
  const { rounds, ...rest } = unhashed
  const hash = bytesToHex(sha256(writeCbor(unhashed)))
  if (rounds === undefined) return { ...rest, hash }
  return { ...rest, hash, rounds: rounds.map((own, round) => ({ ...own, hash: roundHash(hash, round) })) }
}

/** Whether the hash of a specification is that of what it says, and those of its rounds follow from it. */
export const hasOwnHash = (spec: ProgramSpec): boolean => {
  const { hash, rounds, ...rest } = spec
  const bare = rounds?.map(({ hash: _, ...round }) => round)
  const own = withHash({ ...rest, ...(bare && { rounds: bare }) })
  return hash === own.hash && (rounds ?? []).every((round, i) => round.hash === own.rounds![i]!.hash)
}

/** The first round stands for the whole program. */
const roundHash = (hash: string, round: number): string =>
  round === 0 ? hash : bytesToHex(sha256(new TextEncoder().encode(`${hash} round ${round}`)))
