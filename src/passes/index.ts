import { Builder, type Program } from "../ir/index.ts"
import { balanceProducts } from "./balance-products.ts"
import { checkBounds } from "./check-bounds.ts"
import { checkDepth } from "./check-depth.ts"
import { encodeInputs } from "./encode-inputs.ts"
import { foldConstants } from "./fold-constants.ts"
import { fuseTables } from "./fuse-tables.ts"
import { linearise } from "./linearise.ts"
import { orderRows } from "./order-rows.ts"
import type { Pass, Target } from "./pass.ts"
import { Recovery } from "./refusals/recover.ts"
import { gather, Refusal } from "./refusals/refusal.ts"
import { haveSameOutputs } from "./shared/sweep.ts"
import { simplify } from "./simplify.ts"
import { vectorise } from "./vectorise.ts"

export { deepestPath, entriesWithin, explainDepth, levelCount, lighter, type Step } from "./check-depth.ts"
export { encodeInputs } from "./encode-inputs.ts"
export { orderRows } from "./order-rows.ts"
export { defaultTarget, type Pass, type Target } from "./pass.ts"
export { cutRounds, type Segment } from "./rounds/cut-rounds.ts"
export { refreshPlans, tablePlans } from "./rounds/insert-refreshes.ts"
export { depthOf, depths, levelsOf, roundsOf } from "./shared/levels.ts"

/** The whole middle of the compiler, in order. */
export const pipeline: readonly Pass[] = [
  foldConstants, // first: every later rule looks for constants
  simplify, // brings real functions together, which fuse-tables needs, and gathers constants below them
  fuseTables, // ends the real values: from here on all is integer arithmetic and tables
  simplify, // again: tables that are lines have left scalings, and constants where all entries are equal
  balanceProducts, // before linearise, which moves scalings out of the way but not products
  linearise, // after everything that knows about shapes
  fuseTables, // again: no reshape stands between tables any more
  simplify, // again, for the same reason as above
  balanceProducts, // again: matrix products have become products of vectors
  linearise, // again: takes up the scalings that fusing has left
  vectorise, // on the final operators, whose operands now are vectors with nothing between
  linearise, // again: takes up the joining and parting
  checkBounds, // on the final operators: what is between them may wrap around
  checkDepth, // on the final tables and products
]

/** Passes that pay for some programs only: `compile` keeps what comes out where that is cheaper. */
export const choices: readonly Pass[] = [encodeInputs, orderRows]

/** Every pass, each once. */
export const passes: readonly Pass[] = [...new Set([...pipeline, ...choices])]

/**
 * The program after all passes. Throws ProgramError where passes or checks refuse it, with everything that any of them
 * finds wrong.
 */
export const runPasses = (
  program: Program,
  target: Target,
  onPass: (pass: Pass, programAfter: Program) => void = () => {},
): Program => {
  const builder = new Builder(program.origins)
  const results = new Map<Pass, Program>()
  const refusals: Refusal[] = []
  const recovery = new Recovery()
  // What was refused stands for tables.
  const withTables = { ...target, maxWideBits: target.maxValueBits }
  const end = pipeline.reduce((before, pass) => {
    // Running twice is running once: what a pass made and no other has changed stays.
    const known = results.get(pass)
    if (known && haveSameOutputs(known, before)) {
      if (refusals.length === 0) onPass(pass, before)
      return before
    }
    try {
      const after = pass.run(before, refusals.length > 0 ? withTables : target, builder)
      results.set(pass, after)
      if (refusals.length === 0) onPass(pass, after)
      return after
    } catch (error) {
      if (!(error instanceof Refusal)) throw refusals.length > 0 ? gather(refusals) : error
      const own = refusals.length === 0 ? error : recovery.ownPart(error)
      if (own !== undefined) refusals.push(own)
      return recovery.withoutRefused(error, builder)
    }
  }, program)
  if (refusals.length > 0) throw gather(refusals)
  return end
}
