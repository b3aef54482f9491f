import type { Parameters } from "../../src/backend/index.ts"
import { type ProgramSpec, type SealContext, Server, withHash } from "../../src/runtime/index.ts"
import { packMessage, unpackMessage } from "../../src/runtime/messages/envelope.ts"
import { replyRules } from "../../src/runtime/messages/message-rules.ts"
import { roundReplyRules, SESSION_BYTES } from "../../src/runtime/messages/round-messages.ts"
import { roundsOf } from "../../src/runtime/messages/rounds-and-residues.ts"
import { DOUBLE, specOf, vector } from "../runtime/support.ts"

/** Twice a vector of 16 in a first round, which a second takes; the second is never run. */
export const doubledInRounds = (parameters: Parameters): ProgramSpec => {
  const { hash: _, ...spec } = specOf(DOUBLE, parameters)
  const { layout, inputs, outputs, replyLevels } = spec
  const second = [vector(DOUBLE, "y", 16, 10_000n)]
  const rounds = [
    { layout, inputs, outputs, replyLevels },
    { layout, inputs: second, outputs, replyLevels },
  ]
  return withHash({ ...spec, rounds })
}

/** Twice a vector of 16, in one round. */
export const doubled = (parameters: Parameters): ProgramSpec => {
  const { hash: _, ...spec } = specOf(DOUBLE, parameters)
  return withHash(spec)
}

/** A server that adds noise to its reply as somebody would who wants to know which of them decrypt. */
export interface Forger extends Disposable {
  /** The reply of the first round, with `part` of the noise that a decryption may bear added to one coefficient. */
  reply(request: Uint8Array, part: number): Promise<Uint8Array>
}

export const forgerOf = async (
  spec: ProgramSpec,
  keys: Uint8Array,
  context: SealContext,
): Promise<Forger> => {
  const [round] = roundsOf(spec)
  const { rounds: _, ...alone } = { ...spec, ...round! }
  const server = await Server.create(alone, DOUBLE, keys, { context })
  const single = replyRules(alone, context.levelIds)
  return {
    reply: async (request, part) => {
      const { blobs, ...message } = unpackMessage(await server.run(request), single)
      const forged = [...blobs]
      forged[0] = noisier(forged[0]!, part, context, alone.replyLevels[0]!)
      if (!round!.isLast) forged.push(new Uint8Array(SESSION_BYTES))
      return packMessage(roundReplyRules(round!, [context.levelIds]), { ...message, blobs: forged })
    },
    [Symbol.dispose]: () => server.dispose(),
  }
}

/** Where SEAL writes the first coefficient of a ciphertext. */
const COEFFICIENTS_AT = 113

/**
 * A ciphertext (c0, c1) as (c0 + d, c1). A decryption bears noise of up to q / (2 t) in BFV, and of multiples of t up to q / 2 in
 * BGV, where a constant is the same in every place of the transform.
 */
const noisier = (
  ciphertext: Uint8Array,
  part: number,
  { levelIds, parameters: { scheme, n, t } }: SealContext,
  level: number,
): Uint8Array => {
  const primes = levelIds.primes.slice(0, level)
  const q = primes.reduce((product, prime) => product * prime, 1n)
  const edge = (q * BigInt(Math.round(part * 1000))) / (2000n * t)
  const added = scheme === "bfv" ? edge : edge * t
  const bytes = Uint8Array.from(ciphertext)
  const view = new DataView(bytes.buffer)
  for (const [p, prime] of primes.entries()) {
    for (let i = 0; i < (scheme === "bfv" ? 1 : n); i++) {
      const at = COEFFICIENTS_AT + 8 * (p * n + i)
      view.setBigUint64(at, (view.getBigUint64(at, true) + added) % prime, true)
    }
  }
  return bytes
}
