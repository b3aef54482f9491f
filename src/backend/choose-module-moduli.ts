import { nodesOf, type Program } from "../ir/index.ts"
import { batchingPrime } from "./arithmetic/primes.ts"
import { larger, MAX_MODULUS } from "./choose/candidates.ts"
import type { ChoiceOptions } from "./choose/choice.ts"
import {
  chooseModule,
  type ModuleChoice,
  type ModuleProgram,
  moduleTime,
  type NoModuleChoice,
} from "./choose/choose-module.ts"
import { LEAST_MODULUS, MOST_RESIDUES, rootOf } from "./choose/choose-residues.ts"
import { LoweredCircuits } from "./choose/lowered-circuits.ts"
import { plainModulusFrom } from "./choose/search-space.ts"
import { keySetBytes } from "./circuit/keys.ts"

type Functions = readonly (readonly ModuleProgram[])[]

/**
 * The cheapest way to run the functions of a module modulo one prime or, where none of them needs all of a value in one, modulo
 * several of about equal size, as `chooseModuli` does for a program.
 */
export const chooseModuleModuli = (
  functions: Functions,
  options: ChoiceOptions,
): ModuleChoice | NoModuleChoice => {
  const single = chooseModule(functions, options)
  if (functions.flat().some(({ program }) => needsOneModulus(program))) return single
  const programs = functions.map((rounds) =>
    rounds.map((round) => ({ ...round, lowered: new LoweredCircuits(round.program) })),
  )
  let best = single
  for (let count = 2; count <= MOST_RESIDUES; count++) {
    const limit = "steps" in best ? options.limit : moduleTime(best, options.batch) / count
    const found = chooseResidues(programs, count, { ...options, ...(limit !== undefined && { limit }) })
    if (found === undefined) break
    best = better(best, found, options.batch)
  }
  return best
}

/** Whether a program has what takes all of a value modulo one prime. */
export const needsOneModulus = (program: Program): boolean =>
  nodesOf(program).some(({ op, type }) => type.secret && (op === "table" || op === "refresh"))

/** Undefined when the moduli would be too small to be worth it. */
const chooseResidues = (
  functions: Functions,
  count: number,
  options: ChoiceOptions,
): ModuleChoice | NoModuleChoice | undefined => {
  const widest = functions.flat().map(({ program }) => plainModulusFrom(program))
  const least = rootOf(widest.reduce(larger), count)
  if (least < LEAST_MODULUS || least >= MAX_MODULUS) return undefined
  const first = chooseModule(functions, { ...options, modulus: (n) => batchingPrime(n, least) })
  if ("steps" in first) return first
  const { n, scheme } = first.parameters
  const fixed = { ...options, n, scheme, ring: first.layout.ring }
  const residues = [first]
  while (residues.length < count) {
    const t = batchingPrime(n, residues.at(-1)!.parameters.t + 1n)
    const next = chooseModule(functions, { ...fixed, modulus: () => t })
    if ("steps" in next) return next
    residues.push(next)
  }
  const bytes = residues.reduce((sum, { keys, parameters }) => sum + keySetBytes(keys, parameters), 0)
  if (bytes > options.maxKeyBytes) return { steps: 0, keyBytes: bytes }
  const total = (of: (residue: ModuleChoice) => number) =>
    residues.reduce((sum, residue) => sum + of(residue), 0)
  const budgets = first.walk.budgets.map((_, age) =>
    Math.min(...residues.map(({ walk }) => walk.budgets[age]!)),
  )
  return {
    ...first,
    walk: { ...first.walk, budgets },
    time: total(({ time }) => time),
    messages: total(({ messages }) => messages),
    residues,
  }
}

/** The quicker of two choices; of two failures what came nearest. */
const better = (
  a: ModuleChoice | NoModuleChoice,
  b: ModuleChoice | NoModuleChoice,
  batch: number,
): ModuleChoice | NoModuleChoice => {
  if ("steps" in b) {
    if (!("steps" in a)) return a
    const bytes = [a, b].flatMap(({ keyBytes }) => keyBytes ?? [])
    return {
      steps: Math.max(a.steps, b.steps),
      keyBytes: bytes.length === 0 ? undefined : Math.min(...bytes),
    }
  }
  return "steps" in a || moduleTime(b, batch) < moduleTime(a, batch) ? b : a
}
