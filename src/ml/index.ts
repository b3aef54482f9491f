export type { Fidelity, Label } from "./fidelity.ts"
export { FloatModel, type ModelFormat, type Reals } from "./float-model.ts"
export { evaluateNodes, execute } from "./graph/execute.ts"
export type { FloatGraph, FloatNode, FloatOutput, NodeOf, Scores } from "./graph/graph.ts"
export { type AttributesOf, type KindName, kindNames, kindOf } from "./graph/kinds/index.ts"
export type { Grid, Tensor } from "./graph/tensor.ts"
export type { Split, Test, Trees } from "./graph/trees.ts"
export { type ImportOptions, importModel } from "./import/import-model.ts"
export type { BudgetOptions, QuantizeProgress } from "./quantize/budget.ts"
export { type FrontierPoint, frontierOf } from "./quantize/frontier.ts"
export { frontierSvg } from "./quantize/frontier-chart.ts"
export type { QuantizeOptions } from "./quantize/quantize.ts"
export {
  type CandidateReport,
  type Cost,
  QuantizedModel,
  type QuantizedReport,
  type Sides,
} from "./quantize/quantized-model.ts"
export type { Task } from "./train/data-set.ts"
export { type LinearRegressionOptions, linearRegression } from "./train/linear-regression.ts"
export { type LogisticRegressionOptions, logisticRegression } from "./train/logistic-regression.ts"
export type { TrainableActivation } from "./train/network/activation-layers.ts"
export type { ConstraintOptions } from "./train/network/constraints.ts"
export {
  type ConvolutionalOptions,
  type ConvolutionOptions,
  convolutional,
} from "./train/network/convolutional.ts"
export type { NetworkOptions } from "./train/network/fit-network.ts"
export type { InputScaling } from "./train/network/input-stage.ts"
export { type PerceptronOptions, perceptron } from "./train/network/perceptron.ts"
export { accuracy, labelOf, r2, type SplitOptions, type TrainTest, trainTestSplit } from "./train/score.ts"
export type { Progress, ProgressOptions, Trainer } from "./train/trainer.ts"
export { type GradientBoostingOptions, gradientBoosting } from "./train/trees/gradient-boosting.ts"
export {
  type DecisionTreeOptions,
  decisionTree,
  type RandomForestOptions,
  randomForest,
} from "./train/trees/random-forest.ts"
