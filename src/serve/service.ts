import { Server as TlsServer } from "node:tls"
import {
  addressTrouble,
  checkArguments,
  checkOptions,
  form,
  forms,
  networkTrouble,
  type OptionForms,
  printGiven,
  RuntimeError,
} from "../data/index.ts"
import { DEFAULT_MAX_GROUPS } from "../runtime/index.ts"
import type { Evaluator } from "./evaluator/evaluator.ts"
import { LocalEvaluator } from "./evaluator/local-evaluator.ts"
import { type AppOptions, checkTls, createApp, loadFastify, type Tls } from "./http/create-app.ts"
import { isLoopback } from "./http/loopback.ts"
import { Traces } from "./http/trace.ts"
import { JobQueue, type QueueLimits } from "./job-queue.ts"
import { createKeyStore, type KeyStore, type KeyStoreOptions } from "./key-store.ts"
import { createMetrics } from "./metrics.ts"
import { type ModelSource, modelsByName, type ServedModel, serveModel } from "./served-model.ts"
import type { Storage } from "./storage/storage.ts"
import type { Authenticate } from "./tokens.ts"

export interface ServiceOptions extends QueueLimits, AppOptions {
  /** What is served, by the programs' own names or others. */
  readonly models: Readonly<Record<string, ModelSource>> | readonly ModelSource[]
  /** Where the evaluation keys of clients are kept. */
  readonly storage: Storage
  /** Quota and expiry of keys. */
  readonly keyLimits?: KeyStoreOptions
  /** Who a bearer token belongs to; see `readTokens`. Without it there is one client, and only this machine may be it. */
  readonly authenticate?: Authenticate
  /** Worker threads; as many as cores unless given. */
  readonly workers?: number
  /** Seconds that one run may take in a worker; 120 unless given. */
  readonly timeoutSeconds?: number
  /** Most bytes outside of JavaScript's heap of one worker; a share of the free memory unless given. */
  readonly workerMemoryBytes?: number
  /** Most groups of samples in one request; 64 unless given. */
  readonly maxGroups?: number
  /** What runs the jobs, in place of worker threads of this process. */
  readonly createEvaluator?: (parts: EvaluatorParts) => Evaluator | Promise<Evaluator>
}

/** What an evaluator may need of its service. */
export interface EvaluatorParts {
  readonly models: ReadonlyMap<string, ServedModel>
  readonly keys: KeyStore
  readonly storage: Storage
}

export interface ListenOptions {
  /** 0 for any that is free. */
  readonly port: number
  /** 127.0.0.1 unless given. */
  readonly host?: string
}

/** Compiled programs behind HTTP: keys are stored, requests queued and run. It sees ciphertexts only. */
export interface Service extends AsyncDisposable {
  readonly models: ReadonlyMap<string, ServedModel>
  /** Jobs that run at the same time. */
  readonly width: number
  /**
   * Starts to answer; returns the URL. Throws RuntimeError for an address that others can reach when there are no tokens,
   * and when it cannot be had.
   */
  listen(options: ListenOptions): Promise<string>
  /** Goes on with another certificate. Throws RuntimeError when it cannot be used, or when the service has none. */
  renewTls(tls: Tls): void
  /**
   * Takes no new work, goes on with what was accepted for so many seconds, 30 unless given, and closes. Meanwhile
   * `/readyz` answers 503. `await using` does this at the end of its block.
   */
  stop(graceSeconds?: number): Promise<void>
}

/** Seconds that a service goes on with what it has accepted, unless told otherwise. */
const GRACE = 30

/** Milliseconds between two deletions of expired keys. */
const SWEEP = 3_600_000

/** Throws RuntimeError for what is no compiled program, for models of the same name, and for a certificate that cannot be used. */
export const createService = async (options: ServiceOptions, ...surplus: []): Promise<Service> => {
  checkArguments("createService", [options, ...surplus], { options: forms.object }, RuntimeError)
  checkOptions("createService", options, optionForms, RuntimeError)
  checkArguments(
    "createService",
    [options.models, options.storage],
    { models: optionForms.models, storage: optionForms.storage },
    RuntimeError,
  )
  const { storage, authenticate, tls, origins = [], maxGroups = DEFAULT_MAX_GROUPS } = options
  for (const origin of origins) {
    const trouble =
      typeof origin === "string" ? addressTrouble("origin", origin) : `is ${printGiven(origin)}; it is text`
    if (trouble !== undefined)
      throw new RuntimeError(`an origin of createService ${trouble}`, { code: "wrong-argument" })
  }
  if (tls !== undefined) checkTls(tls)
  const models = modelsByName(
    namedSources(options.models).map((named) => serveModel({ ...named, maxGroups })),
  )
  const keys = createKeyStore(storage, options.keyLimits)
  await loadFastify() // before there is anything to close
  const metrics = await createMetrics({ waiting: () => queue.waiting, running: () => queue.running })
  const evaluator =
    (await options.createEvaluator?.({ models, keys, storage })) ??
    new LocalEvaluator({
      ...(options.workers !== undefined && { workers: options.workers }),
      ...(options.timeoutSeconds !== undefined && { timeoutSeconds: options.timeoutSeconds }),
      ...(options.workerMemoryBytes !== undefined && { workerMemoryBytes: options.workerMemoryBytes }),
      models,
      maxGroups,
      loadKeys: (client, sha256) => keys.get(client, sha256),
      onRestart: (reason) => metrics.countRestart(reason),
    })
  const { maxWaiting, maxWaitingPerClient } = options
  const queue = new JobQueue(evaluator, {
    ...(maxWaiting !== undefined && { maxWaiting }),
    ...(maxWaitingPerClient !== undefined && { maxWaitingPerClient }),
  })
  let stopped: Promise<void> | undefined
  const isStopping = (): boolean => stopped !== undefined
  const context = { models, keys, queue, metrics, traces: new Traces(metrics), authenticate, isStopping }
  const app = await createApp(context, options)

  const sweep = async (): Promise<void> => {
    try {
      metrics.countKeys("expired", await keys.sweep())
    } catch (error) {
      app.log.error({ err: error }, "expired keys could not be deleted")
    }
  }
  const sweeper = setInterval(() => void sweep(), SWEEP).unref()

  const stop = async (graceSeconds: number): Promise<void> => {
    clearInterval(sweeper)
    await queue.drain(1000 * graceSeconds)
    const closed = app.close()
    // Answers that are being sent have a moment; who sends or takes nothing any more does not hold up the rest.
    const impatience = setTimeout(() => app.server.closeAllConnections(), LAST_MOMENT).unref()
    await closed
    clearTimeout(impatience)
    await evaluator.close()
  }

  return {
    models,
    width: evaluator.width,
    async listen(options, ...surplus: []) {
      checkArguments("listen", [options, ...surplus], { options: forms.object }, RuntimeError)
      checkOptions("listen", options, listenForms, RuntimeError)
      const { port, host = "127.0.0.1" } = options
      checkArguments("listen", [port], { port: listenForms.port }, RuntimeError)
      if (authenticate === undefined && !isLoopback(host)) {
        throw new RuntimeError(
          `${host} can be reached by others, and there are no tokens to tell clients apart\n` +
            "give tokens, or listen on 127.0.0.1",
          { code: "wrong-argument" },
        )
      }
      try {
        const url = await app.listen({ port, host })
        void sweep()
        return url
      } catch (cause) {
        throw new RuntimeError(`${host}:${port} cannot be listened on: ${networkTrouble(cause)}`, {
          code: "unreachable",
          cause,
        })
      }
    },
    async [Symbol.asyncDispose]() {
      stopped ??= stop(GRACE)
      await stopped
    },
    renewTls(renewed, ...surplus: []) {
      checkArguments("renewTls", [renewed, ...surplus], { tls: forms.object }, RuntimeError)
      const { server } = app
      if (!(server instanceof TlsServer))
        throw new RuntimeError("this service has no certificate to renew", { code: "unsupported" })
      checkTls(renewed)
      server.setSecureContext({ cert: Buffer.from(renewed.cert), key: Buffer.from(renewed.key) })
    },
    async stop(graceSeconds = GRACE, ...surplus: []) {
      checkArguments("stop", [graceSeconds, ...surplus], { graceSeconds: seconds }, RuntimeError)
      stopped ??= stop(graceSeconds)
      await stopped
    },
  }
}

const seconds = form<number>(
  "a number of seconds, from 0",
  (value) => typeof value === "number" && value >= 0,
)

const listenForms: OptionForms<ListenOptions> = {
  port: form<number>(
    "an integer below 65536, 0 for any that is free",
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65_536,
  ),
  host: forms.text,
}

const optionForms: OptionForms<ServiceOptions> = {
  models: form("a list of compiled programs, or an object of them by name", (value) => isModels(value)),
  storage: form("what openStorage gives", (value) => isStorage(value)),
  keyLimits: forms.object,
  authenticate: forms.function,
  workers: forms.anything,
  timeoutSeconds: forms.anything,
  workerMemoryBytes: forms.number,
  maxGroups: forms.number,
  createEvaluator: forms.function,
  maxWaiting: forms.count,
  maxWaitingPerClient: forms.count,
  origins: forms.list,
  logger: forms.anything,
  tls: forms.object,
  requestSeconds: forms.number,
  answerSeconds: forms.number,
}

const isModels = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !(value instanceof Promise || value instanceof Uint8Array)

const isStorage = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "put" in value && "list" in value

const LAST_MOMENT = 5000

const namedSources = (models: ServiceOptions["models"]): { name?: string; source: ModelSource }[] =>
  Array.isArray(models)
    ? models.map((source: ModelSource) => ({ source }))
    : Object.entries(models as Record<string, ModelSource>).map(([name, source]) => ({ name, source }))
