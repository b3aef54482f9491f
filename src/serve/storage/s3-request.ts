import { createHash } from "node:crypto"
import { setTimeout as pause } from "node:timers/promises"
import { networkTrouble } from "../../data/index.ts"
import { loadPackages } from "../load-packages.ts"
import { StorageError } from "./storage.ts"

/** A bucket of an S3-compatible service, and who may use it. */
export interface S3Options {
  /** Of the service, such as `https://s3.eu-central-1.amazonaws.com`; the bucket is the first part of all paths. */
  readonly endpoint: string
  readonly bucket: string
  readonly region?: string | undefined
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  /** Milliseconds that one attempt may take, bodies included; two minutes unless given. */
  readonly timeout?: number | undefined
  /** How often a request is tried that fails on its way or on the side of the service; 5 unless given. */
  readonly attempts?: number | undefined
}

export interface S3Request {
  readonly method: "GET" | "PUT" | "HEAD" | "DELETE"
  /** Of the object; empty for the bucket. */
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export interface S3Response {
  readonly headers: Headers
  readonly body: Uint8Array
}

const EMPTY = new Uint8Array()

/**
 * The answer of the service to a signed request, undefined when there is no such object. Tries again, after 0.1, 0.2, 0.4 …
 * seconds, what failed on the way or with status 429 or 5xx. Throws StorageError.
 */
export const requestS3 = async (options: S3Options, request: S3Request): Promise<S3Response | undefined> => {
  const attempts = options.attempts ?? 5
  for (let attempt = 1; ; attempt++) {
    const result = await tryOnce(options, request)
    if (!("failure" in result)) return result.found
    if (!result.again || attempt >= attempts) throw describe(options, request, result)
    await pause(100 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2))
  }
}

type Result =
  | { readonly found: S3Response | undefined }
  | { readonly failure: string; readonly again: boolean; readonly status?: number; readonly cause?: unknown }

const tryOnce = async (options: S3Options, request: S3Request): Promise<Result> => {
  const { method, body } = request
  const { url, headers } = await sign(options, request)
  let response: Response
  let bytes: Uint8Array
  try {
    const signal = AbortSignal.timeout(options.timeout ?? 120_000)
    const init = { method, headers, signal, redirect: "manual" } as const
    response = await fetch(url, body ? { ...init, body: body as Uint8Array<ArrayBuffer> } : init)
    bytes = new Uint8Array(await response.arrayBuffer())
  } catch (cause) {
    return { failure: reasonOf(cause), again: true, cause }
  }
  const { status } = response
  const error = status !== 200 || request.headers?.["x-amz-copy-source"] ? errorIn(bytes) : undefined
  // A copy may fail after its status has been sent.
  if (response.ok && error === undefined) return { found: { headers: response.headers, body: bytes } }
  const isMissing = status === 404 && (error === undefined || error.code === "NoSuchKey")
  if (isMissing && request.key !== "") return { found: undefined }
  const failure = `status ${status}${error ? `, ${error.code}: ${error.message}` : ""}`
  return { failure, again: status >= 500 || status === 429 || response.ok, status }
}

/** Throws RuntimeError when aws4fetch is not installed. */
const loadSigner = () => loadPackages("a storage in S3", ["aws4fetch"], () => import("aws4fetch"))

const sign = async (options: S3Options, { method, key, query, headers, body }: S3Request) => {
  const url = new URL(options.endpoint)
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${options.bucket}/${key}`
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
  const { AwsV4Signer } = await loadSigner()
  const { accessKeyId, secretAccessKey, sessionToken } = options
  return new AwsV4Signer({
    method,
    url: url.href,
    // The service refuses a body that was altered on its way.
    headers: {
      ...headers,
      "x-amz-content-sha256": createHash("sha256")
        .update(body ?? EMPTY)
        .digest("hex"),
    },
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    service: "s3",
    region: options.region ?? "us-east-1",
  }).sign()
}

/** The code and message of an error document, if this is one. */
const errorIn = (body: Uint8Array): { readonly code: string; readonly message: string } | undefined => {
  const text = new TextDecoder().decode(body.subarray(0, 10_000))
  const code = /<Error>.*?<Code>([\w.]+)<\/Code>/s.exec(text)?.[1]
  return code === undefined ? undefined : { code, message: /<Message>([^<]*)</.exec(text)?.[1] ?? "" }
}

const reasonOf = (cause: unknown): string => {
  const { name, cause: below } = cause as Error & { cause?: Error }
  return name === "TimeoutError" ? "no answer in time" : networkTrouble(below ?? cause)
}

const describe = (
  { endpoint, bucket }: S3Options,
  { method, key }: S3Request,
  { failure, status, cause }: Extract<Result, { failure: string }>,
): StorageError => {
  const what = `${method} ${key || "the bucket"} in the bucket ${bucket} at ${new URL(endpoint).host} failed: ${failure}`
  return new StorageError(`${what}\n${status === undefined ? REACH : (FIXES[status] ?? LATER)}`, { cause })
}

const REACH = "check the endpoint, and that this machine can reach it"
const LATER = "the service may be overloaded or misconfigured; its own logs say more"
const REGION = "check the region and the endpoint: the bucket is somewhere else"
const FIXES: Readonly<Record<number, string>> = {
  301: REGION,
  307: REGION,
  400: "check the region, the endpoint and the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  401: "check the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  403: "check the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may read, write, delete and list",
  404: "check the name of the bucket, which must be there already",
}
