import { Builder, type Program } from "../ir/index.ts"
import { balanceProducts } from "./balance-products.ts"
import { checkBounds } from "./check-bounds.ts"
import { checkDepth } from "./check-depth.ts"
import { encodeInputs } from "./encode-inputs.ts"
import { foldConstants } from "./fold-constants.ts"
import { fuseTables } from "./fuse-tables.ts"
import { linearise } from "./linearise.ts"
import type { Pass, Target } from "./pass.ts"
import { simplify } from "./simplify.ts"
import { haveSameOutputs } from "./sweep.ts"
import { vectorise } from "./vectorise.ts"

export { explainDepth } from "./check-depth.ts"
export { depthOf } from "./depth.ts"
export { encodeInputs } from "./encode-inputs.ts"
export { defaultTarget, type Pass, type Target } from "./pass.ts"

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
export const choices: readonly Pass[] = [encodeInputs]

/** Every pass, each once. */
export const passes: readonly Pass[] = [...new Set([...pipeline, ...choices])]

/** The program after all passes. Throws ProgramError where a pass or a check refuses it. */
export const runPasses = (
  program: Program,
  target: Target,
  onPass: (pass: Pass, programAfter: Program) => void = () => {},
): Program => {
  const builder = new Builder(program.origins)
  const results = new Map<Pass, Program>()
  return pipeline.reduce((before, pass) => {
    // Running twice is running once: what a pass made and no other has changed stays.
    const known = results.get(pass)
    const after = known && haveSameOutputs(known, before) ? before : pass.run(before, target, builder)
    results.set(pass, after)
    onPass(pass, after)
    return after
  }, program)
}
