import { Compiled } from "lutra"
import { batchingPrime } from "../src/backend/arithmetic/primes.ts"
import { DEGREES, STRATEGIES } from "../src/backend/choose/candidates.ts"
import { chooseParameters } from "../src/backend/choose/choose-parameters.ts"
import { plainModulusFrom, ringSizes } from "../src/backend/choose/search-space.ts"
import { CircuitTooLarge } from "../src/backend/circuit/recorder.ts"
import { COST_MODELS, leastTime } from "../src/backend/cost/cost.ts"
import { type Layout, lanesOf, lower, type TableStrategy } from "../src/backend/index.ts"
import { TablePolynomials } from "../src/backend/tables/table-polynomials.ts"
import { nodesOf } from "../src/ir/index.ts"

/** A program compiled with some of the compiler's decisions made beforehand. */
export interface Alternative {
  readonly compiled: Compiled
  /** Undefined for a program without tables. */
  readonly tables: TableStrategy | undefined
  /** Runs that the batch takes, which is what the compiler minimises the time of. */
  readonly runs: number
  /** Milliseconds of all runs. */
  readonly estimate: number
  readonly isChosen: boolean
}

/** What is estimated to take longer than so many times the choice is not looked at. */
const WIDEST = 2.5

/**
 * The compiler's choice and what it might have chosen instead: every scheme, ring degree, ring size and table strategy
 * that fits and is not estimated to be far worse. The choice comes first, then the others by estimate.
 */
export const alternativesOf = (
  chosen: Compiled,
  batch: number,
  progress: (doing: string) => void,
): Alternative[] => {
  const program = chosen.optimized
  const runsOf = (layout: Layout): number => Math.ceil(batch / lanesOf(layout))
  const chosenRuns = runsOf(chosen.circuit.layout)
  const longest = WIDEST * chosenRuns * chosen.report().time.run
  const polynomials = new TablePolynomials()
  const hasTables = nodesOf(program).some(({ op, type }) => op === "table" && type.secret)
  const strategies = hasTables ? STRATEGIES : STRATEGIES.slice(0, 1)
  const found = new Map<string, Alternative>()
  const add = (compiled: Compiled, strategy: TableStrategy): void => {
    const runs = runsOf(compiled.circuit.layout)
    const estimate = runs * compiled.report().time.run
    if (found.has(compiled.spec.hash) || estimate > longest) return
    const tables = hasTables ? strategy : undefined
    const isChosen = compiled === chosen
    found.set(compiled.spec.hash, { compiled, tables, runs, estimate, isChosen })
  }
  add(chosen, chosen.report().tables.strategy)
  for (const n of DEGREES) {
    progress(`compiling for n = ${n}; ${found.size} fit so far`)
    const t = batchingPrime(n, plainModulusFrom(program))
    for (const ring of ringSizes([program], n)) {
      for (const tables of strategies) {
        const layout = { n, ring }
        // Without a limit some would take minutes to lower.
        const limit = {
          instructions: MOST_INSTRUCTIONS,
          time: longest / runsOf(layout),
          leastTime: leastOf(n),
        }
        if (isTooLarge(() => lower(program, layout, t, { polynomials, tables, limit }))) continue
        for (const scheme of SCHEMES) {
          const compiled = compileWith(chosen, { batch, n, ring, tables, scheme })
          if (compiled !== undefined) add(compiled, tables)
        }
      }
    }
  }
  const all = [...found.values()].sort((a, b) => a.estimate - b.estimate)
  return [...all.filter(({ isChosen }) => isChosen), ...all.filter(({ isChosen }) => !isChosen)]
}

/**
 * At most `count` of them, in their order: the first of each scheme, ring degree and table strategy, then those whose
 * estimate differs from all before, then the rest.
 */
export const selectFrom = <
  A extends Pick<Alternative, "tables" | "estimate"> & { compiled: Pick<Compiled, "parameters"> },
>(
  all: readonly A[],
  count: number,
): A[] => {
  const seen = new Set<string>()
  const isNew = (key: string): boolean => !seen.has(key) && seen.add(key).has(key)
  const ranks = all.map(({ compiled: { parameters }, tables, estimate }) => {
    const isFirst = isNew(`${parameters.scheme} ${parameters.n} ${tables}`)
    const differs = isNew(String(estimate))
    return isFirst ? 0 : differs ? 1 : 2
  })
  const order = [...all.keys()].sort((a, b) => ranks[a]! - ranks[b]! || a - b)
  const kept = new Set(order.slice(0, count))
  return all.filter((_, i) => kept.has(i))
}

const SCHEMES = ["bfv", "bgv"] as const
const MOST_INSTRUCTIONS = 500_000

const leastOf =
  (n: number) =>
  (op: Parameters<typeof leastTime>[0]): number =>
    Math.min(...SCHEMES.map((scheme) => leastTime(op, n, COST_MODELS[scheme])))

const isTooLarge = (lowering: () => unknown): boolean => {
  try {
    lowering()
    return false
  } catch (error) {
    if (error instanceof CircuitTooLarge) return true
    throw error
  }
}

interface Filter {
  readonly batch: number
  readonly n: number
  readonly ring: number
  readonly tables: TableStrategy
  readonly scheme: (typeof SCHEMES)[number]
}

/** Undefined when no chain of primes has room for it. */
const compileWith = (chosen: Compiled, filter: Filter): Compiled | undefined => {
  const { program, optimized, spec } = chosen
  const choice = chooseParameters(optimized, {
    ...filter,
    margin: 10,
    maxKeyBytes: Infinity,
    security: chosen.parameters.security,
  })
  return "reason" in choice ? undefined : new Compiled({ program, returns: spec.returns }, optimized, choice)
}
