import { existsSync } from "node:fs"
import { basename } from "node:path"
import { describe, expect, test } from "vitest"
import { applySteps, sizeOf } from "../../src/data/index.ts"
import { evaluateNodes, type FloatNode, importModel } from "../../src/ml/index.ts"
import { splitGraph } from "../../src/ml/sides/split-graph.ts"
import { extraFolder, modelFolder, modelsIn, testOf } from "./models.ts"

const models = [...modelsIn(modelFolder), ...modelsIn(extraFolder)].filter((path) =>
  existsSync(path.replace(/(\.lightgbm)?\.(onnx|json|txt)$/, ".test.json")),
)

describe("what clients compute of a row and of results is what the model computes there, in every bit", () => {
  test.each(models.map((path) => [basename(path), path]))("%s", async (_, path) => {
    const { graph } = await importModel(path)
    const { before, entries, ends, after } = splitGraph(graph)
    for (const row of testOf(path).x.slice(0, 5)) {
      let start = 0
      const sample = graph.inputs.map(({ shape }) => {
        start += sizeOf(shape)
        return Float64Array.from(row.flat(4) as number[]).slice(start - sizeOf(shape), start)
      })
      const values = evaluateNodes(graph, sample)
      const joined = (nodes: readonly FloatNode[]) =>
        Float64Array.from(nodes.flatMap((node) => Array.from(values.get(node)!)))
      const given = joined(graph.inputs)
      expect(applySteps(before, given, graph.precision)).toEqual(joined(entries))
      expect(applySteps(after, joined(ends), graph.precision)).toEqual(values.get(graph.outputs[0]!.node))
    }
  })
})
