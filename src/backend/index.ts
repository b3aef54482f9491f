export { type Choice, type ChoiceOptions, chooseParameters, type NoChoice } from "./choose-parameters.ts"
export type { Circuit, CircuitInput, CircuitOutput, GivenPlain, Instruction } from "./circuit.ts"
export { type CircuitCost, type CircuitCounts, COST_MODELS, type CostModel, priceCircuit } from "./cost.ts"
export { depthOfCircuit } from "./depth.ts"
export { ciphertextBytes, keySetBytes, keysOf } from "./keys.ts"
export {
  fromSlots,
  isNarrowField,
  type Layout,
  lanesOf,
  type Placement,
  piecesOf,
  placementOf,
  ringIndices,
  type Slots,
  slotOf,
  strideOf,
  toSlots,
} from "./layout.ts"
export { type LowerOptions, lower } from "./lower.ts"
export { budgetAt, type NoiseModel, noiseModel } from "./noise.ts"
export type { KeySet, Parameters, Security } from "./parameters.ts"
export { parseCircuit } from "./parse-circuit.ts"
export { placeLevels } from "./place-levels.ts"
export type { Plain } from "./plain.ts"
export { printCircuit } from "./print-circuit.ts"
export { type ReplayHooks, replay, replaySteps } from "./replay.ts"
export type { SlotOps } from "./slot-ops.ts"
export { vectorOps } from "./vector-ops.ts"
