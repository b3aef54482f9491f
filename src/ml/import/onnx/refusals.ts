const quantizedFormat =
  "quantize to the QDQ format (QuantizeLinear and DequantizeLinear around float operators)"
const brevitasTrunc = "leave out TruncAvgPool2d, or export to QCDQ"
const loops = "unroll it, or export the part without control flow"
const knn = "k-nearest neighbours of scikit-learn are imported from what export_sklearn.py writes"
const recurrent =
  "use convolutions or dense layers over a fixed window: each step of a recurrence is a level of products"
const norms = "use BatchNormalization, which is linear after training; this divides by a secret"

/** What works in place of operators that are not imported. */
const instead: Readonly<Record<string, string>> = {
  DynamicQuantizeLinear: `${quantizedFormat}, with static scales`,
  "onnx.brevitas.Trunc": brevitasTrunc,
  "qonnx.custom_op.general.Trunc": brevitasTrunc,
  If: loops,
  Loop: loops,
  Scan: `${loops}; ${knn}`,
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
  Attention: recurrent,
  GroupNormalization: norms,
  InstanceNormalization: norms,
  LRN: norms,
  LayerNormalization: norms,
  RMSNormalization: norms,
  GridSample: "sample before the model",
  NonZero: "its result has no fixed shape; use Where",
  Resize: "resize before the model",
  TopK: `return the scores and sort them after decryption; ${knn}`,
  Upsample: "resize before the model",
  "ai.onnx.ml.CategoryMapper": "encode strings as integers before the model",
  "ai.onnx.ml.DictVectorizer": "make vectors of numbers before the model",
}

/** Why an operator is refused and what to do. */
export const refusal = (name: string, opset: number): string =>
  `${name} (opset ${opset}) is not imported; ${instead[name] ?? "express it with the operators in docs/models.md, or leave it outside the model"}`
