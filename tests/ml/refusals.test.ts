import { describe, expect, test } from "vitest"
import { ProgramError } from "../../src/data/index.ts"
import { importModel } from "../../src/ml/index.ts"
import { type FileSpec, onnxFile } from "./onnx-file.ts"

const messageOf = async (source: Uint8Array): Promise<string> => {
  const error: unknown = await importModel(source).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ProgramError)
  return (error as ProgramError).message
}
const refusal = (spec: FileSpec): Promise<string> => messageOf(onnxFile(spec))
const text = (content: string): Uint8Array => new TextEncoder().encode(content)

test("everything that is not imported is in one message, with what to do instead", async () => {
  const message = await refusal({
    nodes: [
      { op: "LSTM", inputs: ["x"], outputs: ["a"] },
      { op: "Relu", inputs: ["a"], outputs: ["b"] },
      { op: "LayerNormalization", inputs: ["x"], outputs: ["c"] },
      { op: "ReduceSum", inputs: ["x"], outputs: ["d"], attributes: { axes: [0] } },
      { op: "Frobnicate", domain: "my.own", inputs: ["x"], outputs: ["e"] },
      { op: "Sum", inputs: ["b", "c", "d", "e"], outputs: ["y"] },
    ],
  })
  expect(message).toBe(
    [
      "the model: the ONNX model has 4 nodes that cannot be imported:",
      '  node "lstm_a": LSTM (opset 17) is not imported; use convolutions or dense layers over a fixed window: each step of a recurrence is a level of products',
      '  node "layernormalization_c": LayerNormalization (opset 17) is not imported; use BatchNormalization, which is linear after training; this divides by a secret',
      '  node "frobnicate_e": my.own.Frobnicate (opset 1) is not imported; express it with the operators in docs/models.md, or leave it outside the model',
      '  node "reducesum_d", ReduceSum: it mixes the samples of a batch: it works along axis 0',
    ].join("\n"),
  )
})

test("equal problems are one line, and the remedy for mixed rows is told once and only where it helps", async () => {
  const mixed = (axis: number, output: string) =>
    ({ op: "ReduceSum", inputs: ["x"], outputs: [output], attributes: { axes: [axis] } }) as const
  const join = { op: "Sum", inputs: ["a", "b"], outputs: ["y"] } as const
  expect(await refusal({ nodes: [mixed(0, "a"), mixed(0, "b"), join] })).toBe(
    [
      "the model: the ONNX model has 2 nodes that cannot be imported:",
      '  node "reducesum_a" (and 1 more), ReduceSum: it mixes the samples of a batch: it works along axis 0',
      "the first axis of the model's input has no fixed extent, so it is the batch: leave what joins rows outside the model",
    ].join("\n"),
  )
  const gru = { op: "GRU", inputs: ["x"], outputs: ["b"] } as const
  const message = await refusal({ nodes: [mixed(0, "a"), gru, join] })
  expect(message).toContain("GRU (opset 17) is not imported; use convolutions")
  expect(message).not.toContain("first axis")
})

test("the extent of the batch has a name in messages", async () => {
  const tensors = [
    { name: "zero", dims: [1], ints: [0] },
    { name: "one", dims: [1], ints: [1] },
    { name: "four", dims: [1], ints: [4] },
  ]
  const message = await refusal({
    tensors,
    nodes: [
      { op: "Shape", inputs: ["x"], outputs: ["whole"] },
      { op: "Gather", inputs: ["whole", "zero"], outputs: ["n"] },
      { op: "Concat", inputs: ["one", "n", "four"], outputs: ["shape"], attributes: { axis: 0 } },
      { op: "ConstantOfShape", inputs: ["shape"], outputs: ["c"] },
      { op: "Reshape", inputs: ["x", "shape"], outputs: ["r"] },
      { op: "Add", inputs: ["r", "c"], outputs: ["y"] },
    ],
  })
  expect(message).toContain("a value has shape [1, batch, 4]")
  expect(message).toContain("it turns [batch, 4] into [1, batch, 4]")
  expect(message).not.toContain("NaN")
})

test("nodes that no output needs are not looked at", async () => {
  const model = await importModel(
    onnxFile({
      nodes: [
        { op: "LSTM", inputs: ["x"], outputs: ["a"] },
        { op: "Relu", inputs: ["x"], outputs: ["y"] },
      ],
    }),
  )
  expect(model.predictFloat([[-1, 0, 1, 2]])).toEqual([[0, 0, 1, 2]])
})

test("kernels of support vector machines are refused", async () => {
  const spec: FileSpec = {
    nodes: [
      {
        op: "SVMRegressor",
        domain: "ai.onnx.ml",
        inputs: ["x"],
        outputs: ["y"],
        attributes: { kernel_type: "RBF" },
      },
    ],
  }
  expect(await refusal(spec)).toContain(
    'its kernel is RBF, and distances to secret support vectors are too deep; train with kernel="linear"',
  )
})

const relu = [{ op: "Relu", inputs: ["x"], outputs: ["y"] }] as const
const add = [{ op: "Add", inputs: ["x", "c"], outputs: ["y"] }] as const

describe("hostile ONNX files", () => {
  test.each<[string, FileSpec, string]>([
    [
      "a tensor larger than its data",
      { nodes: add, tensors: [{ name: "c", dims: [2 ** 20], raw: new Uint8Array(8) }] },
      "has 2 elements",
    ],
    [
      "a negative extent",
      { nodes: add, tensors: [{ name: "c", dims: [-4], floats: [1] }] },
      "has shape [-4]",
    ],
    [
      "extents whose product overflows",
      { nodes: add, tensors: [{ name: "c", dims: [2 ** 40, 2 ** 40] }] },
      "has shape",
    ],
    [
      "data outside the file",
      { nodes: add, tensors: [{ name: "c", dims: [4], external: true }] },
      "stored outside the file",
    ],
    ["an input of unknown extent", { nodes: relu, input: ["batch", "width"] }, 'unknown extent "width"'],
    [
      "an input that is too large",
      { nodes: relu, input: ["batch", 2 ** 20, 2 ** 20] },
      "elements for one sample",
    ],
    [
      "a circle",
      { nodes: [{ op: "Add", inputs: ["x", "y"], outputs: ["y"] }] },
      'operand "y" is made by no earlier node',
    ],
    [
      "an output that is made nowhere",
      { nodes: relu, output: "z" },
      'operand "z" is made by no earlier node',
    ],
    ["an old operator set", { nodes: relu, opset: 5 }, "uses operator set 5"],
    [
      "a constant that grows without bound",
      {
        nodes: [
          { op: "ConstantOfShape", inputs: ["s"], outputs: ["c"] },
          { op: "Add", inputs: ["x", "c"], outputs: ["y"] },
        ],
        tensors: [{ name: "s", dims: [2], ints: [2 ** 31, 2 ** 20] }],
      },
      "elements for one sample",
    ],
    [
      "a repetition without bound",
      {
        nodes: [{ op: "Tile", inputs: ["x", "r"], outputs: ["y"] }],
        tensors: [{ name: "r", dims: [2], ints: [1, 2 ** 40] }],
      },
      "elements for one sample",
    ],
    [
      "padding without bound",
      {
        nodes: [{ op: "Pad", inputs: ["x", "p"], outputs: ["y"] }],
        tensors: [{ name: "p", dims: [4], ints: [0, 2 ** 45, 0, 2 ** 45] }],
      },
      "elements for one sample",
    ],
    [
      "doubling again and again",
      {
        nodes: [
          { op: "Identity", inputs: ["x"], outputs: ["v0"] },
          ...Array.from({ length: 40 }, (_, i) => ({
            op: "Concat",
            inputs: [`v${i}`, `v${i}`],
            outputs: [i === 39 ? "y" : `v${i + 1}`],
            attributes: { axis: 1 },
          })),
        ],
      },
      "elements",
    ],
    [
      "doubling of constants",
      {
        nodes: [
          ...Array.from({ length: 40 }, (_, i) => ({
            op: "Concat",
            inputs: [`v${i}`, `v${i}`],
            outputs: [`v${i + 1}`],
            attributes: { axis: 0 },
          })),
          { op: "Add", inputs: ["x", "v40"], outputs: ["y"] },
        ],
        tensors: [{ name: "v0", dims: [4], floats: [1, 2, 3, 4] }],
      },
      "elements",
    ],
    [
      "many large constants",
      {
        nodes: [
          ...Array.from({ length: 100 }, (_, i) => ({
            op: "ConstantOfShape",
            inputs: ["s"],
            outputs: [`c${i}`],
          })),
          { op: "Sum", inputs: ["x", ...Array.from({ length: 100 }, (_, i) => `c${i}`)], outputs: ["y"] },
        ],
        tensors: [{ name: "s", dims: [1], ints: [2 ** 21] }],
      },
      "at most 67108864 are imported",
    ],
    [
      "one large constant in many layers",
      {
        nodes: [
          { op: "ConstantOfShape", inputs: ["s"], outputs: ["w"] },
          ...Array.from({ length: 60 }, (_, i) => ({
            op: "MatMul",
            inputs: [i === 0 ? "x" : `v${i}`, "w"],
            outputs: [i === 59 ? "y" : `v${i + 1}`],
          })),
        ],
        input: ["batch", 2048],
        tensors: [{ name: "s", dims: [2], ints: [2048, 2048] }],
      },
      "67108864",
    ],
    [
      "a window far larger than its image",
      {
        nodes: [
          {
            op: "MaxPool",
            inputs: ["x"],
            outputs: ["y"],
            attributes: { kernel_shape: [2 ** 31, 2 ** 31], pads: [2 ** 31, 2 ** 31, 2 ** 31, 2 ** 31] },
          },
        ],
        input: ["batch", 1, 4, 4],
      },
      "is too large",
    ],
    [
      "a tree that leads back to itself",
      {
        nodes: [
          {
            op: "TreeEnsembleRegressor",
            domain: "ai.onnx.ml",
            inputs: ["x"],
            outputs: ["y"],
            attributes: { nodes_treeids: [0], nodes_nodeids: [0] },
          },
        ],
      },
      "nodes_featureids has 0 entries, not 1",
    ],
  ])("%s", async (_, spec, part) => {
    expect(await refusal(spec)).toContain(part)
  })
})

describe("files that are no models", () => {
  test.each<[string, Uint8Array, string]>([
    ["empty", new Uint8Array(0), "the file is empty"],
    ["a PyTorch file", text("PK\u0003\u0004rest"), "export the model with torch.onnx.export"],
    ["a pickle", Uint8Array.of(0x80, 4, 0x95), "runs code when it is read"],
    ["CatBoost's own format", text("CBM1\u0010\u0000"), 'save_model("model.json", format="json")'],
    ["a dump of XGBoost as text", text("booster[0]:\n0:[f0<1] yes=1,no=2"), 'save_model("model.json")'],
    ["a dump of XGBoost as JSON", text('[{"nodeid": 0, "leaf": 1}]'), 'save_model("model.json")'],
    ["what get_dump gives", text('["0:[f0<1] yes=1,no=2\\n"]'), 'save_model("model.json")'],
    [
      "XGBoost's configuration",
      text('{"learner": {"gradient_booster": {"gbtree_model_param": {}}}}'),
      "without the trees",
    ],
    ["XML", text('<?xml version="1.0"?><PMML/>'), "save the model as ONNX"],
    ["other JSON", text('{"a": 1}'), "the JSON holds no model of a known kind"],
    ["a JSON list", text("[1, 2]"), "the JSON holds no model of a known kind"],
    ["broken JSON", text('{"a": '), "the file is no JSON"],
    ["deep JSON", text(`{"tree_info":${"[".repeat(200_000)}`), "the file is no JSON"],
    ["text", text("hello, world"), "it is no model that can be read"],
    ["a LightGBM file cut short", text("tree\nversion=v4\nnum_class=1\n"), 'has no line "end of trees"'],
  ])("%s", async (_, bytes, part) => {
    expect(await messageOf(bytes)).toContain(part)
  })
  test("a path that does not exist", async () => {
    await expect(importModel("/no/such/model.onnx")).rejects.toThrow(ProgramError)
  })
})

const lightGbm = (tree: object, extra: object = {}): Uint8Array =>
  text(
    JSON.stringify({
      name: "tree",
      num_tree_per_iteration: 1,
      max_feature_idx: 1,
      objective: "regression",
      tree_info: [{ tree_structure: tree }],
      ...extra,
    }),
  )

describe("trees", () => {
  const leaf = { leaf_value: 1 }
  const split = { split_feature: 0, threshold: 0.5, decision_type: "<=", left_child: leaf, right_child: leaf }
  test.each<[string, Uint8Array, string]>([
    ["a feature out of range", lightGbm({ ...split, split_feature: 2 }), "split 0 asks for feature 2 of 2"],
    ["no child", lightGbm({ ...split, left_child: undefined }), 'left_child" is missing'],
    ["an unknown decision", lightGbm({ ...split, decision_type: "~" }), 'decision_type "~"'],
    [
      "CatBoost's categories",
      text(
        JSON.stringify({
          oblivious_trees: [],
          features_info: { float_features: [], categorical_features: [{}] },
        }),
      ),
      "give categories as numbers",
    ],
    [
      "a loss of CatBoost that nobody knows",
      text(
        JSON.stringify({
          oblivious_trees: [{ splits: [], leaf_values: [1] }],
          features_info: { float_features: [] },
          scale_and_bias: [1, [0]],
          model_info: { params: { loss_function: { type: "Mine" } } },
        }),
      ),
      "CatBoost's loss Mine of 1 results is not imported",
    ],
    [
      "a regression that CatBoost's ONNX calls a classifier",
      onnxFile({
        nodes: [
          {
            op: "TreeEnsembleClassifier",
            domain: "ai.onnx.ml",
            inputs: ["x"],
            outputs: ["label", "y"],
            attributes: { classlabels_strings: [] },
          },
        ],
      }),
      "save the model as CatBoost's JSON",
    ],
    [
      "linear leaves",
      lightGbm({ ...split, left_child: { leaf_value: 1, leaf_coeff: [1] } }),
      "linear_tree=false",
    ],
    ["an unknown objective", lightGbm(split, { objective: "mine" }), 'objective "mine" is not imported'],
    ["a huge number of results", lightGbm(split, { num_tree_per_iteration: 2 ** 40 }), "1 trees"],
    ["a huge number of features", lightGbm(split, { max_feature_idx: 2 ** 50 }), "elements for one sample"],
  ])("%s", async (_, bytes, part) => {
    expect(await messageOf(bytes)).toContain(part)
  })

  test("a chain of fifty thousand splits is a tree like any other", async () => {
    let lines = [...Array.from({ length: 50_000 }, (_, i) => i)]
    const count = lines.length
    lines = lines.map((i) => (i === count - 1 ? -1 - count : i + 1))
    const file = [
      "tree",
      "num_tree_per_iteration=1",
      "max_feature_idx=0",
      "objective=regression",
      "",
      "Tree=0",
      `num_leaves=${count + 1}`,
      "num_cat=0",
      `split_feature=${"0 ".repeat(count)}`,
      `threshold=${Array.from({ length: count }, (_, i) => i).join(" ")}`,
      `decision_type=${"2 ".repeat(count)}`,
      `left_child=${Array.from({ length: count }, (_, i) => -1 - i).join(" ")}`,
      `right_child=${lines.join(" ")}`,
      `leaf_value=${Array.from({ length: count + 1 }, (_, i) => i).join(" ")}`,
      "",
      "end of trees",
    ]
    const model = await importModel(text(file.join("\n")))
    expect(model.predictFloat([[-1], [1234.5], [1e9]])).toEqual([[0], [1235], [count]])
  })

  test("a circle of splits is refused", async () => {
    const file = [
      "tree",
      "num_tree_per_iteration=1",
      "max_feature_idx=0",
      "",
      "Tree=0",
      "num_leaves=3",
      "split_feature=0 0",
      "threshold=1 2",
      "decision_type=2 2",
      "left_child=1 0",
      "right_child=-1 -2",
      "leaf_value=1 2 3",
      "end of trees",
    ]
    expect(await messageOf(text(file.join("\n")))).toContain("split 0 is reached on two ways")
  })
})
