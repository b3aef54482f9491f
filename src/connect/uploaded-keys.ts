import { RuntimeError } from "../data/errors.ts"
import type { KeyHolder } from "./keys/key-holder.ts"
import { orAborted } from "./pause.ts"
import { inStep, type OnConnectionProgress } from "./progress.ts"
import { modelUrl, type ServerHttp } from "./server-http.ts"

/** What the keys of a connection are uploaded with. */
export interface UploadParts {
  readonly model: string
  readonly http: ServerHttp
  readonly holder: KeyHolder
  readonly onProgress: OnConnectionProgress | undefined
  /** Why the server learns what fails to be decrypted; undefined where it does not, as from programs of one round. */
  readonly tells: string | undefined
  /** Ends an upload that is under way. */
  readonly closed: AbortSignal
}

/** The evaluation keys of a connection, which the server is given when it does not have them. */
export class UploadedKeys {
  readonly #parts: UploadParts
  #keys: Promise<string> | undefined
  /** Of the secret key that the server has evaluation keys of. */
  #keyNumber = 0

  constructor(parts: UploadParts) {
    this.#parts = parts
  }

  /**
   * Under which name the server has the keys. Several calls share one upload, which goes on when one of them is given up, and
   * ends with the connection.
   */
  async ready(signal?: AbortSignal): Promise<string> {
    await this.#checkKey()
    this.#keys ??= this.#findOrUpload(this.#parts.closed).catch((error: unknown) => {
      this.#keys = undefined
      throw error
    })
    return orAborted(this.#keys, signal)
  }

  /** The server has them no more. */
  forget(): void {
    this.#keys = undefined
  }

  /** Throws RuntimeError when a decryption has failed with the key, and the server learns such a thing. */
  async #checkKey(): Promise<void> {
    const { holder, http, model, tells } = this.#parts
    const { number, failures } = await holder.keyState()
    if (number !== this.#keyNumber) {
      this.#keyNumber = number
      this.#keys = undefined
    }
    if (failures === 0 || tells === undefined) return
    const id = modelUrl(http.url, model)
    throw new RuntimeError(
      `a decryption has failed with this key before, and "${model}" ${tells}, which tell the server what fails\n` +
        `if you still believe it to run the program, connect with a new key: without stored keys, or after keys.remove("${id}")`,
      { code: "key-discarded" },
    )
  }

  async #findOrUpload(signal: AbortSignal): Promise<string> {
    const { holder, http, onProgress } = this.#parts
    signal.throwIfAborted()
    const given = await holder.givenKeys()
    if (given !== undefined && (await http.hasKeys(given, signal))) return given
    const { hash, bytes } = await inStep(onProgress, "keys", () => holder.evaluationKeys())
    const before = { message: bytes }
    await inStep(onProgress, "upload", () => http.putKeys(hash, bytes, signal), { before })
    await holder.remember(hash)
    return hash
  }
}
