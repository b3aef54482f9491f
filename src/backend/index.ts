export { attributeCosts, type NodeCost } from "./attribute-costs.ts"
export { MAX_MODULUS } from "./candidates.ts"
export type { Choice, ChoiceOptions, NoChoice } from "./choice.ts"
export {
  chooseModule,
  type ModuleChoice,
  type ModuleProgram,
  meanTime,
  moduleTime,
  type NoModuleChoice,
} from "./choose-module.ts"
export { chooseParameters } from "./choose-parameters.ts"
export { chooseModuli, partsOf } from "./choose-residues.ts"
export { chooseRounds, type KnownRounds, ROUND_TRIP, type Round, timeOf, together } from "./choose-rounds.ts"
export type { Circuit, CircuitInput, CircuitOutput, GivenPlain, Instruction, Mask } from "./circuit.ts"
export {
  type CircuitCost,
  type CircuitCounts,
  COST_MODELS,
  type CostModel,
  type Costs,
  isCosts,
  priceCircuit,
} from "./cost.ts"
export { depthOfCircuit } from "./depth.ts"
export { encodeInput } from "./encode-input.ts"
export {
  ciphertextBytes,
  expandedKeyBytes,
  freshBytes,
  keySetBytes,
  keysOf,
  replyBytes,
} from "./keys.ts"
export { largestBudget } from "./largest-budget.ts"
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
export { type LowerOptions, lower, type RefreshedNames, type WiredNames } from "./lower.ts"
export { type AgeForm, type AgeWalk, levelFunction, type ModuleCircuit } from "./module-ages.ts"
export { budgetAt, type NoiseModel, noiseModel } from "./noise.ts"
export type { KeySet, Parameters, Security } from "./parameters.ts"
export { parseCircuit } from "./parse-circuit.ts"
export { placeLevels } from "./place-levels.ts"
export type { Plain } from "./plain.ts"
export { printCircuit } from "./print-circuit.ts"
export { type ReplayHooks, replay, replaySteps } from "./replay.ts"
export { plainModulusFrom } from "./search-space.ts"
export type { SlotOps } from "./slot-ops.ts"
export {
  describeTables,
  groupTables,
  printTable,
  type TableDescription,
  type TableGroup,
} from "./table-description.ts"
export type { TableNode } from "./table-polynomials.ts"
export type { TableStrategy } from "./table-schedule.ts"
export { vectorOps } from "./vector-ops.ts"
