import type { Ciphertext, Seal } from "../seal.ts"

/** The ciphertexts of one run of hand-written code, freed together at its end. */
export interface Arena {
  fresh(): Ciphertext
  free(): void
}

export const arena = ({ seal }: Seal): Arena => {
  const owned: Ciphertext[] = []
  return {
    fresh: () => {
      const ciphertext = new seal.Ciphertext()
      owned.push(ciphertext)
      return ciphertext
    },
    free: () => {
      for (const ciphertext of owned) ciphertext.delete()
      owned.length = 0
    },
  }
}
