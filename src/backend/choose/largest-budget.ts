import type { Program } from "../../ir/index.ts"
import { batchingPrime } from "../arithmetic/primes.ts"
import type { Security } from "../circuit/parameters.ts"
import { COST_MODELS, pricing } from "../cost/cost.ts"
import { lower } from "../lower/lower.ts"
import { budgetAt } from "../noise/noise.ts"
import { noiseAfterLevels } from "../noise/place-levels.ts"
import { TablePolynomials } from "../tables/table-polynomials.ts"
import { DEGREES } from "./candidates.ts"
import { chainsOf } from "./modulus-chains.ts"
import { plainModulusFrom, ringSizes } from "./search-space.ts"

/**
 * The noise budget that the largest ring degree leaves a linearised program: the best of both schemes with all their primes,
 * of the longest ring and the shortest, tables at least depth. To compare programs for which the search finds nothing.
 */
export const largestBudget = (program: Program, security: Security): number => {
  const n = DEGREES.at(-1)!
  const t = batchingPrime(n, plainModulusFrom(program))
  const polynomials = new TablePolynomials()
  let best = -Infinity
  for (const ring of new Set(ringSizes([program], n).slice(0, 2))) {
    const circuit = lower(program, { n, ring }, t, { polynomials, tables: "bounded" })
    for (const scheme of ["bfv", "bgv"] as const) {
      const chains = chainsOf({ scheme, n, t, security })
      const chain = chains.at(chains.most)
      if (chain === undefined) continue
      const { ops } = pricing(chain.parameters, COST_MODELS[scheme])
      best = Math.max(best, budgetAt(noiseAfterLevels(circuit, chain.model, ops)))
    }
  }
  return best
}
