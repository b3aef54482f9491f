import type { Node, Program } from "../../ir/index.ts"
import type { Choice } from "../choose/choice.ts"
import { lower } from "../lower/lower.ts"
import { noiseModel } from "../noise/noise.ts"
import { noiseAfterLevels } from "../noise/place-levels.ts"
import { COST_MODELS, type Costs, pricing } from "./cost.ts"

/** What the instructions for one node of a program cost. */
export interface NodeCost {
  /** Estimated milliseconds of one run. */
  readonly time: number
  readonly products: number
  readonly rotations: number
}

/**
 * What each node of a program costs with what was chosen for it: the estimated time of the instructions that it was the
 * first to need. Values that several nodes use are paid for by the first. The program is lowered once more, because
 * circuits do not say what their instructions are for.
 */
export const attributeCosts = (
  program: Program,
  { circuit: { layout }, parameters, tables }: Choice,
  costs: Costs = COST_MODELS,
): ReadonlyMap<Node, NodeCost> => {
  let owners: readonly Node[] = []
  const onOwners = (found: readonly Node[]): void => {
    owners = found
  }
  const circuit = lower(program, layout, parameters.t, { tables, onOwners })
  const { ops, cost } = pricing(parameters, costs[parameters.scheme])
  const found = new Map<Node, { time: number; products: number; rotations: number }>()
  let before = cost()
  const pay = (node: Node): void => {
    const { time, counts } = cost()
    const sum = found.get(node) ?? { time: 0, products: 0, rotations: 0 }
    sum.time += time - before.time
    sum.products += counts.products - before.counts.products
    sum.rotations += counts.rotations - before.counts.rotations
    found.set(node, sum)
    before = { time, counts }
  }
  noiseAfterLevels(circuit, noiseModel(parameters), ops, { onStep: (done) => pay(owners[done - 1]!) })
  // What is done to outputs at the end belongs to the last of them.
  const last = owners.at(-1)
  if (last !== undefined) pay(last)
  return found
}
