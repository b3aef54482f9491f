import { chainSteps, type RowCodec } from "../../../data/index.ts"
import { enc, uint } from "../../../frontend/index.ts"
import { columnsOf, type FloatGraph } from "../../graph/graph.ts"
import type { IntegerModel } from "../integer-model.ts"
import { type Decisions, runDecisions } from "./decisions.ts"
import type { TreesPart } from "./trees-part.ts"

/** Clients answer the trees' own questions, in the precision of the model. */
export const exactTests = (
  graph: FloatGraph,
  { before, after }: TreesPart,
  decisions: Decisions,
): IntegerModel[] => {
  const { tests, leaves, most, decoding, error, trees } = decisions
  const codec: RowCodec = {
    columns: columnsOf(graph),
    precision: graph.precision,
    ...(before.length > 0 && { before }),
    input: "answers",
    encoding: { kind: "tests", tests },
    output: "sums",
    decoding: chainSteps(decoding, after),
  }
  const notes = [
    `${trees} ${trees === 1 ? "tree" : "trees"} decide as in floating point: ${tests.length} answers, ` +
      `${leaves.length} leaves at most ${most} answers deep`,
    `rounded leaves change a sum by at most ${error.toPrecision(2)}`,
  ]
  return [
    {
      codec,
      inputs: { answers: enc(uint(1), [tests.length]) },
      run: ({ answers }) => runDecisions(decisions, answers!),
      server: [
        `${trees} ${trees === 1 ? "tree" : "trees"}: which of ${leaves.length} leaves are reached, and what they add up to`,
      ],
      notes,
    },
  ]
}
