import type { Circuit } from "../../backend/index.ts"
import { forms, type OptionForms, printGiven, RuntimeError } from "../../data/index.ts"
import type { KeyedSpec } from "../messages/rounds-and-residues.ts"
import { contextForm, urlForm } from "../seal/seal-context.ts"
import type { Engine } from "./engine.ts"
import { GroupRunner, type GroupRunnerOptions } from "./group-runner.ts"

export interface EngineOptions extends GroupRunnerOptions {
  /**
   * How many groups of samples run at the same time, of one request or of several. With 1, the default, the runs take
   * turns in the thread that asks for them. More, or "auto" for all cores, are worker threads of Node, each with a
   * context and keys of its own, while the thread that asks stays free; `context` cannot be given then.
   */
  readonly threads?: number | "auto"
  /**
   * Memory that all worker threads together may take: fewer are started when an estimate of keys, ciphertexts and cache
   * says so, but one at least. Half of what is free for "auto" unless given, else no limit.
   */
  readonly workerMemoryBytes?: number
}

export const engineOptionForms: OptionForms<EngineOptions> = {
  wasmUrl: urlForm,
  context: contextForm,
  contexts: forms.list,
  cacheBytes: forms.number,
  threads: forms.anything,
  workerMemoryBytes: forms.number,
}

/** Circuits that an engine is to run: those that it is made with, and those that only tell it how much memory a run takes. */
export interface EngineCircuits {
  readonly known: readonly Circuit[]
  readonly later: readonly Circuit[]
}

/**
 * What runs the circuits of a program or a module with one client's evaluation keys. Worker threads are loaded only when they
 * are asked for: the rest of a server runs anywhere. Throws RuntimeError for foreign keys and options that make no sense.
 */
export const createEngine = async (
  spec: KeyedSpec,
  { known, later }: EngineCircuits,
  evaluationKeys: Uint8Array,
  options: EngineOptions,
): Promise<Engine> => {
  const { threads = 1 } = options
  if (threads !== "auto" && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw new RuntimeError(
      `threads is ${printGiven(threads)}; it counts worker threads, from 1, or is "auto"`,
      { code: "wrong-argument" },
    )
  }
  if (threads === 1) return GroupRunner.create(spec, known, evaluationKeys, options)
  if (options.context !== undefined || options.contexts !== undefined) {
    throw new RuntimeError(
      "worker threads have contexts of their own; give a server threads or a context, not both",
      { code: "wrong-argument" },
    )
  }
  const { WorkerPool } = await import("./threads/worker-pool.ts").catch((cause: unknown) => {
    throw new RuntimeError("worker threads are those of Node; leave out the option threads elsewhere", {
      code: "platform",
      cause,
    })
  })
  return WorkerPool.create(spec, known, evaluationKeys, { ...options, threads, later })
}
