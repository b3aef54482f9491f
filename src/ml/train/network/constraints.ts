import { fail } from "../../fail.ts"
import { real, whole } from "../../options.ts"

/** What the integers of a trained network may be. */
export interface ConstraintOptions {
  /** Weights become integers of so many bits with one step for a layer, from -(2^(bits-1) - 1) on; real numbers by default. */
  readonly weightBits?: number
  /** Inputs of layers become integers of so many bits; real numbers by default. */
  readonly activationBits?: number
  /** Bits of the network's own inputs; those of activations by default. */
  readonly inputBits?: number
  /**
   * Weighted sums with their bias fit a signed integer of so many bits, whatever the sample: it bounds the tables of the
   * activations. Holds for layers that an activation follows and that read rounded values; needs `weightBits` and
   * `activationBits`.
   */
  readonly accumulatorBits?: number
  /** The share of each layer's weights that becomes 0, the smallest ones; 0 by default. */
  readonly prune?: number
}

/** Throws ProgramError for constraints that no network fulfils. */
export const checkConstraints = (options: ConstraintOptions): ConstraintOptions => {
  const { weightBits, activationBits, inputBits, accumulatorBits, prune } = options
  if (weightBits !== undefined) whole("weightBits", weightBits, 2, 16)
  if (activationBits !== undefined) whole("activationBits", activationBits, 2, 12)
  if (inputBits !== undefined) whole("inputBits", inputBits, 2, 16)
  if (prune !== undefined) real("prune", prune, 0, 0.99)
  if (accumulatorBits === undefined) return options
  whole("accumulatorBits", accumulatorBits, 2, 32)
  if (weightBits === undefined || activationBits === undefined)
    fail(
      "wrong-argument",
      "accumulatorBits is given without weightBits and activationBits\nonly sums of integers have a width: give both",
    )
  return options
}
