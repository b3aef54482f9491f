import { type Node, nodesOf, type Program } from "../../ir/index.ts"
import { batchingPrime } from "../arithmetic/primes.ts"
import type { Circuit } from "../circuit/circuit.ts"
import { type Layout, lanesOf } from "../circuit/layout.ts"
import { CircuitTooLarge, type RecorderLimit } from "../circuit/recorder.ts"
import { COST_MODELS, leastTime } from "../cost/cost.ts"
import { type LowerOptions, lower } from "../lower/lower.ts"
import { TablePolynomials } from "../tables/table-polynomials.ts"
import type { TableStrategy } from "../tables/table-schedule.ts"
import type { ChoiceOptions } from "./choice.ts"
import type { LoweredCircuits } from "./lowered-circuits.ts"
import { type Chains, chainsOf } from "./modulus-chains.ts"
import { leastLevels, mostBudget, plainModulusFrom, ringSizes } from "./search-space.ts"

export const DEGREES = [4096, 8192, 16384, 32768] as const
export const SCHEMES = ["bfv", "bgv"] as const
/** SEAL takes plaintext moduli of up to 60 bits. */
export const MAX_MODULUS = 2n ** 60n
const MAX_INSTRUCTIONS = 2_000_000
export const STRATEGIES: readonly TableStrategy[] = ["bounded", "balanced", "spread"]
const NO_TABLES: readonly TableStrategy[] = ["bounded"]

/** A program among those that share parameters, and how it is lowered. */
export interface CandidateProgram extends Pick<LowerOptions, "wired" | "refreshed"> {
  readonly program: Program
  /** Circuits of the same program, lowered for other moduli. */
  readonly lowered?: LoweredCircuits | undefined
}

/** Programs lowered for one layout and plaintext modulus, with one way to compute tables. */
export interface Candidate {
  readonly layout: Layout
  readonly tables: TableStrategy
  /** Runs that the batch takes. */
  readonly runs: number
  /** For each program its circuit, without levels, and the tables that are computed by powers in copies of their operand. */
  readonly functions: readonly { readonly circuit: Circuit; readonly spread: ReadonlySet<Node> }[]
  /** The chains of each scheme, where they may have room, and the bits that the longest has beyond the margin at most. */
  readonly hopeful: readonly HopefulChains[]
}

export interface HopefulChains {
  readonly chains: Chains
  readonly spare: number
}

/** The cheapest choice so far. */
export interface BestSoFar {
  /** Milliseconds of all runs of the batch, in the mean over the programs; Infinity when anything would do. */
  readonly price: number
  /** Its ring degree; undefined when there is none. */
  readonly n: number | undefined
}

/**
 * All that may be chosen for programs that share parameters: every ring degree up to the first that works (beyond it only
 * while a run has too few lanes for the batch), every ring size, tables at least depth, at least cost and spread. What cannot
 * be cheaper than `best` is left out, and `onHopeless` is told the most noise budget of what has no room.
 */
export function* candidates(
  programs: readonly CandidateProgram[],
  options: ChoiceOptions,
  best: () => BestSoFar,
  onHopeless: (budget: number) => void = () => {},
): Generator<Candidate, void, void> {
  const sources = programs.map(({ program }) => program)
  const polynomials = programs.map(() => new TablePolynomials())
  const strategies = options.tables !== undefined ? [options.tables] : strategiesFor(sources)
  const separate = sources.map(plainModulusFrom).reduce(larger)
  const costs = options.costs ?? COST_MODELS
  for (const n of options.n === undefined ? DEGREES : [options.n]) {
    const found = best().n
    if (found !== undefined && found < n / 2 && n > options.batch) break
    const t = options.modulus?.(n) ?? batchingPrime(n, separate)
    if (t >= MAX_MODULUS) continue
    const schemes = options.scheme === undefined ? SCHEMES : [options.scheme]
    const all = schemes.map((scheme) => chainsOf({ scheme, n, t, security: options.security }))
    for (const ring of options.ring === undefined ? ringSizes(sources, n) : [options.ring]) {
      const layout = { n, ring }
      const hopeful = all.flatMap((chains) => {
        const budgets = sources.map((program, f) => mostBudget(program, layout, polynomials[f]!, chains))
        const most = Math.min(...budgets)
        if (most < options.margin) {
          onHopeless(most)
          return []
        }
        const levels = sources.map((program, f) =>
          leastLevels(program, layout, polynomials[f]!, chains, options.margin),
        )
        return [{ chains, spare: most - options.margin, levels }]
      })
      if (hopeful.length === 0) continue
      const runs = Math.ceil(options.batch / lanesOf(layout))
      const limitFor = (f: number): RecorderLimit => ({
        instructions: MAX_INSTRUCTIONS,
        time: (best().price / runs) * programs.length,
        leastTime: (op, node) =>
          hopeful.reduce((least, { chains, levels }) => {
            const level = node === undefined ? 1 : levels[f]!.get(node)
            return Math.min(least, leastTime(op, n, costs[chains.scheme], level))
          }, Infinity),
      })
      for (const tables of strategies) {
        const functions = lowerAll(programs, layout, t, (f) => ({
          polynomials: polynomials[f]!,
          limit: limitFor(f),
          tables,
        }))
        if (functions === undefined) continue
        // Without room to spread any table the circuits are the same as `bounded`.
        if (tables === "spread" && functions.every(({ spread }) => spread.size === 0)) continue
        yield { layout, tables, runs, functions, hopeful }
      }
    }
  }
}

export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)

const strategiesFor = (programs: readonly Program[]): readonly TableStrategy[] =>
  programs.some((program) => nodesOf(program).some(({ op, type }) => op === "table" && type.secret))
    ? STRATEGIES
    : NO_TABLES

/** The circuits of all programs; undefined when one of them is not worth finishing. */
const lowerAll = (
  programs: readonly CandidateProgram[],
  layout: Layout,
  t: bigint,
  optionsFor: (f: number) => LowerOptions,
): Candidate["functions"] | undefined => {
  const functions: { circuit: Circuit; spread: ReadonlySet<Node> }[] = []
  for (const [f, { program, wired, refreshed, lowered }] of programs.entries()) {
    const spread = new Set<Node>()
    const names = { ...(wired && { wired }), ...(refreshed && { refreshed }) }
    const make = () =>
      tryLower(program, layout, t, {
        ...optionsFor(f),
        ...names,
        onSpread: (node) => spread.add(node),
      })
    const circuit = lowered === undefined ? make() : lowered.get(layout, t, make)
    if (circuit === undefined) return undefined
    functions.push({ circuit, spread })
  }
  return functions
}

/** The circuit; undefined when it is not worth finishing. */
const tryLower = (
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
