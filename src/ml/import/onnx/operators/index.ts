import type { ImportTable } from "../onnx-op.ts"
import { einsum } from "./einsum.ts"
import { elementwiseOperators } from "./elementwise.ts"
import { estimatorOperators } from "./estimators.ts"
import { indexingOperators } from "./indexing.ts"
import { integerLayers } from "./integer-layers.ts"
import { movementOperators } from "./movement.ts"
import { neuralOperators } from "./neural.ts"
import { preprocessingOperators } from "./preprocessing.ts"
import { keepsGrid, quantizationOperators } from "./quantization.ts"
import { reductionOperators } from "./reductions.ts"
import { shapeOperators, unfolded } from "./shapes.ts"
import { transposedConvolution } from "./transposed-convolution.ts"

/** Every operator that is imported, by name; those of other domains than ai.onnx with the domain before it. */
export const operators: ImportTable = {
  ...elementwiseOperators,
  ...shapeOperators,
  ...movementOperators,
  ...indexingOperators,
  ...neuralOperators,
  ...reductionOperators,
  ...quantizationOperators,
  ...integerLayers,
  ...estimatorOperators,
  ...preprocessingOperators,
  ConvTranspose: transposedConvolution,
  Einsum: einsum,
  "com.microsoft.Gelu": elementwiseOperators["Gelu"]!,
}

/** Operators that take constants as they are; all others are computed when all their operands are constant. */
export const takesConstants = (name: string): boolean => unfolded.has(name) || keepsGrid.has(name)
