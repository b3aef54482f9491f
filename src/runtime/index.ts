export { type CalibrateOptions, calibrate } from "./calibrate/calibrate.ts"
export { median } from "./calibrate/median.ts"
export { Client, type ProgramInputs } from "./client/client.ts"
export type { ClientOptions } from "./client/client-keys.ts"
export { type ProgramResult, shapeResult, toNested } from "./client/results.ts"
export { inputsOfRows, scoresOfResults } from "./client/rows.ts"
export { type MessageFrames, messageFrames } from "./messages/frame-checks.ts"
export { DEFAULT_MAX_GROUPS } from "./messages/groups.ts"
export { messageSizes } from "./messages/round-messages.ts"
export { type ModuleCall, packCall, unpackCall } from "./module/module-call.ts"
export { ModuleClient, type ModuleClientOptions } from "./module/module-client.ts"
export { moduleFrames } from "./module/module-frames.ts"
export type { ModuleRequest } from "./module/module-operands.ts"
export { type ModulePlan, ModuleServer, type ModuleServerOptions } from "./module/module-server.ts"
export { SealContext, type SealOptions } from "./seal/seal-context.ts"
export { type RunOptions, Server, type ServerOptions } from "./server/server.ts"
export type { SessionLimits } from "./server/sessions.ts"
export { simulate } from "./simulate/simulate.ts"
export { simulateResidues, simulateRounds } from "./simulate/simulate-parts.ts"
export { packArtefactFile, unpackArtefactFile } from "./spec/artefact-file.ts"
export { writeCbor } from "./spec/cbor.ts"
export { type FunctionSpec, functionOf, type ModuleSpec, type Wire } from "./spec/module-spec.ts"
export {
  decodeModuleSpec,
  isModuleFile,
  isModuleSpec,
  readAnySpec,
  readModuleSpec,
} from "./spec/module-spec-bytes.ts"
export type { OnProgress, ProgramSpec, ResidueSpec, RoundSpec } from "./spec/program-spec.ts"
export { replyLevels } from "./spec/reply-levels.ts"
export { decodeSpec, encodeSpec, packSpec, readSpec, readWith, schemas } from "./spec/spec-bytes.ts"
export { type UnhashedSpec, withHash, withModuleHash } from "./spec/spec-hash.ts"
