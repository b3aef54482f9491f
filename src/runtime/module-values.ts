import { encodeInput } from "../backend/encode-input.ts"
import { fromSlots, piecesOf, type Slots, toSlots } from "../backend/layout.ts"
import type { NestedResult, Values } from "../data/index.ts"
import type { FunctionSpec, ModuleSpec } from "./module-spec.ts"
import { checkResult, type ProgramResult, shapeResult, toNested } from "./results.ts"
import type { SealSecret } from "./seal-secret.ts"

/** The ciphertexts of one group of samples: the pieces of the encrypted inputs among these, in order. */
export const encryptGroup = (
  secret: SealSecret,
  { layout, parameters }: ModuleSpec,
  inputs: FunctionSpec["inputs"],
  samples: readonly ReadonlyMap<string, Values>[],
): Uint8Array[] =>
  inputs.flatMap((input) => {
    const { placement } = input
    if (placement === null) return []
    const values = samples.map((sample) => encodeInput(input, sample.get(input.name)!))
    return Array.from({ length: piecesOf(layout, placement.length) }, (_, piece) => {
      const slots = toSlots(layout, placement, piece, values, parameters.t)
      return secret.encrypt(BigUint64Array.from(slots as ArrayLike<number | bigint>, BigInt))
    })
  })

/** The outputs of one lane, from the decrypted pieces of its group and the clear outputs of its sample. */
export const decodeLane = (
  { layout, parameters }: ModuleSpec,
  { outputs, returns }: FunctionSpec,
  lane: number,
  slots: readonly Slots[],
  clear: readonly Values[] = [],
): ProgramResult => {
  let piece = 0
  let clearIndex = 0
  const values = outputs.map((output): NestedResult => {
    if (output.placement === null) return toNested(clear[clearIndex++]!, output)
    const pieces = slots.slice(piece, piece + output.pieces.length)
    piece += output.pieces.length
    const decoded = fromSlots(layout, output.placement, pieces, lane, output.lo, parameters.t)
    checkResult(output.name, decoded, output)
    return toNested(decoded, output)
  })
  return shapeResult({ outputs, returns }, values)
}
