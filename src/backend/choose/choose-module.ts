import { joinKeys, keySetBytes, keysOf } from "../circuit/keys.ts"
import { type Layout, lanesOf } from "../circuit/layout.ts"
import type { KeySet, Parameters } from "../circuit/parameters.ts"
import { type CircuitCost, COST_MODELS, type CostModel } from "../cost/cost.ts"
import { messageTime } from "../cost/message-cost.ts"
import type { WiredNames } from "../lower/lower.ts"
import type { TableStrategy } from "../tables/table-schedule.ts"
import { type CandidateProgram, candidates } from "./candidates.ts"
import type { ChoiceOptions } from "./choice.ts"
import { ROUND_TRIP } from "./choose-rounds.ts"
import { type AgeWalk, type ModuleCircuit, walkAges } from "./module-noise-by-age.ts"
import type { Chain, Chains } from "./modulus-chains.ts"

/** One round of a function of a module, after all passes; most functions have one. */
export interface ModuleProgram extends CandidateProgram {
  readonly wired: WiredNames
  /** The ages that its oldest operand may have are those below; 1 when no wire leads to it. */
  readonly ages: number
}

/** What one round of a function runs. */
export interface ModulePart extends ModuleCircuit {
  /** For each age of its oldest operand, the data primes left of each output piece. */
  readonly outputLevels: readonly (readonly number[])[]
  /** For each age of its oldest operand, what a run costs. */
  readonly costs: readonly CircuitCost[]
}

/** A module with everything decided: what its functions share, and each of them. */
export interface ModuleChoice {
  readonly parameters: Parameters
  readonly layout: Layout
  /** What any of the functions needs. */
  readonly keys: KeySet
  readonly tables: TableStrategy
  /** The rounds of each function, in the order in which they were given. */
  readonly functions: readonly (readonly ModulePart[])[]
  readonly walk: Pick<AgeWalk, "forms" | "budgets">
  /** Milliseconds that a call of a function takes, in the mean over functions and ages of their operands. */
  readonly time: number
  /** Milliseconds that it takes besides, in the mean: fresh inputs and replies on a nominal line. */
  readonly messages: number
  /**
   * What is run for each of several coprime moduli, in the same layout. The choice itself is then that of the first modulus, but
   * for times and messages of all together, and the least budgets.
   */
  readonly residues?: readonly ModuleChoice[]
}

/** Why nothing was chosen. */
export interface NoModuleChoice {
  /** The most functions that a value can go through with any parameters. */
  readonly steps: number
  /** The fewest key bytes, where only they were too many. */
  readonly keyBytes: number | undefined
}

/**
 * The cheapest layout, scheme and parameters for functions that share them, by the time of a call in the mean over functions
 * and ages of operands: searched as for a single program, with the noise of all ways of applying functions one after the
 * other. A function is given by its rounds.
 */
export const chooseModule = (
  functions: readonly (readonly ModuleProgram[])[],
  options: ChoiceOptions,
): ModuleChoice | NoModuleChoice => {
  const costs = options.costs ?? COST_MODELS
  const calls = callsOf(functions)
  let best: ModuleChoice | undefined
  let price = options.limit ?? Infinity
  let steps = 0
  let keyBytes: number | undefined
  const soFar = () => ({ price, n: best?.parameters.n })
  const programs = functions.flat()
  for (const { layout, runs, tables, functions: lowered, hopeful } of candidates(programs, options, soFar)) {
    const circuits = lowered.map(({ circuit }, i) => ({
      circuit,
      wired: programs[i]!.wired,
      ages: programs[i]!.ages,
    }))
    const keys = joinKeys(circuits.map(({ circuit }) => keysOf(circuit)))
    const timeOf = ({ costs }: Pick<AgeWalk, "costs">) => totalTime(grouped(functions, costs)) / calls
    for (const { chains } of hopeful) {
      const isSlow = (walk: AgeWalk) => timeOf(walk) > price / runs
      const found = shortestForAges(circuits, chains, costs[chains.scheme], options.margin, isSlow)
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
      const { walk } = found
      const time = timeOf(walk)
      if (runs * time >= price) continue
      price = runs * time
      const parts = circuits.map((own, i): ModulePart => {
        return { ...own, outputLevels: walk.outputLevels[i]!, costs: walk.costs[i]! }
      })
      const chosen = grouped(functions, parts)
      const messages = totalMessages(chosen, parameters) / calls
      best = { parameters, layout, keys, tables, functions: chosen, walk, time, messages }
    }
  }
  return best ?? { steps, keyBytes }
}

/** Milliseconds of all runs and messages of a batch. */
export const moduleTime = (
  { layout, time, messages }: Pick<ModuleChoice, "layout" | "time" | "messages">,
  batch: number,
): number => Math.ceil(batch / lanesOf(layout)) * (time + messages)

/** What belongs to the rounds of all functions one after the other, by function. */
const grouped = <T>(
  functions: readonly (readonly unknown[])[],
  all: readonly T[],
): readonly (readonly T[])[] => {
  let next = 0
  return functions.map((rounds) => {
    next += rounds.length
    return all.slice(next - rounds.length, next)
  })
}

/** The calls that times are meant over: one for each function and age of its oldest operand. */
const callsOf = (functions: readonly (readonly Pick<ModuleProgram, "ages">[])[]): number =>
  functions.reduce((sum, [first]) => sum + first!.ages, 0)

/** Milliseconds of one call of each function for each age. What a client has refreshed is fresh, whatever it was before. */
const totalTime = (costs: readonly (readonly (readonly CircuitCost[])[])[]): number =>
  costs.reduce((total, [first, ...others]) => {
    const later = others.reduce((sum, [cost]) => sum + (cost?.time ?? 0), 0)
    return total + first!.reduce((sum, { time }) => sum + time + later, 0)
  }, 0)

/** The same of their messages. Inputs that other functions give are sent with the first of them only. */
const totalMessages = (functions: readonly (readonly ModulePart[])[], parameters: Parameters): number =>
  functions.reduce((total, [first, ...others]) => {
    const later = others.reduce(
      (sum, { circuit, outputLevels }) =>
        sum + ROUND_TRIP + messageTime(circuit, parameters, outputLevels[0]!),
      0,
    )
    const { circuit, wired, outputLevels } = first!
    const fresh = circuit.instructions.filter((each) => each.op === "input" && !wired.inputs.has(each.name))
    const times = outputLevels.map((levels, age) =>
      messageTime(age === 0 ? circuit : { ...circuit, instructions: fresh }, parameters, levels),
    )
    return times.reduce((sum, time) => sum + time + later, total)
  }, 0)

/**
 * The fewest primes with which every value keeps the margin to its last age; undefined when that is too slow.
 * The longest chain first: most candidates fail with it, and it tells how many bits may be missing.
 */
const shortestForAges = (
  functions: readonly ModuleCircuit[],
  chains: Chains,
  cost: CostModel,
  margin: number,
  isSlow: (walk: AgeWalk) => boolean,
): { chain: Chain; walk: AgeWalk } | { steps: number } | undefined => {
  const ages = functions.reduce((most, { ages }) => Math.max(most, ages), 0)
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
    if (isSlow(walk)) return undefined
  }
  return { chain: longest, walk: whole }
}

const dataBits = ({ parameters }: Chain): number =>
  parameters.primes.slice(0, -1).reduce((sum, bits) => sum + bits, 0)
