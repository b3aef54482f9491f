import { printShape } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import { kind } from "../kind.ts"
import { checkTrees, evaluateTrees, type Trees } from "../trees.ts"

export interface TreesAttributes {
  readonly trees: Trees
}

export const treeKinds = {
  trees: kind<TreesAttributes>({
    doc: "An ensemble of decision trees: the sum, mean or extreme of the leaves a sample reaches.",
    arity: 1,
    infer: ([x], { trees }) => {
      checkTrees(trees)
      if (x!.length !== 1 || x![0]! < trees.features) {
        fail(
          "damaged-model",
          `trees over ${trees.features} features do not fit a value of shape ${printShape(x!)}`,
        )
      }
      return [trees.targets]
    },
    work: (_, { trees }) => trees.splits.length + trees.roots.length,
    evaluate: ([x], { trees }) => evaluateTrees(trees, x!.values),
  }),
}
