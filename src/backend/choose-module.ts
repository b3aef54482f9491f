import { type Node, nodesOf, type Program } from "../ir/index.ts"
import { type Chain, type Chains, chainsOf } from "./chains.ts"
import type { ChoiceOptions } from "./choice.ts"
import {
  DEGREES,
  MAX_INSTRUCTIONS,
  MAX_MODULUS,
  NO_TABLES,
  SCHEMES,
  STRATEGIES,
  tryLower,
} from "./choose-parameters.ts"
import { COST_MODELS, type CostModel, leastTime } from "./cost.ts"
import { keySetBytes, keysOf } from "./keys.ts"
import { type Layout, lanesOf } from "./layout.ts"
import type { WiredNames } from "./lower.ts"
import { type AgeWalk, type ModuleCircuit, walkAges } from "./module-ages.ts"
import type { KeySet, Parameters } from "./parameters.ts"
import { batchingPrime } from "./primes.ts"
import type { RecorderLimit } from "./recorder.ts"
import { longestVector, mostBudget, plainModulusFrom, ringSizes } from "./search-space.ts"
import { TablePolynomials } from "./table-polynomials.ts"
import type { TableStrategy } from "./table-schedule.ts"

/** A function of a module after all passes. */
export interface ModuleProgram {
  readonly program: Program
  readonly wired: WiredNames
  /** The ages that its oldest operand may have are those below; 1 when no wire leads to it. */
  readonly ages: number
}

/** A module with everything decided: what its functions share, and each of them. */
export interface ModuleChoice {
  readonly parameters: Parameters
  readonly layout: Layout
  /** What any of the functions needs. */
  readonly keys: KeySet
  readonly tables: TableStrategy
  /** In the order in which they were given. */
  readonly functions: readonly (ModuleCircuit & { readonly spread: ReadonlySet<Node> })[]
  readonly walk: AgeWalk
}

/** Why nothing was chosen. */
export interface NoModuleChoice {
  /** The most functions that a value can go through with any parameters. */
  readonly steps: number
  /** The fewest key bytes, where only they were too many. */
  readonly keyBytes: number | undefined
}

/**
 * The cheapest layout, scheme and parameters for functions that share them, by the time of a run in the mean over functions
 * and ages of operands: searched as for a single program, with the noise of all ways of applying functions one after the
 * other.
 */
export const chooseModule = (
  functions: readonly ModuleProgram[],
  options: ChoiceOptions,
): ModuleChoice | NoModuleChoice => {
  const { batch, costs = COST_MODELS } = options
  const programs = functions.map(({ program }) => program)
  const polynomials = programs.map(() => new TablePolynomials())
  const strategies = options.tables !== undefined ? [options.tables] : strategiesFor(programs)
  const separate = programs
    .map(plainModulusFrom)
    .sort((a, b) => Number(a - b))
    .at(-1)!
  let best: ModuleChoice | undefined
  let price = Infinity
  let steps = 0
  let keyBytes: number | undefined
  for (const n of options.n === undefined ? DEGREES : [options.n]) {
    if (best !== undefined && best.parameters.n < n / 2 && n > batch) break
    const t = batchingPrime(n, separate)
    if (t >= MAX_MODULUS) continue
    const schemes = options.scheme === undefined ? SCHEMES : [options.scheme]
    const all = schemes.map((scheme) => chainsOf({ scheme, n, t, security: options.security }))
    for (const ring of options.ring === undefined ? sharedRingSizes(programs, n) : [options.ring]) {
      const layout = { n, ring }
      const hopeful = all.filter((chains) =>
        programs.every((one, f) => mostBudget(one, layout, polynomials[f]!, chains) >= options.margin),
      )
      if (hopeful.length === 0) continue
      const runs = Math.ceil(batch / lanesOf(layout))
      const limit: RecorderLimit = {
        instructions: MAX_INSTRUCTIONS,
        time: (price / runs) * programs.length,
        leastTime: (op) => Math.min(...hopeful.map(({ scheme }) => leastTime(op, n, costs[scheme]))),
      }
      for (const tables of strategies) {
        const lowered = functions.flatMap(({ program, wired, ages }, f) => {
          const spread = new Set<Node>()
          const onSpread = (node: Node) => spread.add(node)
          const lowering = { polynomials: polynomials[f]!, limit, tables, onSpread, wired }
          const circuit = tryLower(program, layout, t, lowering)
          return circuit === undefined ? [] : [{ circuit, wired, ages, spread }]
        })
        if (lowered.length < functions.length) continue
        if (tables === "spread" && lowered.every(({ spread }) => spread.size === 0)) continue
        const keys = unionOfKeys(lowered.map(({ circuit }) => keysOf(circuit)))
        for (const chains of hopeful) {
          const found = shortestForAges(lowered, chains, costs[chains.scheme], options.margin, price / runs)
          if (found === undefined) continue
          if ("steps" in found) {
            steps = Math.max(steps, found.steps)
            continue
          }
          const { parameters } = found.chain
          const bytes = keySetBytes(keys, parameters)
          if (bytes > options.maxKeyBytes) {
            keyBytes = Math.min(keyBytes ?? Infinity, bytes)
            continue
          }
          if (runs * meanTime(found.walk) >= price) continue
          price = runs * meanTime(found.walk)
          best = { parameters, layout, keys, tables, functions: lowered, walk: found.walk }
        }
      }
    }
  }
  return best ?? { steps, keyBytes }
}

/** The milliseconds of a run, in the mean over functions and ages of their operands. */
export const meanTime = (walk: Pick<AgeWalk, "costs">): number => totalTime(walk) / walk.costs.flat().length

const totalTime = ({ costs }: Pick<AgeWalk, "costs">): number =>
  costs.flat().reduce((sum, { time }) => sum + time, 0)

const strategiesFor = (programs: readonly Program[]): readonly TableStrategy[] =>
  programs.some((program) => nodesOf(program).some(({ op, type }) => op === "table" && type.secret))
    ? STRATEGIES
    : NO_TABLES

/** The ring sizes of any program that have room for the vectors of all. */
const sharedRingSizes = (programs: readonly Program[], n: number): number[] => {
  const most = programs.every((program) => longestVector(program) <= n / 2) ? n : n / 2
  const sizes = new Set(programs.flatMap((program) => ringSizes(program, n)))
  const sorted = [...sizes].filter((size) => size <= most).sort((a, b) => b - a)
  return sorted.length > 2 ? [sorted[0]!, 1, ...sorted.slice(1, -1)] : sorted
}

const unionOfKeys = (sets: readonly KeySet[]): KeySet => ({
  relinearization: sets.some(({ relinearization }) => relinearization),
  rotations: [...new Set(sets.flatMap(({ rotations }) => rotations))].sort((a, b) => a - b),
})

/**
 * The fewest primes with which every value keeps the margin to its last age; undefined when that is slower than `time`.
 * The longest chain first: most candidates fail with it, and it tells how many bits may be missing.
 */
const shortestForAges = (
  functions: readonly ModuleCircuit[],
  chains: Chains,
  cost: CostModel,
  margin: number,
  time: number,
): { chain: Chain; walk: AgeWalk } | { steps: number } | undefined => {
  const ages = functions.reduce((most, { ages }) => Math.max(most, ages), 0)
  const runs = functions.reduce((sum, { ages }) => sum + ages, 0)
  const walkOn = ({ parameters, model }: Chain) => walkAges(functions, parameters, model, cost, margin)
  const longest = chains.at(chains.most)
  if (longest === undefined) return { steps: 0 }
  const whole = walkOn(longest)
  const passed = whole.budgets.filter((budget) => budget >= margin).length
  if (passed < ages) return { steps: passed }
  const spare = Math.min(...whole.budgets) - margin
  // In BFV a bit of the modulus is a bit of budget; in BGV budgets say little of how many primes are missing.
  const needed = chains.scheme === "bfv" ? dataBits(longest) - spare : 0
  for (let count = 2; count < chains.most; count++) {
    const chain = chains.at(count)
    if (chain === undefined || dataBits(chain) < needed) continue
    const walk = walkOn(chain)
    if (walk.budgets.filter((budget) => budget >= margin).length === ages) return { chain, walk }
    // What was walked is a part of all, and costs more with more primes.
    if (totalTime(walk) > time * runs) return undefined
  }
  return { chain: longest, walk: whole }
}

const dataBits = ({ parameters }: Chain): number =>
  parameters.primes.slice(0, -1).reduce((sum, bits) => sum + bits, 0)
