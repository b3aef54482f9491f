import { nodesOf, type Program, print } from "../../ir/index.ts"
import { batchingPrime } from "../arithmetic/primes.ts"
import { joinKeys, keySetBytes } from "../circuit/keys.ts"
import { lanesOf } from "../circuit/layout.ts"
import type { CircuitCost } from "../cost/cost.ts"
import type { RefreshedNames } from "../lower/lower.ts"
import { DEGREES, MAX_MODULUS, SCHEMES } from "./candidates.ts"
import type { Choice, ChoiceOptions, NoChoice } from "./choice.ts"
import { chooseParameters, nearer } from "./choose-parameters.ts"
import { plainModulusFrom } from "./search-space.ts"

/** One round: a program of its own, and which of its inputs and outputs are values that the client refreshes. */
export interface Round extends RefreshedNames {
  readonly program: Program
}

/** What was found for rounds by their text and parameters: rounds that compute the same are searched for once. */
export type KnownRounds = Map<string, Choice | NoChoice>

/** Numbers in constants, tables and matrices up to which comparing rounds is quicker than searching again. */
const MOST_NUMBERS = 2 ** 16

/** Milliseconds that a client's answer takes on its way, besides its bytes: a nominal line. */
export const ROUND_TRIP = 20

/**
 * The cheapest parameters for the rounds that `cut` makes of `whole` for a plaintext modulus: each has a layout of its own,
 * but scheme, ring degree, plaintext modulus and primes are those of all, as many primes as the hardest round needs.
 */
export const chooseRounds = (
  whole: Program,
  cut: (modulus: bigint) => readonly Round[],
  options: ChoiceOptions,
  known: KnownRounds = new Map(),
): Choice | NoChoice => {
  let best: Choice | undefined
  let failure: NoChoice = { reason: "noise", best: -Infinity }
  const least = plainModulusFrom(whole)
  let price = options.limit ?? Infinity
  for (const n of options.n === undefined ? DEGREES : [options.n]) {
    if (best !== undefined && best.parameters.n < n / 2 && n > options.batch) break
    const t = batchingPrime(n, least)
    if (t >= MAX_MODULUS) continue
    const rounds = cut(t)
    const waiting = ROUND_TRIP * (rounds.length - 1)
    const search = searcher(rounds, known)
    for (const scheme of options.scheme === undefined ? SCHEMES : [options.scheme]) {
      const fixed = { ...options, n, scheme, modulus: () => t }
      const found = chooseChain(rounds, fixed, price - waiting, search)
      if ("reason" in found) {
        failure = nearer(failure, found)
        continue
      }
      const joined = joinRounds(found, options)
      if ("reason" in joined) {
        failure = nearer(failure, joined)
        continue
      }
      price = waiting + timeOf(found, options.batch)
      best = joined
    }
  }
  return best ?? (price < Infinity ? nearer(failure, { reason: "time", best: price }) : failure)
}

/** The cheapest circuits for all rounds on one chain of primes. */
const chooseChain = (
  rounds: readonly Round[],
  options: ChoiceOptions,
  limit: number,
  search: (round: Round, options: ChoiceOptions) => Choice | NoChoice,
): readonly Choice[] | NoChoice => {
  const chosen = new Map<Round, Choice>()
  let primes = 0
  let left = limit
  for (const round of rounds) {
    const choice = search(round, { ...options, limit: left })
    if ("reason" in choice) return choice
    chosen.set(round, choice)
    primes = Math.max(primes, choice.parameters.primes.length)
    left -= timeOf([choice], options.batch)
  }
  // A longer chain has room for everything, but where its primes are smaller.
  for (let count = primes; ; count++) {
    let failure: NoChoice | undefined
    const choices: Choice[] = []
    left = limit
    for (const round of rounds) {
      const known = chosen.get(round)!
      const choice =
        known.parameters.primes.length === count
          ? known
          : search(round, { ...options, primes: count, limit: left })
      if ("reason" in choice) {
        failure = choice
        break
      }
      choices.push(choice)
      left -= timeOf([choice], options.batch)
    }
    if (failure === undefined) return left > 0 ? choices : { reason: "time", best: limit }
    if (failure.reason !== "noise" || count > primes + 1) return failure
  }
}

/** The search for one round, which remembers what it found. */
const searcher = (
  rounds: readonly Round[],
  known: KnownRounds,
): ((round: Round, options: ChoiceOptions) => Choice | NoChoice) => {
  const texts = new Map(rounds.map((round) => [round, textOf(round)]))
  return (round, options) => {
    const { n, scheme, primes, batch, limit = Infinity } = options
    const text = texts.get(round)
    const key = text === undefined ? undefined : `${scheme} ${n} ${options.modulus?.(n!)} ${primes} ${text}`
    const before = key === undefined ? undefined : known.get(key)
    if (before !== undefined) {
      const isSlow = !("reason" in before) && timeOf([before], batch) >= limit
      return isSlow ? { reason: "time", best: limit } : before
    }
    const found = chooseParameters(round.program, { ...options, refreshed: round })
    // What was given up for its time may do within another limit.
    if (key !== undefined && !("reason" in found && limit < Infinity)) known.set(key, found)
    return found
  }
}

/** All that a round is; undefined where it would be long. */
const textOf = ({ program, received, sent }: Round): string | undefined => {
  let numbers = 0
  for (const node of nodesOf(program)) {
    if (node.op === "linear") numbers += node.attrs.matrix.value.length
    if (node.op === "table") numbers += node.attrs.entries.values.length
    if (node.op === "constant") numbers += node.attrs.value.values.length
    if (numbers > MOST_NUMBERS) return undefined
  }
  return `${[...received]} ${[...sent]}\n${print(program)}`
}

const joinRounds = (rounds: readonly Choice[], { maxKeyBytes }: ChoiceOptions): Choice | NoChoice => {
  const [first] = rounds as [Choice]
  const keys = joinKeys(rounds.map((choice) => choice.keys))
  const bytes = keySetBytes(keys, first.parameters)
  if (bytes > maxKeyBytes) return { reason: "keys", best: bytes }
  return { ...first, keys, ...together(rounds), rounds }
}

/** What the parts of a program cost together, and the least budget that any of them leaves. */
export const together = (parts: readonly Choice[]): Pick<Choice, "cost" | "messages" | "budget"> => ({
  messages: parts.reduce((sum, { messages }) => sum + messages, 0),
  cost: parts.map(({ cost }) => cost).reduce(addCosts),
  budget: parts.reduce((least, { budget }) => Math.min(least, budget), Infinity),
})

const addCosts = (a: CircuitCost, b: CircuitCost): CircuitCost => ({
  counts: {
    products: a.counts.products + b.counts.products,
    relinearizations: a.counts.relinearizations + b.counts.relinearizations,
    rotations: a.counts.rotations + b.counts.rotations,
    plainProducts: a.counts.plainProducts + b.counts.plainProducts,
    scalarProducts: a.counts.scalarProducts + b.counts.scalarProducts,
    additions: a.counts.additions + b.counts.additions,
    levelDrops: a.counts.levelDrops + b.counts.levelDrops,
  },
  time: a.time + b.time,
})

/** Milliseconds of all runs and messages of a batch, of all parts together. */
export const timeOf = (parts: readonly Choice[], batch: number): number =>
  parts.reduce(
    (sum, { circuit, cost, messages }) =>
      sum + Math.ceil(batch / lanesOf(circuit.layout)) * (cost.time + messages),
    0,
  )
