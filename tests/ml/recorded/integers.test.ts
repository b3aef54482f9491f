import { describe, expect, test } from "vitest"
import { type FloatModel, importModel, labelOf } from "../../../src/ml/index.ts"
import { worstDifference } from "../models.ts"
import { casesOf, recordings } from "./recording.ts"

const isOfTrees = ({ graph }: FloatModel): boolean => graph.nodes.some(({ kind }) => kind === "trees")
/** Trees beside linear models of the same row are no integer model, nor is the extreme leaf of several trees. */
const isRefused = (name: string): boolean => /^Voting|^Stacking|^TreeEnsemble.*, (MIN|MAX)/.test(name)

test("trees that a vote joins with a linear model are refused with what works instead", async () => {
  const [vote] = casesOf("sklearn").filter(({ name }) => name === "Voting, binary")
  const model = await importModel(vote!.bytes)
  await expect(model.quantize({ calibration: vote!.x })).rejects.toThrow(
    /joins its trees with .* of the same row, as voting and stacking do/,
  )
})

/** Trees decide as in floating point, and so the integers of all of them have the framework's labels. */
describe.each(recordings.filter((recording) => !recording.startsWith("torch")))(
  "integers of the trees of %s",
  (recording) => {
    test("have the framework's labels and scores on all rows", async () => {
      let tried = 0
      for (const one of casesOf(recording)) {
        const model = await importModel(one.bytes)
        if (!isOfTrees(model) || isRefused(one.name)) continue
        tried++
        const { program } = (await model.quantize({ calibration: one.x.slice(0, 4) })).candidates[0]!
        const found = one.x.map((row) => program.predict(row))
        const size = Math.max(1, ...one.scores.flat().map(Math.abs))
        expect(worstDifference(found, one.scores), one.name).toBeLessThan(1e-5 * size)
        if (one.labels)
          expect(
            found.map((scores) => labelOf(model, scores)),
            one.name,
          ).toEqual(one.labels)
      }
      expect(tried).toBeGreaterThan(3)
    })
  },
)
