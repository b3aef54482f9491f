import type { FloatGraph } from "../../graph/graph.ts"
import type { Calibration, Family } from "../integer-model.ts"
import { decisionsOf } from "./decisions.ts"
import { exactTests } from "./exact-tests.ts"
import type { TreesPart } from "./trees-part.ts"
import { uniformTests } from "./uniform-tests.ts"

export interface TreeOptions {
  readonly thresholds?: "shared" | "private"
  readonly bits?: number
  readonly jointAnswers?: boolean
}

/** A table of so many answers is a polynomial of this degree: two products, one after the other. */
const MOST_ANSWERS = 4

/** As much as bars on evaluation keys leave: half of it once compressed. */
const MAX_KEY_BYTES = 24e6

/** The estimate of noise is on the safe side of what matrices leave, which is most of what trees cost. */
const MARGIN = 8

/** Ensembles of trees: bits that say which thresholds a row is below, a matrix, a table of one 1, and a matrix of leaves. */
export const quantizeTrees = (
  graph: FloatGraph,
  part: TreesPart,
  calibration: Calibration,
  { thresholds = "shared", bits = 6, jointAnswers = thresholds === "shared" }: TreeOptions,
): Family => {
  const decisions = decisionsOf(part.trees, jointAnswers && thresholds === "shared" ? MOST_ANSWERS : Infinity)
  const candidates =
    thresholds === "shared"
      ? exactTests(graph, part, decisions)
      : uniformTests(graph, part, decisions, calibration, bits)
  return { name: "trees", candidates, maxKeyBytes: MAX_KEY_BYTES, margin: MARGIN }
}
