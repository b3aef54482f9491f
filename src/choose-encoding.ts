import {
  type Choice,
  type ChoiceOptions,
  COST_MODELS,
  chooseParameters,
  lanesOf,
  type NoChoice,
  priceCircuit,
  withRequests,
} from "./backend/index.ts"
import { sizeOf } from "./data/index.ts"
import { Builder, nodesOf, type Program } from "./ir/index.ts"
import { defaultTarget, encodeInputs } from "./passes/index.ts"

/** A program after all passes, and how it is run. */
export interface Chosen {
  readonly program: Program
  readonly choice: Choice | NoChoice
}

/**
 * The program as it is, or with inputs sent one-hot in one digit or two: what takes the least time for the batch, runs and
 * requests together. One-hot inputs save the server products and cost the client ciphertexts, so that a run alone says
 * nothing: a table without structure is worth it, and one of low degree on a full batch of values is not.
 */
export const chooseEncoding = (program: Program, options: ChoiceOptions): Chosen => {
  const { batch, costs = COST_MODELS } = options
  const whole = withRequests(costs)
  let best: (Chosen & { readonly choice: Choice }) | undefined
  let time = Infinity
  // Encoded ones first: they are cheap to search, and what they reach spares most of the search for the program as it is.
  for (const encoded of encodings(program)) {
    const choice = chooseParameters(encoded, { ...options, costs: whole, limit: time })
    if ("reason" in choice) continue
    const cost = priceCircuit(choice.circuit, choice.parameters, costs[choice.parameters.scheme])
    best = { program: encoded, choice: { ...choice, cost } }
    time = runsOf(choice, batch) * choice.cost.time
  }
  const choice = chooseParameters(program, { ...options, limit: time })
  if ("reason" in choice) return best ?? { program, choice }
  const { circuit, parameters } = choice
  const plain = runsOf(choice, batch) * priceCircuit(circuit, parameters, whole[parameters.scheme]).time
  return best !== undefined && time < plain ? best : { program, choice }
}

const runsOf = ({ circuit }: Choice, batch: number): number => Math.ceil(batch / lanesOf(circuit.layout))

/** The program with inputs sent one-hot in one digit and in two, as far as that is something else. */
const encodings = (program: Program): Program[] => {
  if (!nodesOf(program).some(({ op }) => op === "table")) return []
  const builder = new Builder(program.origins)
  const inDigits = (digits: 1 | 2): Program =>
    encodeInputs.run(program, { ...defaultTarget, digits }, builder)
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
