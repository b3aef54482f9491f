// The browser-sized part: keys, encryption and decryption, without the compiler; connections to servers.
export {
  Connection,
  type ConnectionTo,
  type ConnectOptions,
  connect,
  fileKeys,
  type HttpOptions,
  indexedDbKeys,
  type KeyStorage,
  listModels,
  type ModelSummary,
  type OnConnectionProgress,
  type ProgramLike,
  type Progress,
  type Refusal,
  type RunCallOptions,
  refusalOf,
  type Step,
  type StoredKeys,
} from "./client/index.ts"
export { RuntimeError, type RuntimeErrorCode } from "./data/errors.ts"
export { Client, type ProgramInputs } from "./runtime/client.ts"
export type { ClientOptions } from "./runtime/client-keys.ts"
export { ModuleClient, type ModuleClientOptions } from "./runtime/module-client.ts"
export type { ModuleSpec } from "./runtime/module-spec.ts"
export type { OnProgress, ProgramSpec } from "./runtime/program-spec.ts"
export type { ProgramResult } from "./runtime/results.ts"
export { SealContext, type SealOptions } from "./runtime/seal.ts"
export { readSpec } from "./runtime/spec-bytes.ts"
