import { type AddressName, addressTrouble } from "../../data/index.ts"
import { refuse } from "../refuse.ts"

/** Reads the address of an option, such as `--queue`, refusing what is none of its kind with what was likely meant. */
export const readAddress =
  (option: string, kind: AddressName) =>
  (text: string): string => {
    const trouble = addressTrouble(kind, text)
    return trouble === undefined ? text : refuse(`${option} ${trouble}`)
  }

/** The same for an option that is given several times. */
export const readAddresses =
  (option: string, kind: AddressName) =>
  (text: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    readAddress(option, kind)(text),
  ]
