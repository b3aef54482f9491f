import { nodesOf, type Program } from "../../ir/index.ts"
import { batchingPrime } from "../arithmetic/primes.ts"
import { keySetBytes } from "../circuit/keys.ts"
import { MAX_MODULUS } from "./candidates.ts"
import type { Choice, ChoiceOptions, NoChoice } from "./choice.ts"
import { chooseParameters, nearer } from "./choose-parameters.ts"
import { timeOf, together } from "./choose-rounds.ts"
import { LoweredCircuits } from "./lowered-circuits.ts"
import { plainModulusFrom } from "./search-space.ts"

/** The most moduli that a program is run for. */
export const MOST_RESIDUES = 3
/** Smaller moduli do not batch at n = 8192, so that parts of them are no parts of less. */
export const LEAST_MODULUS = 2n ** 17n

/**
 * The cheapest way to run a program modulo one prime or, where nothing in it needs all of a value in one, modulo several
 * of about equal size: a smaller modulus costs far less noise. By the Chinese remainder theorem their product tells all
 * outputs apart.
 */
export const chooseModuli = (program: Program, asked: ChoiceOptions): Choice | NoChoice => {
  const options = { ...asked, lowered: new LoweredCircuits(program) }
  const single = chooseParameters(program, options)
  if (nodesOf(program).some(({ op, type }) => type.secret && (op === "table" || op === "refresh")))
    return single
  let best = single
  for (let count = 2; count <= MOST_RESIDUES; count++) {
    const limit = "reason" in best ? options.limit : timeOf(partsOf(best), options.batch)
    const found = chooseResidues(program, count, { ...options, ...(limit !== undefined && { limit }) })
    if (found === undefined) break
    best = "reason" in found ? ("reason" in best ? nearer(best, found) : best) : found
  }
  return best
}

/** What a choice runs: its rounds, its residues, or itself. */
export const partsOf = (choice: Choice): readonly Choice[] => choice.rounds ?? choice.residues ?? [choice]

/** Undefined when the moduli would be too small to be worth it. */
const chooseResidues = (
  program: Program,
  count: number,
  options: ChoiceOptions,
): Choice | NoChoice | undefined => {
  const least = rootOf(plainModulusFrom(program), count)
  if (least < LEAST_MODULUS || least >= MAX_MODULUS) return undefined
  const { limit = Infinity } = options
  const first = chooseParameters(program, {
    ...options,
    modulus: (n) => batchingPrime(n, least),
    limit: limit / count,
  })
  if ("reason" in first) return first
  const { n, scheme } = first.parameters
  const fixed = { ...options, n, scheme, ring: first.circuit.layout.ring }
  const residues = [first]
  while (residues.length < count) {
    const t = batchingPrime(n, residues.at(-1)!.parameters.t + 1n)
    const next = chooseParameters(program, { ...fixed, modulus: () => t })
    if ("reason" in next) return next
    residues.push(next)
  }
  const time = timeOf(residues, options.batch)
  if (time >= limit) return { reason: "time", best: limit }
  const bytes = residues.reduce((sum, { keys, parameters }) => sum + keySetBytes(keys, parameters), 0)
  if (bytes > options.maxKeyBytes) return { reason: "keys", best: bytes }
  return { ...first, ...together(residues), residues }
}

/** The smallest integer whose power reaches `value`. */
export const rootOf = (value: bigint, power: number): bigint => {
  let [low, high] = [0n, value]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (middle ** BigInt(power) >= value) high = middle
    else low = middle
  }
  return high
}
