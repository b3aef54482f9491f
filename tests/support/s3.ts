import { mkdtempSync, rmSync, utimesSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"

interface S3rver {
  readonly store: {
    copyObject(bucket: string, key: string, ...to: readonly unknown[]): Promise<unknown>
    getResourcePath(bucket: string, key: string, kind: "object"): string
  }
  run(): Promise<{ readonly port: number }>
  close(): Promise<void>
}

const require = createRequire(import.meta.url)
/** The package has no types. */
const S3rver: new (options: Readonly<Record<string, unknown>>) => S3rver = require("s3rver")

/** The package names the pages of listings with DES, which OpenSSL 3 has only as triple DES: the same with three equal keys. */
const restoreDes = (): void => {
  const crypto: Record<"createCipheriv" | "createDecipheriv", Cipher> = require("node:crypto")
  for (const name of ["createCipheriv", "createDecipheriv"] as const) {
    const original = crypto[name]
    crypto[name] = (algorithm, key, ...rest) =>
      algorithm === "des"
        ? original("des-ede3-cbc", Buffer.concat([key, key, key]), ...rest)
        : original(algorithm, key, ...rest)
  }
}

type Cipher = (algorithm: string, key: Uint8Array, ...rest: readonly unknown[]) => unknown

export interface LocalS3 {
  readonly port: number
  /** What `openStorage` reads of the environment. */
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** A service with the interface of S3 and a bucket "lutra", in a temporary folder. It checks no signatures of version 4. */
export const startS3 = async (): Promise<LocalS3> => {
  restoreDes()
  const directory = mkdtempSync(join(tmpdir(), "lutra-s3-"))
  const server = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: "lutra" }],
  })
  const { store } = server
  const copy = store.copyObject.bind(store)
  // The package leaves the time of an object that is copied to itself; S3 makes it new.
  store.copyObject = async (bucket, key, ...to) => {
    const now = new Date()
    utimesSync(store.getResourcePath(bucket, key, "object"), now, now)
    return copy(bucket, key, ...to)
  }
  const { port } = await server.run()
  return {
    port,
    environment: {
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    },
    stop: async () => {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
