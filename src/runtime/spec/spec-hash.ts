import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import { RuntimeError } from "../../data/index.ts"
import { writeCbor } from "./cbor.ts"
import type { ModuleSpec } from "./module-spec.ts"
import type { ProgramSpec, RoundSpec } from "./program-spec.ts"

/** A specification before its hash is known. */
export interface UnhashedSpec extends Omit<ProgramSpec, "hash" | "rounds"> {
  readonly rounds?: readonly Omit<RoundSpec, "hash">[]
}

/** The specification under the hash of all that it says. */
export const withHash = (unhashed: UnhashedSpec): ProgramSpec => {
  const { rounds, ...rest } = unhashed
  const hash = hashOf(unhashed)
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

/** The specification of a module under the hash of all that it says. */
export const withModuleHash = (unhashed: Omit<ModuleSpec, "hash">): ModuleSpec => ({
  ...unhashed,
  hash: hashOf(unhashed),
})

/** Throws RuntimeError unless the hash of a module's specification is that of what it says. */
export const checkModuleHash = ({ hash, ...rest }: ModuleSpec): void => {
  let own: string | undefined
  try {
    own = hashOf(rest)
  } catch {
    // It holds what no specification holds.
  }
  if (own === hash) return
  throw new RuntimeError(
    "the specification of the module is damaged: its hash is not that of what it says\n" +
      "if it came from a server, do not send that server anything until you know why",
    { code: "damaged" },
  )
}

const hashOf = (unhashed: object): string => bytesToHex(sha256(writeCbor(unhashed)))

/** The first round stands for the whole program. */
const roundHash = (hash: string, round: number): string =>
  round === 0 ? hash : bytesToHex(sha256(new TextEncoder().encode(`${hash} round ${round}`)))
