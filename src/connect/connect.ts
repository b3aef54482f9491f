import { checkArity } from "../data/checks/arguments.ts"
import { form, forms } from "../data/checks/form.ts"
import { checkOptions, type OptionForms } from "../data/checks/options.ts"
import { RuntimeError } from "../data/errors.ts"
import { Client } from "../runtime/client/client.ts"
import { checkClear } from "../runtime/messages/check-clear.ts"
import type { KeyedSpec } from "../runtime/messages/rounds-and-residues.ts"
import { type SealOptions, urlForm } from "../runtime/seal/seal-context.ts"
import { checkKeyBytes } from "../runtime/spec/check-spec.ts"
import { readSpec } from "../runtime/spec/spec-bytes.ts"
import { Connection } from "./connection.ts"
import { type HolderOptions, openHolder } from "./keys/key-holder.ts"
import type { KeyStorage } from "./keys/key-storage.ts"
import { openWorkerHolder } from "./keys/worker-holder.ts"
import { inStep, type OnConnectionProgress } from "./progress.ts"
import { type HttpOptions, type ModelSummary, modelUrl, ServerHttp } from "./server-http.ts"
import { sha256Hex } from "./sha256.ts"

function isStorage(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    ["load", "save", "remove"].every((name) => typeof (value as Record<string, unknown>)[name] === "function")
  )
}

/** More than the keys of any model of docs/models.md. */
const MAX_KEY_BYTES = 2 ** 28

export interface ConnectOptions extends HttpOptions, SealOptions {
  /** Which model of the server; not needed when it has one only. */
  readonly model?: string
  /**
   * Where keys are kept from one visit to the next: `indexedDbKeys()`, `fileKeys(path)` or your own. Without it keys are made and
   * uploaded each time.
   */
  readonly keys?: KeyStorage
  /** Whether the secret key lives in a Web Worker, where encryption does not hold up the page. */
  readonly worker?: boolean
  /**
   * The address of `lutra/browser/client-worker.js`, for bundlers that do not find the worker by themselves; of the page's own
   * origin.
   */
  readonly workerUrl?: string | URL
  /**
   * The hash of the program that is expected, 64 hex digits: any other is refused. It covers all that a client is told of a program,
   * which inputs are secret above all, so that a server that lies is found out. Without it the program that stored keys were made
   * for is expected.
   */
  readonly hash?: string
  /**
   * The client's part of the program (`lutra compile --client`, `saveClient`), shipped with the page. Without it the server is
   * asked.
   */
  readonly spec?: Uint8Array
  /**
   * Names of inputs that may travel in the clear. Without `hash` and `spec` none may that is not named here; with them those may
   * that the program declares so, unless names are given.
   */
  readonly clear?: readonly string[]
  /** The most bytes of evaluation keys that the program may need; 256 MiB unless given. */
  readonly maxKeyBytes?: number
  /** Told of every step, those of calls among them. */
  readonly onProgress?: OnConnectionProgress
  /** Ends the attempt to connect. */
  readonly signal?: AbortSignal
}

/** What `connect` reads of a type such as `typeof program`: the inputs of a program and what it gives. */
export interface ProgramLike {
  evaluate(inputs: never, ...surplus: []): unknown
}

/** A connection whose calls have the types of such a program. */
export type ConnectionTo<P extends ProgramLike> = P extends {
  evaluate(inputs: infer I, ...surplus: []): infer O
}
  ? Connection<I, O>
  : never

/**
 * Connects to a model that `lutra serve` offers: fetches what a client needs of it, restores or makes the keys, and uploads
 * evaluation keys when the server does not have them. Throws RuntimeError when the server refuses or cannot be reached, and
 * when it offers another program than expected, one that takes an input in the clear that is not in `clear`, or one that needs more
 * than `maxKeyBytes`. `connect<typeof program>(url)` gives calls the types of a program that was compiled from the same source.
 */
export function connect(url: string | URL, options?: ConnectOptions, ...surplus: []): Promise<Connection>
export function connect<P extends ProgramLike>(
  url: string | URL,
  options?: ConnectOptions,
  ...surplus: []
): Promise<ConnectionTo<P>>
export function connect<I, O>(
  url: string | URL,
  options?: ConnectOptions,
  ...surplus: []
): Promise<Connection<I, O>>
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
  ...surplus: []
): Promise<Connection> {
  checkArity("connect", [url, options, ...surplus], 2, RuntimeError)
  checkOptions("connect", options, optionForms, RuntimeError)
  const { workerUrl, signal, onProgress } = options
  const { spec, model, http, holding } = await download(url, options, { read: readSpec, checkClear })
  const holder = await inStep(onProgress, "keys", () =>
    options.worker === true
      ? openWorkerHolder({ ...holding, ...(workerUrl !== undefined && { workerUrl }) })
      : openHolder(holding, (given) => Client.create(spec, given)),
  )
  const connection = new Connection({ spec, model, http, holder, onProgress })
  return uploaded(connection, signal)
}

/** What a connection is to: a program or a module. */
export interface Kind<S extends KeyedSpec> {
  read(bytes: Uint8Array): S
  /** Throws RuntimeError where an input would travel in the clear that is not allowed to. */
  checkClear(spec: S, allowed: readonly string[], from: string): void
}

/** What a client needs of the model of a server, checked against what is expected of it. */
export const download = async <S extends HolderOptions["spec"]>(
  url: string | URL,
  options: ConnectOptions,
  kind: Kind<S>,
): Promise<{
  readonly spec: S
  readonly model: string
  readonly http: ServerHttp
  readonly holding: HolderOptions
}> => {
  const { hash, keys, wasmUrl, signal, onProgress, maxKeyBytes = MAX_KEY_BYTES } = options
  const http = new ServerHttp(url, options)
  const model = options.model ?? (await onlyModel(http, signal))
  const bytes = options.spec ?? (await inStep(onProgress, "download", () => http.clientPart(model, signal)))
  const spec = kind.read(bytes)
  if (hash !== undefined && hash !== spec.hash) {
    throw new RuntimeError(
      `${http.url} offers "${model}" with hash ${spec.hash}, and ${hash} is expected\n` +
        "ask whoever runs the server, and do not send it anything until you know why",
      { code: "unexpected-program" },
    )
  }
  const isPinned = hash !== undefined || options.spec !== undefined
  // An input in the clear is the caller's to allow, never the server's.
  if (!isPinned || options.clear !== undefined) kind.checkClear(spec, options.clear ?? [], http.url)
  checkKeyBytes(spec, maxKeyBytes)
  const holding: HolderOptions = {
    spec,
    program: await sha256Hex(bytes),
    replacesOthers: isPinned,
    id: modelUrl(http.url, model),
    ...(keys && { keys }),
    ...(wasmUrl !== undefined && { wasmUrl }),
  }
  return { spec, model, http, holding }
}

/** The connection when the server has its keys; what fails before disposes of it. */
export const uploaded = async <
  C extends { uploadKeys(signal?: AbortSignal): Promise<void>; dispose(): void },
>(
  connection: C,
  signal: AbortSignal | undefined,
): Promise<C> => {
  try {
    signal?.throwIfAborted()
    await connection.uploadKeys(signal)
    return connection
  } catch (error) {
    connection.dispose()
    throw error
  }
}

/** The models that a server offers. Throws RuntimeError when it refuses or cannot be reached. */
export const listModels = async (
  url: string | URL,
  options: HttpOptions = {},
  ...surplus: []
): Promise<ModelSummary[]> => {
  checkArity("listModels", [url, options, ...surplus], 2, RuntimeError)
  checkOptions("listModels", options, httpForms, RuntimeError)
  return new ServerHttp(url, options).models()
}

const httpForms: OptionForms<HttpOptions> = {
  token: forms.text,
  fetch: forms.function,
  retries: forms.number,
  timeout: forms.number,
  patience: forms.number,
}

export const optionForms: OptionForms<ConnectOptions> = {
  ...httpForms,
  wasmUrl: urlForm,
  workerUrl: urlForm,
  model: forms.text,
  keys: form("a storage of keys, such as fileKeys(path) or indexedDbKeys() gives", isStorage),
  worker: forms.flag,
  hash: forms.text,
  spec: forms.bytes,
  clear: form("a list of names of inputs", Array.isArray),
  maxKeyBytes: forms.number,
  onProgress: forms.function,
  signal: forms.object,
}

const onlyModel = async (http: ServerHttp, signal: AbortSignal | undefined): Promise<string> => {
  const names = (await http.models(signal)).map(({ name }) => name)
  if (names.length === 1) return names[0]!
  throw new RuntimeError(`${http.url} offers ${names.join(", ") || "no model"}\nsay which one as \`model\``, {
    code: "unknown-name",
  })
}
