export type { Circuit, CircuitInput, CircuitOutput, GivenPlain, Instruction } from "./circuit.ts"
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
export type { KeySet, Parameters, Security } from "./parameters.ts"
export type { Plain } from "./plain.ts"
export { type ReplayHooks, replay } from "./replay.ts"
export type { SlotOps } from "./slot-ops.ts"
