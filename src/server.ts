// What evaluates programs on encrypted data: evaluation keys only.
export { RuntimeError, type RuntimeErrorCode } from "./data/errors.ts"
export type { ModuleRequest } from "./runtime/module/module-operands.ts"
export { ModuleServer, type ModuleServerOptions } from "./runtime/module/module-server.ts"
export { SealContext, type SealOptions } from "./runtime/seal/seal-context.ts"
export { type RunOptions, Server, type ServerOptions } from "./runtime/server/server.ts"
export type { ModuleSpec } from "./runtime/spec/module-spec.ts"
export type { OnProgress, ProgramSpec } from "./runtime/spec/program-spec.ts"
