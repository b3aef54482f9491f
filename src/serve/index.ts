export type { Evaluator, Job } from "./evaluator/evaluator.ts"
export {
  LocalEvaluator,
  type LocalEvaluatorOptions,
  type RestartReason,
} from "./evaluator/local-evaluator.ts"
export type { Tls } from "./http/create-app.ts"
export { JobQueue, type Outcome, type Place, type QueueLimits } from "./job-queue.ts"
export { createKeyStore, type KeyStore, type KeyStoreOptions, QuotaError } from "./key-store.ts"
export {
  type FinishedRun,
  type QueueWorker,
  type QueueWorkerOptions,
  startQueueWorker,
} from "./redis/queue-worker.ts"
export { RedisEvaluator, type RedisEvaluatorOptions } from "./redis/redis-evaluator.ts"
export { type ModelSource, modelsByName, type ServedModel, serveModel } from "./served-model.ts"
export {
  createService,
  type EvaluatorParts,
  type ListenOptions,
  type Service,
  type ServiceOptions,
} from "./service.ts"
export { isServiceCode, type ServiceCode, ServiceError } from "./service-error.ts"
export { FilesystemStorage } from "./storage/filesystem.ts"
export { openStorage } from "./storage/open-storage.ts"
export { S3Storage } from "./storage/s3.ts"
export { type Stat, type Storage, StorageError, type Stored } from "./storage/storage.ts"
export { type Authenticate, readTokens } from "./tokens.ts"
