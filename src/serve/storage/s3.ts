import {
  addressTrouble,
  checkArguments,
  checkOptions,
  forms,
  type OptionForms,
  RuntimeError,
} from "../../data/index.ts"
import { requestS3, type S3Options, type S3Request, type S3Response } from "./s3-request.ts"
import {
  checkPath,
  checkPrefix,
  isPath,
  type Stat,
  type Storage,
  StorageError,
  type Stored,
} from "./storage.ts"

type S3Place = S3Options & { readonly folder?: string | undefined }

const neededForms = {
  endpoint: forms.text,
  bucket: forms.text,
  accessKeyId: forms.text,
  secretAccessKey: forms.text,
}

const optionForms: OptionForms<S3Place> = {
  ...neededForms,
  region: forms.text,
  sessionToken: forms.text,
  timeout: forms.number,
  attempts: forms.positive,
  folder: forms.text,
}

/** A storage in a bucket of an S3-compatible service. */
export class S3Storage implements Storage {
  /** Throws StorageError when the bucket cannot be listed. `folder` is where in the bucket all paths are; its root unless given. */
  static async open(options: S3Place, ...surplus: []): Promise<S3Storage> {
    const what = "S3Storage.open"
    checkArguments(what, [options, ...surplus], { options: forms.object }, RuntimeError)
    checkOptions(what, options, optionForms, RuntimeError)
    const { endpoint, bucket, accessKeyId, secretAccessKey } = options
    checkArguments(what, [endpoint, bucket, accessKeyId, secretAccessKey], neededForms, RuntimeError)
    const trouble = addressTrouble("endpoint", endpoint)
    if (trouble !== undefined)
      throw new RuntimeError(`the endpoint of S3 ${trouble}`, { code: "wrong-argument" })
    const folder = options.folder ? `${options.folder}/` : ""
    checkPrefix(folder)
    const storage = new S3Storage(options, folder)
    await storage.#page("", { "max-keys": "1" })
    return storage
  }

  readonly #options: S3Options
  readonly #folder: string

  private constructor(options: S3Options, folder: string) {
    this.#options = options
    this.#folder = folder
  }

  async put(path: string, bytes: Uint8Array, ...surplus: []): Promise<void> {
    checkArguments("put", [path, bytes, ...surplus], { path: forms.text, bytes: forms.bytes }, RuntimeError)
    await this.#request("PUT", path, { body: bytes })
  }

  async get(path: string, ...surplus: []): Promise<Uint8Array | undefined> {
    checkArguments("get", [path, ...surplus], { path: forms.text }, RuntimeError)
    return (await this.#request("GET", path))?.body
  }

  async stat(path: string, ...surplus: []): Promise<Stat | undefined> {
    checkArguments("stat", [path, ...surplus], { path: forms.text }, RuntimeError)
    const found = await this.#request("HEAD", path)
    return found && statOf(found.headers.get("content-length"), found.headers.get("last-modified"))
  }

  async delete(path: string, ...surplus: []): Promise<void> {
    checkArguments("delete", [path, ...surplus], { path: forms.text }, RuntimeError)
    await this.#request("DELETE", path)
  }

  async *list(prefix: string, ...surplus: []): AsyncIterable<Stored> {
    checkArguments("list", [prefix, ...surplus], { prefix: forms.text }, RuntimeError)
    checkPrefix(prefix)
    for (let token: string | undefined = ""; token !== undefined; ) {
      const page: string = await this.#page(prefix, token === "" ? {} : { "continuation-token": token })
      for (const [, entry] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const path = elementIn(entry!, "Key")?.slice(this.#folder.length)
        // What others keep in the same bucket is not ours.
        if (path === undefined || !isPath(path)) continue
        yield { path, ...statOf(elementIn(entry!, "Size"), elementIn(entry!, "LastModified")) }
      }
      token = elementIn(page, "IsTruncated") === "true" ? elementIn(page, "NextContinuationToken") : undefined
    }
  }

  /** A copy of the object to itself is the only way to a new time. */
  async touch(path: string, ...surplus: []): Promise<void> {
    checkArguments("touch", [path, ...surplus], { path: forms.text }, RuntimeError)
    const source = encodeURI(`/${this.#options.bucket}/${this.#folder}${path}`)
    await this.#request("PUT", path, {
      headers: { "x-amz-copy-source": source, "x-amz-metadata-directive": "REPLACE" },
    })
  }

  async #request(
    method: S3Request["method"],
    path: string,
    more: Pick<S3Request, "body" | "headers"> = {},
  ): Promise<S3Response | undefined> {
    checkPath(path)
    return requestS3(this.#options, { method, key: this.#folder + path, ...more })
  }

  /** The document of ListObjectsV2. */
  async #page(prefix: string, query: Readonly<Record<string, string>>): Promise<string> {
    const listing = { "list-type": "2", prefix: this.#folder + prefix, ...query }
    const page = await requestS3(this.#options, { method: "GET", key: "", query: listing })
    return new TextDecoder().decode(page!.body)
  }
}

const statOf = (size: string | null | undefined, time: string | null | undefined): Stat => {
  const bytes = Number(size ?? Number.NaN)
  const modified = new Date(time ?? "")
  if (Number.isSafeInteger(bytes) && !Number.isNaN(modified.getTime())) return { bytes, modified }
  throw new StorageError(`the service says that an object has ${size} bytes and was modified at ${time}`)
}

/** The text of the first such element, which holds no others in the listings of S3. */
const elementIn = (xml: string, name: string): string | undefined => {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return text?.replace(/&(?:#(\d+)|#x([\da-f]+)|(amp|lt|gt|quot|apos));/gi, (_, decimal, hex, entity) =>
    entity
      ? ENTITIES[entity.toLowerCase()]!
      : String.fromCodePoint(Number.parseInt(decimal ?? hex, decimal ? 10 : 16)),
  )
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }
