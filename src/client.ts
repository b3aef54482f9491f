// The browser-sized part: keys, encryption and decryption, without the compiler.
export { RuntimeError } from "./data/errors.ts"
export { Client, type ClientOptions, type ProgramInputs } from "./runtime/client.ts"
export { ModuleClient, type ModuleClientOptions } from "./runtime/module-client.ts"
export type { ModuleSpec } from "./runtime/module-spec.ts"
export type { OnProgress, ProgramSpec } from "./runtime/program-spec.ts"
export type { ProgramResult } from "./runtime/results.ts"
export { SealContext, type SealOptions } from "./runtime/seal.ts"
export { readSpec } from "./runtime/spec-bytes.ts"
