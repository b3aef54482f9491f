export { isNarrowField, type Slots } from "./arithmetic/slots.ts"
export { MAX_MODULUS } from "./choose/candidates.ts"
export type { Choice, ChoiceOptions, NoChoice } from "./choose/choice.ts"
export {
  type ModuleChoice,
  type ModulePart,
  type ModuleProgram,
  moduleTime,
  type NoModuleChoice,
} from "./choose/choose-module.ts"
export { chooseParameters } from "./choose/choose-parameters.ts"
export { chooseModuli, partsOf } from "./choose/choose-residues.ts"
export {
  chooseRounds,
  type KnownRounds,
  ROUND_TRIP,
  type Round,
  timeOf,
  together,
} from "./choose/choose-rounds.ts"
export { largestBudget } from "./choose/largest-budget.ts"
export {
  type AgeForm,
  type AgeWalk,
  levelFunction,
  type ModuleCircuit,
} from "./choose/module-noise-by-age.ts"
export { plainModulusFrom } from "./choose/search-space.ts"
export { chooseModuleModuli, needsOneModulus } from "./choose-module-moduli.ts"
export type {
  Circuit,
  CircuitInput,
  CircuitOutput,
  GivenPlain,
  Instruction,
  Mask,
} from "./circuit/circuit.ts"
export { depthOfCircuit } from "./circuit/circuit-depth.ts"
export { vectorOps } from "./circuit/cleartext-ops.ts"
export { encodeInput } from "./circuit/encode-input.ts"
export {
  ciphertextBytes,
  expandedKeyBytes,
  freshBytes,
  keySetBytes,
  keysOf,
  replyBytes,
} from "./circuit/keys.ts"
export {
  fromSlots,
  type Layout,
  lanesOf,
  type Placement,
  piecesOf,
  placementOf,
  ringIndices,
  slotOf,
  strideOf,
  toSlots,
} from "./circuit/layout.ts"
export type { KeySet, Parameters, Security } from "./circuit/parameters.ts"
export { parseCircuit } from "./circuit/parse-circuit.ts"
export type { Plain } from "./circuit/plain.ts"
export { printCircuit } from "./circuit/print-circuit.ts"
export { type ReplayHooks, replay, replaySteps } from "./circuit/replay.ts"
export type { SlotOps } from "./circuit/slot-ops.ts"
export { attributeCosts, type NodeCost } from "./cost/attribute-costs.ts"
export {
  type CircuitCost,
  type CircuitCounts,
  COST_MODELS,
  type CostModel,
  type Costs,
  isCosts,
  priceCircuit,
} from "./cost/cost.ts"
export { type LowerOptions, lower, type RefreshedNames, type WiredNames } from "./lower/lower.ts"
export { budgetAt, type NoiseModel, noiseModel } from "./noise/noise.ts"
export { placeLevels } from "./noise/place-levels.ts"
export {
  describeTables,
  groupTables,
  printTable,
  type TableDescription,
  type TableGroup,
} from "./tables/table-description.ts"
export type { TableNode } from "./tables/table-polynomials.ts"
export type { TableStrategy } from "./tables/table-schedule.ts"
