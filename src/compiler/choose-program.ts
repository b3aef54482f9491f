import {
  type Choice,
  type ChoiceOptions,
  chooseModuli,
  chooseRounds,
  type KnownRounds,
  type NoChoice,
  partsOf,
  ROUND_TRIP,
  timeOf,
} from "../backend/index.ts"
import { sizeOf } from "../data/index.ts"
import { Builder, type Node, nodesOf, type Program } from "../ir/index.ts"
import {
  cutRounds,
  defaultTarget,
  encodeInputs,
  orderRows,
  type Pass,
  refreshPlans,
  tablePlans,
} from "../passes/index.ts"

/** A program after all passes, and how it is run. */
export interface Chosen {
  readonly program: Program
  /** The pass that has made it from what was asked for; undefined for the same program, and for one with refreshes. */
  readonly pass?: Pass
  readonly choice: Choice | NoChoice
}

/**
 * The program as it is, or with inputs sent one-hot in one digit or two: what takes the least time for the batch, runs and
 * messages together. One-hot inputs save the server products and cost the client ciphertexts, so that a run alone says
 * nothing: a table without structure is worth it, and one of low degree on a full batch of values is not.
 */
export const chooseEncoding = (program: Program, options: ChoiceOptions): Chosen => {
  // Encoded ones first: they are cheap to search, and what they reach spares most of the search for the program as it is.
  const best = cheapest(encodings(program), options)
  if (best === undefined) return chooseRuns(program, options)
  const plain = chooseRuns(program, { ...options, limit: totalTime(best.choice, options) })
  return "reason" in plain.choice ? { ...best, pass: encodeInputs } : plain
}

/** The program with its inputs as they are, and with the rows of its matrices in the order that takes the least time. */
export const chooseRuns = (program: Program, options: ChoiceOptions): Chosen => {
  const choice = choose(program, options)
  const ordered = orderRows.run(program, defaultTarget)
  if (ordered === program) return { program, choice }
  // As the program is, it is mostly near the best, which spares most of the search for what is worse; of equals the ordered.
  const limit = "reason" in choice ? options.limit : totalTime(choice, options) * (1 + 1e-9)
  const other = choose(ordered, { ...options, ...(limit !== undefined && { limit }) })
  return "reason" in other ? { program, choice } : { program: ordered, pass: orderRows, choice: other }
}

/**
 * The program with refreshes where they cost least, in as many rounds as are the cheapest; undefined where no number of
 * rounds helps. Inputs may be sent one-hot too where `isEncoded` allows it.
 */
export const chooseRefreshes = (
  program: Program,
  options: ChoiceOptions,
  isEncoded: boolean,
): (Chosen & { readonly choice: Choice }) | undefined => {
  const programs = isEncoded ? [...encodings(program), program] : [program]
  return cheapest(
    programs.flatMap((each) => [...tablePlans(each), ...refreshPlans(each, options.batch > 1)]),
    options,
  )
}

/** Whether a program takes several rounds. */
export const hasRounds = (program: Program): boolean =>
  nodesOf(program).some(({ op, type }) => op === "refresh" && type.secret)

/** The cheapest of several programs that mean the same, runs and messages together. */
const cheapest = (
  programs: readonly Program[],
  options: ChoiceOptions,
): (Chosen & { readonly choice: Choice }) | undefined => {
  let best: (Chosen & { readonly choice: Choice }) | undefined
  let time = options.limit ?? Infinity
  const known: KnownRounds = new Map()
  for (const program of programs) {
    const choice = choose(program, { ...options, limit: time }, known)
    if ("reason" in choice) continue
    best = { program, choice }
    time = totalTime(choice, options)
  }
  return best
}

const choose = (program: Program, options: ChoiceOptions, known?: KnownRounds): Choice | NoChoice =>
  hasRounds(program) ? chooseAnswers(program, options, known) : chooseModuli(program, options)

/** The cheaper of refreshed values as they are and of those answered in symbols. */
const chooseAnswers = (
  program: Program,
  options: ChoiceOptions,
  known: KnownRounds = new Map(),
): Choice | NoChoice => {
  const asValues = (options: ChoiceOptions) => chooseRounds(program, () => cutRounds(program), options, known)
  if (!looksUpRefreshed(program)) return asValues(options)
  const inSymbols = chooseRounds(program, (modulus) => cutRounds(program, modulus), options, known)
  const limit = "reason" in inSymbols ? options.limit : totalTime(inSymbols, options)
  const limited = limit === undefined ? options : { ...options, limit }
  const asTheyAre = asValues(limited)
  return "reason" in asTheyAre && !("reason" in inSymbols) ? inSymbols : asTheyAre
}

/** Whether a table is the first that is computed of a refreshed value. */
const looksUpRefreshed = (program: Program): boolean => {
  const isFresh = ({ op, operands }: Node): boolean =>
    op === "refresh" || ((op === "assume" || op === "reshape") && isFresh(operands[0]!))
  return nodesOf(program).some(({ op, operands }) => op === "table" && isFresh(operands[0]!))
}

/** Milliseconds of all runs and messages of the batch, and of what the client's answers take on their way. */
export const totalTime = (choice: Choice, { batch }: ChoiceOptions): number =>
  timeOf(partsOf(choice), batch) + ROUND_TRIP * ((choice.rounds?.length ?? 1) - 1)

/**
 * The program with inputs sent one-hot in one digit and in two, as far as that is something else; `wired` ones are left as
 * they are.
 */
export const encodings = (program: Program, wired: ReadonlySet<string> = new Set()): Program[] => {
  if (!nodesOf(program).some(({ op }) => op === "table")) return []
  const builder = new Builder(program.origins)
  const inDigits = (digits: 1 | 2): Program =>
    encodeInputs.run(program, { ...defaultTarget, digits, wired }, builder)
  const once = inDigits(1)
  if (numbersSent(once) === 0) return []
  const twice = inDigits(2)
  const isSame = [...once.outputs].every(([name, node]) => twice.outputs.get(name) === node)
  return isSame ? [once] : [once, twice]
}

/** The 0s and 1s of all inputs that are sent one-hot. */
const numbersSent = (program: Program): number =>
  nodesOf(program)
    .filter(({ op }) => op === "onehot")
    .reduce((sum, { type }) => sum + sizeOf(type.shape), 0)
