// The browser-sized part: keys, encryption and decryption, without the compiler; connections to servers.
export {
  type CallInputs,
  Connection,
  type ConnectionTo,
  type ConnectOptions,
  connect,
  connectModule,
  type Encrypted,
  fileKeys,
  type HttpOptions,
  indexedDbKeys,
  type KeyStorage,
  listModels,
  type ModelSummary,
  ModuleConnection,
  type OnConnectionProgress,
  type ProgramLike,
  type Progress,
  type Refusal,
  type RunCallOptions,
  refusalOf,
  type Step,
  type StoredKeys,
} from "./connect/index.ts"
export { RuntimeError, type RuntimeErrorCode } from "./data/errors.ts"
export { Client, type ProgramInputs } from "./runtime/client/client.ts"
export type { ClientOptions } from "./runtime/client/client-keys.ts"
export type { ProgramResult } from "./runtime/client/results.ts"
export { ModuleClient, type ModuleClientOptions } from "./runtime/module/module-client.ts"
export { SealContext, type SealOptions } from "./runtime/seal/seal-context.ts"
export type { ModuleSpec } from "./runtime/spec/module-spec.ts"
export { readModuleSpec } from "./runtime/spec/module-spec-bytes.ts"
export type { OnProgress, ProgramSpec } from "./runtime/spec/program-spec.ts"
export { readSpec } from "./runtime/spec/spec-bytes.ts"
