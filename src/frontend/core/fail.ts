import { ProgramError, type ProgramErrorCode } from "../../data/index.ts"
import { explain } from "../../ir/index.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { originHere } from "./location.ts"

/** Throws ProgramError; with the tensor it is about, the message shows where in the program that is. */
export const fail = (
  code: ProgramErrorCode,
  message: string,
  about?: Tensor,
  options?: ErrorOptions,
): never => {
  if (about === undefined) throw new ProgramError(message, { ...options, code })
  const { builder, node } = about
  throw new ProgramError(
    explain([node], builder.origins, [{ node, message, origin: originHere(about.label) }]),
    { ...options, code },
  )
}
