import { type Handle, SealOps, type SealOpsSettings } from "../seal/seal-ops.ts"

/** Slot operations whose inputs come down to the level that the circuit is made for, where they have more primes. */
export class OperandOps extends SealOps {
  readonly #surplus: (name: string, piece: number) => number

  /** `surplus` says how many primes a piece of an input has more than the circuit is made for. */
  constructor(settings: SealOpsSettings, surplus: (name: string, piece: number) => number) {
    super(settings)
    this.#surplus = surplus
  }

  override input(name: string, piece: number): Handle {
    let value = super.input(name, piece)
    for (let i = this.#surplus(name, piece); i > 0; i--) {
      const dropped = this.dropLevel(value)
      this.free(value)
      value = dropped
    }
    return value
  }
}
