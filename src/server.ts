// What evaluates programs on encrypted data: evaluation keys only.
export { RuntimeError, type RuntimeErrorCode } from "./data/errors.ts"
export type { ModuleRequest } from "./runtime/module-operands.ts"
export { ModuleServer, type ModuleServerOptions } from "./runtime/module-server.ts"
export type { ModuleSpec } from "./runtime/module-spec.ts"
export type { OnProgress, ProgramSpec } from "./runtime/program-spec.ts"
export { SealContext, type SealOptions } from "./runtime/seal.ts"
export { type RunOptions, Server, type ServerOptions } from "./runtime/server.ts"
