import { type Node, nodesOf, type Program } from "../ir/index.ts"
import { chainsOf } from "./chains.ts"
import type { Choice, ChoiceOptions, NoChoice } from "./choice.ts"
import type { Circuit } from "./circuit.ts"
import { COST_MODELS, leastTime } from "./cost.ts"
import { type Layout, lanesOf } from "./layout.ts"
import { type LowerOptions, lower } from "./lower.ts"
import { batchingPrime } from "./primes.ts"
import { CircuitTooLarge, type RecorderLimit } from "./recorder.ts"
import { leastLevels, mostBudget, plainModulusFrom, ringSizes } from "./search-space.ts"
import { shortestChain } from "./shortest-chain.ts"
import { TablePolynomials } from "./table-polynomials.ts"
import type { TableStrategy } from "./table-schedule.ts"

export const DEGREES = [4096, 8192, 16384, 32768] as const
export const MAX_INSTRUCTIONS = 2_000_000
/** SEAL takes plaintext moduli of up to 60 bits. */
export const MAX_MODULUS = 2n ** 60n

/**
 * The cheapest layout, scheme and parameters for a linearised program: every ring degree up to the first that works
 * (beyond it only while a run has too few lanes for the batch), every ring size, tables at least depth, at least cost and spread,
 * both schemes, and for each the shortest chain of primes whose noise estimate leaves the margin.
 */
export const chooseParameters = (program: Program, options: ChoiceOptions): Choice | NoChoice => {
  const polynomials = new TablePolynomials()
  const costs = options.costs ?? COST_MODELS
  const hasTables = nodesOf(program).some((node) => node.op === "table" && node.type.secret)
  const strategies = options.tables !== undefined ? [options.tables] : hasTables ? STRATEGIES : NO_TABLES
  let best: Choice | undefined
  let price = options.limit ?? Infinity
  let failure: NoChoice = { reason: "noise", best: -Infinity }
  for (const n of options.n === undefined ? DEGREES : [options.n]) {
    if (best !== undefined && best.parameters.n < n / 2 && n > options.batch) break
    const t = options.modulus?.(n) ?? batchingPrime(n, plainModulusFrom(program))
    if (t >= MAX_MODULUS) continue
    const schemes = options.scheme === undefined ? SCHEMES : [options.scheme]
    const all = schemes.map((scheme) => chainsOf({ scheme, n, t, security: options.security }))
    for (const ring of options.ring === undefined ? ringSizes(program, n) : [options.ring]) {
      const layout = { n, ring }
      const hopeful = all.flatMap((chains) => {
        const most = mostBudget(program, layout, polynomials, chains)
        if (most >= options.margin) {
          const levels = leastLevels(program, layout, polynomials, chains, options.margin)
          return [{ chains, levels, spare: most - options.margin }]
        }
        failure = nearer(failure, { reason: "noise", best: most })
        return []
      })
      if (hopeful.length === 0) continue
      const runs = Math.ceil(options.batch / lanesOf(layout))
      const limitFor = (): RecorderLimit => ({
        instructions: MAX_INSTRUCTIONS,
        time: price / runs,
        leastTime: (op, node) =>
          hopeful.reduce((least, { chains, levels }) => {
            const level = node === undefined ? 1 : levels.get(node)
            return Math.min(least, leastTime(op, n, costs[chains.scheme], level))
          }, Infinity),
      })
      for (const tables of strategies) {
        const spread = new Set<Node>()
        const onSpread = (node: Node) => spread.add(node)
        const limits = { polynomials, limit: limitFor(), tables, onSpread }
        const { refreshed } = options
        const make = () => tryLower(program, layout, t, { ...limits, ...(refreshed && { refreshed }) })
        const circuit = options.lowered === undefined ? make() : options.lowered.get(layout, t, make)
        if (circuit === undefined) continue
        // Without room to spread any table it is the same circuit as `bounded`.
        if (tables === "spread" && spread.size === 0) continue
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
    }
  }
  return best ?? (price < Infinity ? nearer(failure, { reason: "time", best: price }) : failure)
}

export const SCHEMES = ["bfv", "bgv"] as const

export const STRATEGIES: readonly TableStrategy[] = ["bounded", "balanced", "spread"]
export const NO_TABLES: readonly TableStrategy[] = ["bounded"]

/** The failure that is nearer to success: keys that are too many show that the noise would do, and a limit of time both. */
export const nearer = (a: NoChoice, b: NoChoice): NoChoice => {
  if (a.reason !== b.reason) return NEARNESS.indexOf(a.reason) > NEARNESS.indexOf(b.reason) ? a : b
  const isBetter = a.reason === "noise" ? b.best > a.best : b.best < a.best
  return isBetter ? b : a
}

const NEARNESS: readonly NoChoice["reason"][] = ["noise", "keys", "time"]

/** The circuit; undefined when it is not worth finishing. */
export const tryLower = (
  program: Program,
  layout: Layout,
  t: bigint,
  options: LowerOptions,
): Circuit | undefined => {
  try {
    return lower(program, layout, t, options)
  } catch (error) {
    if (error instanceof CircuitTooLarge) return undefined
    throw error
  }
}
