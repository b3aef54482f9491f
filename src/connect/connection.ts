import { checkArguments, checkArity, mismatch, optional } from "../data/checks/arguments.ts"
import { forms } from "../data/checks/form.ts"
import { checkOptions, type OptionForms } from "../data/checks/options.ts"
import { RuntimeError } from "../data/errors.ts"
import type { Reals } from "../data/index.ts"
import type { ProgramInputs } from "../runtime/client/client.ts"
import { checkSample } from "../runtime/client/lanes.ts"
import type { ProgramResult } from "../runtime/client/results.ts"
import { inputsOfRows, scoresOfResults } from "../runtime/client/rows.ts"
import { naming } from "../runtime/messages/groups.ts"
import { mostReplyBytes, mostSamplesOf } from "../runtime/messages/round-messages.ts"
import type { ProgramSpec } from "../runtime/spec/program-spec.ts"
import type { KeyHolder } from "./keys/key-holder.ts"
import { CallMerger, type CallOptions } from "./merge-calls.ts"
import { inStep, type OnConnectionProgress, type Progress } from "./progress.ts"
import { refusalOf } from "./refusal.ts"
import { isUnreached, type ServerHttp } from "./server-http.ts"
import { UploadedKeys } from "./uploaded-keys.ts"

export interface RunCallOptions extends CallOptions<Progress> {}

/** What a connection is made of. */
export interface ConnectionParts {
  readonly spec: ProgramSpec
  readonly model: string
  readonly http: ServerHttp
  readonly holder: KeyHolder
  readonly onProgress: OnConnectionProgress | undefined
}

/** Milliseconds that a call waits for others to share a request with. */
const WINDOW = 2

/** How often a run is asked for again when the server has lost the keys for it. */
const RESTARTS = 2

/**
 * One model of one server, for one user. Inputs are encrypted and results decrypted here; the server gets ciphertexts and
 * evaluation keys, never the secret key. Calls that are made at the same time share a request.
 */
export class Connection<I = ProgramInputs, O = ProgramResult> implements Disposable {
  readonly spec: ProgramSpec
  readonly model: string
  readonly #http: ServerHttp
  readonly #holder: KeyHolder
  readonly #onProgress: OnConnectionProgress | undefined
  readonly #calls: CallMerger<ProgramInputs, ProgramResult, Progress>
  readonly #closed = new AbortController()
  readonly #keys: UploadedKeys

  constructor({ spec, model, http, holder, onProgress }: ConnectionParts) {
    this.spec = spec
    this.model = model
    this.#http = http
    this.#holder = holder
    this.#onProgress = onProgress
    const tells = this.#rounds === 1 ? undefined : "runs in rounds"
    this.#keys = new UploadedKeys({ model, http, holder, onProgress, tells, closed: this.#closed.signal })
    this.#calls = new CallMerger(
      (samples, { signal, onProgress }) =>
        this.#run(samples, AbortSignal.any([signal, this.#closed.signal]), (progress) => {
          this.#onProgress?.(progress)
          onProgress(progress)
        }),
      { most: mostSamplesOf(spec, 1), window: WINDOW },
    )
  }

  /**
   * The outputs for one sample. Throws RuntimeError for inputs outside their declarations, and when the server refuses or cannot be
   * reached.
   */
  async run(inputs: I, options?: RunCallOptions, ...surplus: []): Promise<O> {
    checkArity("run", [inputs, options, ...surplus], 2, RuntimeError)
    checkOptions("run", options, callForms, RuntimeError)
    checkSample(inputs, this.spec.inputs)
    const [result] = await this.#calls.call([inputs as ProgramInputs], options)
    return result as O
  }

  /** The outputs for each of several samples, in one request. Throws what `run` throws, naming the sample. */
  async runBatch(samples: readonly I[], options?: RunCallOptions, ...surplus: []): Promise<O[]> {
    checkArity("runBatch", [samples, options, ...surplus], 2, RuntimeError)
    checkOptions("runBatch", options, callForms, RuntimeError)
    if (!Array.isArray(samples))
      throw new RuntimeError(mismatch("the value for samples", samples, { needed: "an array of inputs" }), {
        code: "wrong-argument",
      })
    for (const [i, sample] of samples.entries())
      naming(`sample ${i}`, () => checkSample(sample, this.spec.inputs))
    if (samples.length === 0) return []
    return (await this.#calls.call(samples as readonly ProgramInputs[], options)) as O[]
  }

  /** The model's scores of each row. Throws what `Client.encryptRows` and `run` throw. */
  async predict(rows: readonly Reals[], options?: RunCallOptions, ...surplus: []): Promise<number[][]> {
    checkArity("predict", [rows, options, ...surplus], 2, RuntimeError)
    checkOptions("predict", options, callForms, RuntimeError)
    const inputs = inputsOfRows(this.spec, rows)
    if (inputs.length === 0) return []
    return scoresOfResults(this.spec, await this.#calls.call(inputs, options))
  }

  /**
   * Sees to it that the server has the evaluation keys: asks for those of an earlier visit, else makes and uploads them.
   * `connect` does this first, so that calls need not wait for it.
   */
  async uploadKeys(signal?: AbortSignal, ...surplus: []): Promise<void> {
    checkArguments("uploadKeys", [signal, ...surplus], { signal: optional(forms.signal) }, RuntimeError)
    await this.#keys.ready(signal)
  }

  /** Ends calls that are under way, and forgets the secret key where it is not stored. */
  dispose(...surplus: []): void {
    checkArity("dispose", surplus, 0, RuntimeError)
    if (this.#closed.signal.aborted) return
    this.#closed.abort(new RuntimeError("this connection is closed", { code: "disposed" }))
    this.#holder.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  get #rounds(): number {
    return this.spec.rounds?.length ?? 1
  }

  /**
   * All rounds of some samples, from the start again when the server has lost the keys before the first. A run whose refreshed values
   * the server has been given is never begun again by itself: each time it would learn whether they could be decrypted.
   */
  async #run(
    samples: readonly ProgramInputs[],
    signal: AbortSignal,
    onProgress: OnConnectionProgress,
  ): Promise<ProgramResult[]> {
    for (let restarts = 0; ; restarts++) {
      try {
        return await this.#runRounds(samples, signal, onProgress)
      } catch (error) {
        if (!(error instanceof LostKeys)) throw error
        if (restarts === RESTARTS) throw error.cause
      }
    }
  }

  async #runRounds(
    samples: readonly ProgramInputs[],
    signal: AbortSignal,
    onProgress: OnConnectionProgress,
  ): Promise<ProgramResult[]> {
    signal.throwIfAborted()
    const keys = await this.#keys.ready(signal)
    const most = mostReplyBytes(this.spec, samples.length)
    const last = this.#rounds - 1
    let request = await inStep(onProgress, "encrypt", () => this.#holder.encryptBatch(samples))
    for (let round = 0; ; round++) {
      const send = () =>
        this.#http.run(this.model, keys, request, { most, isRepeatable: round === 0, signal })
      const { reply } = await inStep(onProgress, "server", send, {
        before: { message: request },
        after: ({ reply, computing }) => ({ message: reply, ...(computing !== undefined && { computing }) }),
      }).catch((error: unknown) => {
        throw this.#whatWasLost(error, round, signal)
      })
      // How many rounds there are is not the server's to say.
      if (round === last) {
        const results = await inStep(onProgress, "decrypt", () => this.#holder.decryptBatch(reply))
        return checkCount(results, samples.length)
      }
      request = await inStep(onProgress, "refresh", () => this.#holder.refresh(reply))
    }
  }

  /** LostKeys when the run can begin anew: the keys have expired before anything was refreshed. */
  #whatWasLost(error: unknown, round: number, signal: AbortSignal): unknown {
    const refusal = refusalOf(error)
    const hasNoKeys = refusal?.code === "unknown-keys"
    if (hasNoKeys) this.#keys.forget()
    if (signal.aborted) return error
    if (round === 0) return hasNoKeys ? new LostKeys(error) : error
    if (!hasNoKeys && !isUnreached(error) && refusal?.code !== "damaged") return error
    return new RuntimeError(
      `the run was lost in round ${round + 1} of ${this.#rounds}: ${(error as Error).message}\n` +
        "it is not begun again by itself, because every refresh tells the server that a decryption succeeded; call run again",
      { code: "run-lost", cause: (error as Error).cause },
    )
  }
}

/** The forms of the options of a call. */
export const callForms: OptionForms<RunCallOptions> = { signal: forms.signal, onProgress: forms.function }

/** Throws RuntimeError unless there is a result for each sample that was sent. */
const checkCount = (results: ProgramResult[], samples: number): ProgramResult[] => {
  if (results.length === samples) return results
  throw new RuntimeError(`the reply holds ${results.length} samples where ${samples} were sent`, {
    code: "bad-answer",
  })
}

/** The server does not have the keys of a run; `cause` is what is thrown when that has been so too often. */
class LostKeys extends Error {
  constructor(cause: unknown) {
    super("the keys are lost", { cause })
  }
}
