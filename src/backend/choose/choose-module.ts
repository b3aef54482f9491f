import type { Node, Program } from "../../ir/index.ts"
import { joinKeys, keySetBytes, keysOf } from "../circuit/keys.ts"
import { type Layout, lanesOf } from "../circuit/layout.ts"
import type { KeySet, Parameters } from "../circuit/parameters.ts"
import { COST_MODELS, type CostModel } from "../cost/cost.ts"
import { messageTime } from "../cost/message-cost.ts"
import type { WiredNames } from "../lower/lower.ts"
import type { TableStrategy } from "../tables/table-schedule.ts"
import { candidates } from "./candidates.ts"
import type { ChoiceOptions } from "./choice.ts"
import { type AgeWalk, type ModuleCircuit, walkAges } from "./module-noise-by-age.ts"
import type { Chain, Chains } from "./modulus-chains.ts"

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
  /** Milliseconds that a run takes besides, in the mean: fresh inputs and replies on a nominal line. */
  readonly messages: number
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
  const costs = options.costs ?? COST_MODELS
  let best: ModuleChoice | undefined
  let price = Infinity
  let steps = 0
  let keyBytes: number | undefined
  const soFar = () => ({ price, n: best?.parameters.n })
  for (const { layout, runs, tables, functions: lowered, hopeful } of candidates(functions, options, soFar)) {
    const circuits = lowered.map((own, f) => ({
      ...own,
      wired: functions[f]!.wired,
      ages: functions[f]!.ages,
    }))
    const keys = joinKeys(circuits.map(({ circuit }) => keysOf(circuit)))
    for (const { chains } of hopeful) {
      const found = shortestForAges(circuits, chains, costs[chains.scheme], options.margin, price / runs)
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
      const messages = meanMessages(circuits, parameters, found.walk)
      best = { parameters, layout, keys, tables, functions: circuits, walk: found.walk, messages }
    }
  }
  return best ?? { steps, keyBytes }
}

/** The milliseconds of a run, in the mean over functions and ages of their operands. */
export const meanTime = (walk: Pick<AgeWalk, "costs">): number => totalTime(walk) / walk.costs.flat().length

/** Milliseconds of all runs and messages of a batch. */
export const moduleTime = ({ layout, walk, messages }: ModuleChoice, batch: number): number =>
  Math.ceil(batch / lanesOf(layout)) * (meanTime(walk) + messages)

/** Inputs that other functions give are sent with the first of them only. */
const meanMessages = (
  functions: readonly ModuleCircuit[],
  parameters: Parameters,
  { outputLevels }: AgeWalk,
): number => {
  const times = functions.flatMap(({ circuit, wired }, f) => {
    const fresh = circuit.instructions.filter((each) => each.op === "input" && !wired.inputs.has(each.name))
    return outputLevels[f]!.map((levels, age) =>
      messageTime(age === 0 ? circuit : { ...circuit, instructions: fresh }, parameters, levels),
    )
  })
  return times.reduce((sum, time) => sum + time, 0) / times.length
}

const totalTime = ({ costs }: Pick<AgeWalk, "costs">): number =>
  costs.flat().reduce((sum, { time }) => sum + time, 0)

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
