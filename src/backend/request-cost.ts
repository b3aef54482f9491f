import { COST_MODELS, type CostModel, type Costs } from "./cost.ts"
import { ciphertextBytes } from "./keys.ts"
import type { Parameters } from "./parameters.ts"

/** Milliseconds for a client to make a fresh ciphertext, per slot and data prime: measured as `COST_MODELS` were. */
const ENCRYPTION: Readonly<Record<Parameters["scheme"], number>> = { bfv: 3.7e-4, bgv: 5e-4 }

/** Bytes that go up in a millisecond: a nominal line of 100 Mbit/s. */
const NETWORK = 12_500

/**
 * Costs by which the input of a ciphertext has also been encrypted and sent, half of it being a seed. All of this grows
 * with slots and primes as reading it does, so that whatever is chosen by these costs has few and short inputs.
 */
export const withRequests = (costs: Costs = COST_MODELS): Costs => ({
  bfv: withRequest("bfv", costs.bfv),
  bgv: withRequest("bgv", costs.bgv),
})

const withRequest = (scheme: Parameters["scheme"], model: CostModel): CostModel => ({
  ...model,
  input: model.input + ENCRYPTION[scheme] + ciphertextBytes(1, 1) / 2 / NETWORK,
})
