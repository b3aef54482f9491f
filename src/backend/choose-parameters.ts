import { sizeOf } from "../data/index.ts"
import { type Matrix, type Node, nodesOf, type Program, type Type } from "../ir/index.ts"
import type { Circuit } from "./circuit.ts"
import { type CircuitCost, leastTime, priceCircuit } from "./cost.ts"
import { keySetBytes, keysOf } from "./keys.ts"
import { type Layout, lanesOf, powerOfTwoFrom } from "./layout.ts"
import { lower } from "./lower.ts"
import { budgetAt, noiseModel } from "./noise.ts"
import { type KeySet, maxModulusBits, type Parameters, type Security } from "./parameters.ts"
import { type LevelledCircuit, placeLevels } from "./place-levels.ts"
import { batchingPrime } from "./primes.ts"
import { CircuitTooLarge, type RecorderLimit } from "./recorder.ts"
import { TablePolynomials } from "./table-polynomials.ts"

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
const MAX_PRIME_BITS = 60
const MAX_INSTRUCTIONS = 2_000_000

/**
 * The cheapest layout and parameters for a linearised program: every ring degree up to the first that works (beyond it
 * only while a run has too few lanes for the batch), every ring size, and for each the shortest chain of primes whose
 * noise estimate leaves the margin.
 */
export const chooseParameters = (program: Program, options: ChoiceOptions): Choice | NoChoice => {
  const polynomials = new TablePolynomials()
  let best: { choice: Choice; price: number } | undefined
  let failure: NoChoice = { reason: "noise", best: -Infinity }
  for (const n of DEGREES) {
    if (best !== undefined && best.choice.parameters.n < n / 2 && n > options.batch) break
    const t = batchingPrime(n, plainModulusFrom(program))
    for (const ring of options.ring === undefined ? ringSizes(program, n) : [options.ring]) {
      const most = mostBudget(program, { n, ring }, t, polynomials, options.security)
      if (most < options.margin) {
        failure = nearer(failure, { reason: "noise", best: most })
        continue
      }
      const limit: RecorderLimit = {
        instructions: MAX_INSTRUCTIONS,
        time: best === undefined ? Infinity : best.price / Math.ceil(options.batch / lanesOf({ n, ring })),
        leastTime: (op) => leastTime(op, n),
      }
      const circuit = tryLower(program, { n, ring }, t, polynomials, limit)
      if (circuit === undefined) continue
      const found = shortestChain(circuit, n, t, options)
      if ("reason" in found) {
        failure = nearer(failure, found)
        continue
      }
      const runs = Math.ceil(options.batch / lanesOf(found.circuit.layout))
      const price = runs * found.cost.time
      if (best === undefined || price < best.price) best = { choice: found, price }
    }
  }
  return best?.choice ?? failure
}

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
  security: Security,
): number => {
  const limit = maxModulusBits(layout.n, security)
  const count = Math.ceil(limit / MAX_PRIME_BITS)
  if (count < 2) return -Infinity
  const model = noiseModel({ n: layout.n, t, primes: primeBits(count, limit) })
  const product = model.multiply(0, -Infinity)
  const vectorProduct = layout.ring === 1 ? 0 : model.multiplyPlain(0, { kind: "given", name: "", piece: 0 })
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
  return budgetAt(model.fresh + most)
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
    1,
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
  polynomials: TablePolynomials,
  limit: RecorderLimit,
): Circuit | undefined => {
  try {
    return lower(program, layout, t, { polynomials, limit })
  } catch (error) {
    if (error instanceof CircuitTooLarge) return undefined
    throw error
  }
}

const shortestChain = (circuit: Circuit, n: number, t: bigint, options: ChoiceOptions): Choice | NoChoice => {
  const limit = maxModulusBits(n, options.security)
  const most = Math.ceil(limit / MAX_PRIME_BITS)
  const attempt = (count: number): { parameters: Parameters; levelled: LevelledCircuit; budget: number } => {
    const parameters: Parameters = {
      scheme: "bfv",
      n,
      t,
      primes: primeBits(count, limit),
      security: options.security,
    }
    const levelled = placeLevels(circuit, parameters)
    return { parameters, levelled, budget: budgetAt(levelled.noise) }
  }
  if (most < 2) return { reason: "noise", best: -Infinity }
  const longest = attempt(most)
  if (longest.budget < options.margin) return { reason: "noise", best: longest.budget }
  // What the longest chain leaves over can go; level drops cost a little, so that a few more tries may be needed.
  const data = longest.parameters.primes.slice(0, -1).reduce((sum, bits) => sum + bits, 0)
  const needed = Math.min(data, data - longest.budget + options.margin)
  let count = Math.max(2, Math.min(most, Math.ceil(needed / MAX_PRIME_BITS) + 1))
  let found = count === most ? longest : attempt(count)
  while (found.budget < options.margin) found = ++count === most ? longest : attempt(count)
  const { parameters, levelled, budget } = found
  const keys = keysOf(levelled.circuit)
  const bytes = keySetBytes(keys, parameters)
  if (bytes > options.maxKeyBytes) return { reason: "keys", best: bytes }
  const cost = priceCircuit(levelled.circuit, parameters)
  return { circuit: levelled.circuit, parameters, keys, cost, budget, outputLevels: levelled.outputLevels }
}

/** `count` primes as large as the limit allows, the special prime (last) the largest. */
const primeBits = (count: number, limit: number): number[] => {
  const total = Math.min(limit, MAX_PRIME_BITS * count)
  const bits = new Array<number>(count).fill(Math.floor(total / count))
  for (let i = count - 1, rest = total % count; rest > 0; i--, rest--) bits[i]!++
  return bits
}
