import type { Program } from "../../ir/index.ts"
import { COST_MODELS } from "../cost/cost.ts"
import { candidates } from "./candidates.ts"
import type { Choice, ChoiceOptions, NoChoice } from "./choice.ts"
import { shortestChain } from "./shortest-chain.ts"

/**
 * The cheapest layout, scheme and parameters for a linearised program: of all candidates, for each scheme the shortest
 * chain of primes whose noise estimate leaves the margin.
 */
export const chooseParameters = (program: Program, options: ChoiceOptions): Choice | NoChoice => {
  const costs = options.costs ?? COST_MODELS
  let best: Choice | undefined
  let price = options.limit ?? Infinity
  let failure: NoChoice = { reason: "noise", best: -Infinity }
  const { refreshed, lowered } = options
  const programs = [{ program, lowered, ...(refreshed && { refreshed }) }]
  const soFar = () => ({ price, n: best?.parameters.n })
  const onHopeless = (budget: number): void => {
    failure = nearer(failure, { reason: "noise", best: budget })
  }
  for (const { runs, tables, functions, hopeful } of candidates(programs, options, soFar, onHopeless)) {
    const [{ circuit, spread }] = functions as [(typeof functions)[number]]
    for (const { chains, spare } of hopeful) {
      const search = { chains, spare, cost: costs[chains.scheme], time: price / runs }
      const found = shortestChain(circuit, search, options)
      if (found === undefined) continue
      if ("reason" in found) {
        failure = nearer(failure, found)
        continue
      }
      const time = runs * (found.cost.time + found.messages)
      if (time >= price) continue
      price = time
      best = { ...found, tables, spread }
    }
  }
  return best ?? (price < Infinity ? nearer(failure, { reason: "time", best: price }) : failure)
}

/** The failure that is nearer to success: keys that are too many show that the noise would do, and a limit of time both. */
export const nearer = (a: NoChoice, b: NoChoice): NoChoice => {
  if (a.reason !== b.reason) return NEARNESS.indexOf(a.reason) > NEARNESS.indexOf(b.reason) ? a : b
  const isBetter = a.reason === "noise" ? b.best > a.best : b.best < a.best
  return isBetter ? b : a
}

const NEARNESS: readonly NoChoice["reason"][] = ["noise", "keys", "time"]
