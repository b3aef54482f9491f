import { sizeOf } from "../data/index.ts"
import { type Matrix, type Node, nodesOf, type Program, type Type } from "../ir/index.ts"
import { type Chains, chainsOf, MAX_PRIME_BITS } from "./chains.ts"
import type { Circuit } from "./circuit.ts"
import { type CircuitCost, COST_MODELS, type CostModel, leastTime, priceCircuit, pricing } from "./cost.ts"
import { spreadRing } from "./input-rows.ts"
import { keySetBytes, keysOf } from "./keys.ts"
import { type Layout, lanesOf, powerOfTwoFrom } from "./layout.ts"
import { type LowerOptions, lower } from "./lower.ts"
import { budgetAt, noiseModel } from "./noise.ts"
import type { KeySet, Parameters, Security } from "./parameters.ts"
import { noiseAfterLevels, placeLevels } from "./place-levels.ts"
import { batchingPrime } from "./primes.ts"
import { CircuitTooLarge, type RecorderLimit } from "./recorder.ts"
import { TablePolynomials } from "./table-polynomials.ts"
import type { TableStrategy } from "./table-schedule.ts"

export interface ChoiceOptions {
  /** Samples per run to optimise for. */
  readonly batch: number
  readonly security: Security
  /** Bits of noise budget that the estimate must leave on every output. */
  readonly margin: number
  /** Most bytes of evaluation keys as uploaded. */
  readonly maxKeyBytes: number
  /** Considers only this ring size; for tests and comparisons. */
  readonly ring?: number
  /** Considers only this scheme; for tests and comparisons. */
  readonly scheme?: Parameters["scheme"]
  /** Times measured on the machine that is optimised for, in place of the shipped ones. */
  readonly costs?: Readonly<Record<Parameters["scheme"], CostModel>>
}

/** A program with everything decided. */
export interface Choice {
  readonly circuit: Circuit
  readonly parameters: Parameters
  readonly keys: KeySet
  readonly cost: CircuitCost
  /** The estimated noise budget of the outputs in bits; Infinity when none is encrypted. */
  readonly budget: number
  /** The data primes left of each output piece. */
  readonly outputLevels: readonly number[]
}

/** Why nothing was chosen: the best that was tried, for the message. */
export interface NoChoice {
  readonly reason: "noise" | "keys"
  /** The largest estimated budget over all candidates, or the fewest key bytes. */
  readonly best: number
}

export const DEGREES = [4096, 8192, 16384, 32768] as const
const MAX_INSTRUCTIONS = 2_000_000

/**
 * The cheapest layout, scheme and parameters for a linearised program: every ring degree up to the first that works
 * (beyond it only while a run has too few lanes for the batch), every ring size, tables at least depth and at least cost,
 * both schemes, and for each the shortest chain of primes whose noise estimate leaves the margin.
 */
export const chooseParameters = (program: Program, options: ChoiceOptions): Choice | NoChoice => {
  const polynomials = new TablePolynomials()
  const costs = options.costs ?? COST_MODELS
  const hasTables = nodesOf(program).some((node) => node.op === "table" && node.type.secret)
  const strategies: readonly TableStrategy[] = hasTables ? ["bounded", "balanced"] : ["bounded"]
  let best: { choice: Choice; price: number } | undefined
  let failure: NoChoice = { reason: "noise", best: -Infinity }
  for (const n of DEGREES) {
    if (best !== undefined && best.choice.parameters.n < n / 2 && n > options.batch) break
    const t = batchingPrime(n, plainModulusFrom(program))
    const schemes = options.scheme === undefined ? SCHEMES : [options.scheme]
    const all = schemes.map((scheme) => ({
      scheme,
      chains: chainsOf(scheme, { n, t, security: options.security }),
    }))
    for (const ring of options.ring === undefined ? ringSizes(program, n) : [options.ring]) {
      const layout = { n, ring }
      const hopeful = all.flatMap(({ scheme, chains }) => {
        const most = mostBudget(program, layout, t, polynomials, scheme, chains)
        if (most >= options.margin) return [{ scheme, chains, spare: most - options.margin }]
        failure = nearer(failure, { reason: "noise", best: most })
        return []
      })
      if (hopeful.length === 0) continue
      const runs = Math.ceil(options.batch / lanesOf(layout))
      const limitFor = (): RecorderLimit => ({
        instructions: MAX_INSTRUCTIONS,
        time: best === undefined ? Infinity : best.price / runs,
        leastTime: (op) => Math.min(...hopeful.map(({ scheme }) => leastTime(op, n, costs[scheme]))),
      })
      for (const tables of strategies) {
        const circuit = tryLower(program, layout, t, { polynomials, limit: limitFor(), tables })
        if (circuit === undefined) continue
        for (const { scheme, chains, spare } of hopeful) {
          const time: number = best === undefined ? Infinity : best.price / runs
          const found = shortestChain(
            circuit,
            { scheme, chains, spare, t, cost: costs[scheme], time },
            options,
          )
          if (found === undefined) continue
          if ("reason" in found) {
            failure = nearer(failure, found)
            continue
          }
          const price = runs * found.cost.time
          if (best === undefined || price < best.price) best = { choice: found, price }
        }
      }
    }
  }
  return best?.choice ?? failure
}

const SCHEMES = ["bfv", "bgv"] as const

/** The failure that is nearer to success: keys that are too many show that the noise would do. */
const nearer = (a: NoChoice, b: NoChoice): NoChoice => {
  if (a.reason !== b.reason) return a.reason === "keys" ? a : b
  const isBetter = a.reason === "keys" ? b.best < a.best : b.best > a.best
  return isBetter ? b : a
}

/**
 * The most noise budget that any circuit of the program can have left: what products and, in rings of several elements,
 * products with plain vectors take at least.
 */
const mostBudget = (
  program: Program,
  layout: Layout,
  t: bigint,
  polynomials: TablePolynomials,
  scheme: Parameters["scheme"],
  chains: Chains,
): number => {
  const primes = chains.most < 2 ? undefined : chains.bits(chains.most)
  if (primes === undefined) return -Infinity
  const model = noiseModel({ scheme, n: layout.n, t, primes })
  const product = model.leastProduct
  const vectorProduct = layout.ring === 1 ? 0 : model.leastVectorProduct
  const growth = new Map<Node, number>()
  for (const node of nodesOf(program)) {
    let bits = node.operands.reduce((most, operand) => Math.max(most, growth.get(operand)!), 0)
    if (node.type.secret) {
      if (node.op === "table")
        bits += product * Math.ceil(Math.log2(Math.max(1, polynomials.degree(node, t))))
      if (node.op === "mul" && node.operands.every(({ type }) => type.secret)) bits += product
      if (node.op === "linear" && !isScaling(node.attrs.matrix)) bits += vectorProduct
    }
    growth.set(node, bits)
  }
  const most = [...program.outputs.values()].reduce((bits, node) => Math.max(bits, growth.get(node)!), 0)
  return budgetAt(model.fresh.noise + most)
}

/** Whether a matrix multiplies every element by the same number. */
const isScaling = (matrix: Matrix): boolean =>
  matrix.rows === matrix.columns &&
  matrix.value.length === matrix.rows &&
  matrix.column.every((column, r) => column === r) &&
  matrix.value.every((value: number | bigint) => value === matrix.value[0])

/** How many integers t must tell apart: the widest operand of a table and the widest encrypted output. */
export const plainModulusFrom = (program: Program): bigint => {
  let widest = 2n
  const separate = (type: Type): void => {
    if (type.kind === "int" && type.secret && type.hi - type.lo + 1n > widest) widest = type.hi - type.lo + 1n
  }
  for (const node of nodesOf(program)) if (node.op === "table") separate(node.operands[0]!.type)
  for (const node of program.outputs.values()) separate(node.type)
  return widest
}

/** Ring sizes from the longest vector down to 1, a longer ring being no better; at most n/2. */
const ringSizes = (program: Program, n: number): number[] => {
  const longest = nodesOf(program).reduce(
    (most, { type }) => Math.max(most, type.secret ? sizeOf(type.shape) : 1),
    spreadRing(program),
  )
  const sizes: number[] = []
  for (let ring = Math.min(n / 2, powerOfTwoFrom(longest)); ring >= 1; ring /= 2) sizes.push(ring)
  // The ends first: one of them is the best mostly, and what is worse is then given up early.
  return sizes.length > 2 ? [sizes[0]!, 1, ...sizes.slice(1, -1)] : sizes
}

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

interface ChainSearch {
  readonly scheme: Parameters["scheme"]
  readonly chains: Chains
  /** Bits that the longest chain has at most beyond the margin. */
  readonly spare: number
  readonly t: bigint
  readonly cost: CostModel
  /** The best run so far: slower ones are of no interest. */
  readonly time: number
}

/** A chain that was tried: the noise budget it leaves and how long a run would take. */
interface Attempt {
  readonly parameters: Parameters
  readonly budget: number
  readonly time: number
}

/** The choice with the fewest primes that leave the margin; undefined when it would be slower than the best so far. */
const shortestChain = (
  circuit: Circuit,
  search: ChainSearch,
  options: ChoiceOptions,
): Choice | NoChoice | undefined => {
  const { scheme, chains, t, cost } = search
  const { n } = circuit.layout
  const { margin, security } = options
  const attempt = (count: number): Attempt | undefined => {
    const primes = chains.bits(count)
    if (primes === undefined) return undefined
    const parameters: Parameters = { scheme, n, t, primes, security }
    const priced = pricing(parameters, cost)
    const noise = noiseAfterLevels(circuit, parameters, priced.ops)
    return { parameters, budget: budgetAt(noise), time: priced.cost().time }
  }
  const found = (scheme === "bfv" ? fewestBfv : fewestBgv)(search, margin, attempt)
  if (found === undefined) return undefined
  if (typeof found === "number") return { reason: "noise", best: found }
  const { parameters, budget } = found
  const levelled = placeLevels(circuit, parameters)
  const keys = keysOf(levelled.circuit)
  const bytes = keySetBytes(keys, parameters)
  if (bytes > options.maxKeyBytes) return { reason: "keys", best: bytes }
  return {
    circuit: levelled.circuit,
    parameters,
    keys,
    cost: priceCircuit(levelled.circuit, parameters, cost),
    budget,
    outputLevels: levelled.outputLevels,
  }
}

/** The fewest primes whose budget reaches the margin, or the largest budget of any; undefined when they are too slow. */
type FewestPrimes = (
  search: ChainSearch,
  margin: number,
  attempt: (count: number) => Attempt | undefined,
) => Attempt | number | undefined

/** What the longest chain leaves over can go; level drops cost a little, so that a few more tries may be needed. */
const fewestBfv: FewestPrimes = ({ chains: { most } }, margin, attempt) => {
  const longest = attempt(most)
  if (longest === undefined || longest.budget < margin) return longest?.budget ?? -Infinity
  const data = dataBits(longest.parameters.primes)
  const needed = Math.min(data, data - longest.budget + margin)
  for (let count = Math.max(2, Math.ceil(needed / MAX_PRIME_BITS) + 1); count < most; count++) {
    const found = attempt(count)
    if (found !== undefined && found.budget >= margin) return found
  }
  return longest
}

/** Budgets say little of how many primes are missing: upwards until it fits, or what does not fit is too slow already. */
const fewestBgv: FewestPrimes = ({ chains, spare, time }, margin, attempt) => {
  const longest = chains.bits(chains.most)!
  const needed = dataBits(longest) - spare
  let best = -Infinity
  for (let count = Math.max(2, Math.ceil(needed / MAX_PRIME_BITS) + 1); count <= chains.most; count++) {
    const tried = attempt(count)
    if (tried === undefined) continue
    if (tried.time > time) return undefined
    if (tried.budget >= margin) return tried
    best = Math.max(best, tried.budget)
  }
  return best
}

const dataBits = (primes: readonly number[]): number =>
  primes.slice(0, -1).reduce((sum, bits) => sum + bits, 0)
