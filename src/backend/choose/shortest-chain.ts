import type { Circuit } from "../circuit/circuit.ts"
import { keySetBytes, keysOf } from "../circuit/keys.ts"
import { type CostModel, priceCircuit, pricing } from "../cost/cost.ts"
import { messageTime } from "../cost/message-cost.ts"
import { budgetAt, noiseAt } from "../noise/noise.ts"
import { noiseAfterLevels, placeLevels } from "../noise/place-levels.ts"
import type { Choice, ChoiceOptions, NoChoice } from "./choice.ts"
import { type Chain, type Chains, MAX_PRIME_BITS } from "./modulus-chains.ts"

export interface ChainSearch {
  readonly chains: Chains
  /** Bits that the longest chain has at most beyond the margin. */
  readonly spare: number
  readonly cost: CostModel
  /** The best run so far: slower ones are of no interest. */
  readonly time: number
}

/** The choice with the fewest primes that leave the margin; undefined when it would be slower than the best so far. */
export const shortestChain = (
  circuit: Circuit,
  search: ChainSearch,
  { margin, maxKeyBytes, primes }: ChoiceOptions,
): Omit<Choice, "tables" | "spread"> | NoChoice | undefined => {
  const found = fewestPrimes(circuit, search, margin, primes)
  if (found === undefined || "reason" in found) return found
  const { parameters, model } = found
  // Outputs are sent short: they keep the margin, and no prime beyond it.
  const levelled = placeLevels(circuit, model, { mostNoise: noiseAt(margin) })
  const keys = keysOf(levelled.circuit)
  const bytes = keySetBytes(keys, parameters)
  if (bytes > maxKeyBytes) return { reason: "keys", best: bytes }
  return {
    circuit: levelled.circuit,
    parameters,
    keys,
    messages: messageTime(levelled.circuit, parameters, levelled.outputLevels),
    cost: priceCircuit(levelled.circuit, parameters, search.cost),
    budget: budgetAt(levelled.noise),
    outputLevels: levelled.outputLevels,
  }
}

/** Upwards from what is needed at least, until the budget reaches the margin or the run is too slow already. */
const fewestPrimes = (
  circuit: Circuit,
  { chains, spare, cost, time }: ChainSearch,
  margin: number,
  only: number | undefined,
): Chain | NoChoice | undefined => {
  let needed = dataBits(chains.at(chains.most)!) - spare
  let best = -Infinity
  for (let count = 2; count <= chains.most; count++) {
    if (only !== undefined && count !== only) continue
    if ((count - 1) * MAX_PRIME_BITS < needed) continue
    const chain = chains.at(count)
    if (chain === undefined) continue
    const priced = pricing(chain.parameters, cost)
    const budget = budgetAt(noiseAfterLevels(circuit, chain.model, priced.ops))
    if (priced.cost().time > time) return undefined
    if (budget >= margin) return chain
    best = Math.max(best, budget)
    // In BFV a bit of the modulus is a bit of budget; in BGV budgets say little of how many primes are missing.
    if (chains.scheme === "bfv") needed = dataBits(chain) + margin - budget
  }
  return { reason: "noise", best }
}

const dataBits = ({ parameters }: Chain): number =>
  parameters.primes.slice(0, -1).reduce((sum, bits) => sum + bits, 0)
