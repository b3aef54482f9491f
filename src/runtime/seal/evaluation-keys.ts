import type { KeySet } from "../../backend/index.ts"
import type { Scope } from "./scope.ts"
import type { GaloisKeys, RelinKeys, SealContext } from "./seal-context.ts"

/** The public keys that a server computes with; each is there when the program needs it. */
export interface EvaluationKeys {
  readonly relinearization?: RelinKeys
  readonly rotations?: GaloisKeys
}

/** Loads the blobs of an evaluation-key message, whose form was checked before. */
export const loadEvaluationKeys = (
  context: SealContext,
  needed: KeySet,
  blobs: readonly Uint8Array[],
  scope: Scope,
): EvaluationKeys => {
  const rest = [...blobs]
  const load = <K extends RelinKeys | GaloisKeys>(what: string, keys: K): K => {
    context.call(`read the ${what}`, () => scope.own(keys).loadFromArray(context.native, rest.shift()))
    return keys
  }
  const { RelinKeys, GaloisKeys } = context.seal
  return {
    ...(needed.relinearization && { relinearization: load("relinearization key", new RelinKeys()) }),
    ...(needed.rotations.length > 0 && { rotations: load("rotation keys", new GaloisKeys()) }),
  }
}
