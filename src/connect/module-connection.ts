import { checkArguments, checkArity, mismatch, optional } from "../data/checks/arguments.ts"
import { forms } from "../data/checks/form.ts"
import { checkOptions } from "../data/checks/options.ts"
import { RuntimeError } from "../data/errors.ts"
import type { Nested } from "../data/index.ts"
import type { ProgramInputs } from "../runtime/client/client.ts"
import { checkSample } from "../runtime/client/lanes.ts"
import type { ProgramResult } from "../runtime/client/results.ts"
import { packCall } from "../runtime/module/module-call.ts"
import { moduleFrames } from "../runtime/module/module-frames.ts"
import type { ModuleRequest } from "../runtime/module/module-operands.ts"
import { functionOf, type ModuleSpec, refreshedOutputs, roundCount } from "../runtime/spec/module-spec.ts"
import { callForms, type RunCallOptions } from "./connection.ts"
import type { KeyHolder } from "./keys/key-holder.ts"
import { inStep, type OnConnectionProgress } from "./progress.ts"
import { refusalOf } from "./refusal.ts"
import type { ServerHttp } from "./server-http.ts"
import { UploadedKeys } from "./uploaded-keys.ts"

/** What a function has given, still encrypted: plain data, which may be stored. */
export interface Encrypted {
  /** The message of the server, or what the client made of it with `refresh`. */
  readonly message: Uint8Array
  /** The function that gave it. */
  readonly function: string
  /** How many more functions its values may go through. With 0 they are refreshed by the next call. */
  readonly stepsLeft: number
  /** Which output is meant, where an input could take several. */
  readonly output?: string
}

/** The inputs of a function: values, which are encrypted, and what functions have given. */
export type CallInputs = Readonly<Record<string, Nested | Encrypted>>

/** What a connection to a module is made of. */
export interface ModuleConnectionParts {
  readonly spec: ModuleSpec
  readonly model: string
  readonly http: ServerHttp
  readonly holder: KeyHolder
  readonly onProgress: OnConnectionProgress | undefined
}

/** How often a call is made again when the server has lost the keys for it. */
const RESTARTS = 2

/**
 * One module of one server, for one user. Values go from function to function while they are encrypted; those that have been
 * through as many as the module was compiled for are refreshed here by themselves, so that they last for ever.
 */
export class ModuleConnection implements Disposable {
  readonly spec: ModuleSpec
  readonly model: string
  readonly #http: ServerHttp
  readonly #holder: KeyHolder
  readonly #onProgress: OnConnectionProgress | undefined
  readonly #keys: UploadedKeys
  readonly #mostReplyBytes: number
  readonly #closed = new AbortController()

  constructor({ spec, model, http, holder, onProgress }: ModuleConnectionParts) {
    this.spec = spec
    this.model = model
    this.#http = http
    this.#holder = holder
    this.#onProgress = onProgress
    this.#mostReplyBytes = moduleFrames(spec, 1).mostReplyBytes
    const closed = this.#closed.signal
    const tells = "is a module, whose refreshed values are new messages"
    this.#keys = new UploadedKeys({ model, http, holder, onProgress, tells, closed })
  }

  /**
   * What a function gives, still encrypted, to be given to others or to `decrypt`. Plays all rounds of the function. Throws
   * RuntimeError for inputs outside their declarations, where no wire leads, and when the server refuses or cannot be reached.
   */
  async call(
    name: string,
    inputs: CallInputs,
    options: RunCallOptions = {},
    ...surplus: []
  ): Promise<Encrypted> {
    checkArity("call", [name, inputs, options, ...surplus], 3, RuntimeError)
    checkOptions("call", options, callForms, RuntimeError)
    const { inputs: declared } = functionOf(this.spec, name)
    checkInputs(name, inputs)
    const values = valuesAmong(inputs)
    checkSample(
      values,
      declared.filter((input) => Object.hasOwn(values, input.name)),
    )
    for (let restarts = 0; ; restarts++) {
      try {
        return await this.#call(name, inputs, options)
      } catch (error) {
        if (!(error instanceof LostKeys)) throw error
        if (restarts === RESTARTS) throw error.cause
      }
    }
  }

  /** `call` and `decrypt` in one. */
  async run(
    name: string,
    inputs: CallInputs,
    options: RunCallOptions = {},
    ...surplus: []
  ): Promise<ProgramResult> {
    checkArity("run", [name, inputs, options, ...surplus], 3, RuntimeError)
    return this.decrypt(await this.call(name, inputs, options))
  }

  /** The outputs in what a function gave. Throws RuntimeError when that is foreign or damaged, and for refreshed values. */
  async decrypt(given: Encrypted, ...surplus: []): Promise<ProgramResult> {
    checkArity("decrypt", [given, ...surplus], 1, RuntimeError)
    checkEncrypted("what is decrypted", given)
    const [result] = await inStep(this.#onProgress, "decrypt", () => this.#holder.decryptBatch(given.message))
    return result!
  }

  /** The same values, decrypted and encrypted again, for as many functions as fresh ones. Each of them is for calls only. */
  async refresh(given: Encrypted, ...surplus: []): Promise<Encrypted> {
    checkArity("refresh", [given, ...surplus], 1, RuntimeError)
    checkEncrypted("what is refreshed", given)
    const message = await inStep(this.#onProgress, "refresh", () => this.#holder.refresh(given.message))
    return { ...given, message, stepsLeft: this.spec.steps }
  }

  /** Sees to it that the server has the evaluation keys, as `connectModule` does first. */
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

  async #call(name: string, inputs: CallInputs, options: RunCallOptions): Promise<Encrypted> {
    const signals = [this.#closed.signal, ...(options.signal ? [options.signal] : [])]
    const signal = AbortSignal.any(signals)
    const onProgress: OnConnectionProgress = (progress) => {
      this.#onProgress?.(progress)
      options.onProgress?.(progress)
    }
    signal.throwIfAborted()
    const keys = await this.#keys.ready(signal)
    const { request, stepsLeft } = await this.#requestFor(name, inputs, onProgress)
    const rounds = roundCount(functionOf(this.spec, name))
    let sent: ModuleRequest = request
    for (let round = 0; ; round++) {
      const body = packCall({ name, request: sent })
      const most = this.#mostReplyBytes
      const send = () => this.#http.run(this.model, keys, body, { most, isRepeatable: round === 0, signal })
      const { reply } = await inStep(onProgress, "server", send, {
        before: { message: body },
        after: ({ reply, computing }) => ({ message: reply, ...(computing !== undefined && { computing }) }),
      }).catch((error: unknown) => {
        throw this.#whatWasLost(error, round)
      })
      // How many rounds there are is not the server's to say.
      if (round === rounds - 1) {
        const after = rounds > 1 ? this.spec.steps : stepsLeft
        return { message: reply, function: name, stepsLeft: after - 1 }
      }
      sent = await inStep(onProgress, "refresh", () => this.#holder.refresh(reply))
    }
  }

  /** Values encrypted, and what has no steps left refreshed; with the steps that the oldest of them has left. */
  async #requestFor(
    name: string,
    inputs: CallInputs,
    onProgress: OnConnectionProgress,
  ): Promise<{ readonly request: ModuleRequest; readonly stepsLeft: number }> {
    const given = Object.entries(inputs)
    const values = valuesAmong(inputs)
    const fresh =
      Object.keys(values).length === 0 && given.length > 0
        ? undefined
        : await inStep(onProgress, "encrypt", () => this.#holder.encryptBatch([values], name))
    const refreshed = new Map<Uint8Array, Promise<Encrypted>>()
    let stepsLeft = this.spec.steps
    const request: Record<string, Uint8Array | readonly [Uint8Array, string]> = {}
    for (const [input, value] of given) {
      if (!isEncrypted(value)) {
        request[input] = fresh!
        continue
      }
      let { message, output } = value
      if (value.stepsLeft < 1) {
        checkWired(this.spec, value)
        const again = refreshed.get(message) ?? this.refresh(value)
        refreshed.set(message, again)
        message = (await again).message
      } else {
        stepsLeft = Math.min(stepsLeft, value.stepsLeft)
      }
      request[input] = output === undefined ? message : [message, output]
    }
    return { request: given.some(([, value]) => isEncrypted(value)) ? request : fresh!, stepsLeft }
  }

  /** LostKeys when the call can begin anew: the keys have expired before anything was refreshed. */
  #whatWasLost(error: unknown, round: number): unknown {
    if (refusalOf(error)?.code !== "unknown-keys") return error
    this.#keys.forget()
    return round === 0 ? new LostKeys(error) : error
  }
}

/** Of the inputs of a call, those that are encrypted for it. */
const valuesAmong = (inputs: CallInputs): ProgramInputs =>
  Object.fromEntries(Object.entries(inputs).filter(([, value]) => !isEncrypted(value))) as ProgramInputs

const isEncrypted = (value: unknown): value is Encrypted =>
  typeof value === "object" && value !== null && "message" in value && value.message instanceof Uint8Array

const checkEncrypted = (what: string, value: unknown): void => {
  if (isEncrypted(value)) return
  throw new RuntimeError(mismatch(what, value, { needed: "what call gives" }), { code: "wrong-argument" })
}

const checkInputs = (name: string, inputs: unknown): void => {
  if (typeof inputs === "object" && inputs !== null && !Array.isArray(inputs) && !(inputs instanceof Promise))
    return
  throw new RuntimeError(
    mismatch(`the inputs of "${name}"`, inputs, { needed: "an object of inputs by name" }),
    {
      code: "wrong-argument",
    },
  )
}

/** Throws RuntimeError for what no other function takes. */
const checkWired = (spec: ModuleSpec, { function: name }: Encrypted): void => {
  if (refreshedOutputs(spec, functionOf(spec, name)).length > 0) return
  throw new RuntimeError(`no wire leads from function "${name}": no other takes what it gives`, {
    code: "unsupported",
  })
}

/** The server does not have the keys of a call; `cause` is what is thrown when that has been so too often. */
class LostKeys extends Error {
  constructor(cause: unknown) {
    super("the keys are lost", { cause })
  }
}
