import { type ChildProcess, spawn } from "node:child_process"
import { createHmac, hash } from "node:crypto"
import { once } from "node:events"
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { createServer, type IncomingMessage, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { openStorage } from "../../src/serve/storage/open-storage.ts"
import { S3Storage } from "../../src/serve/storage/s3.ts"
import { type Storage, StorageError } from "../../src/serve/storage/storage.ts"
import { type LocalS3, startS3 } from "../support/s3.ts"

const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-storage-"))
  folders.push(folder)
  return folder
}

let s3: LocalS3
beforeAll(async () => {
  s3 = await startS3()
})
afterAll(async () => {
  await s3.stop()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

let run = 0
const kinds: readonly [string, () => Promise<Storage>][] = [
  ["a folder", () => openStorage(newFolder())],
  ["S3", () => openStorage(`s3://lutra/test${run++}/data`, s3.environment)],
  ["the root of a bucket of S3", () => openStorage("s3://lutra", s3.environment)],
]

const listed = async (storage: Storage, prefix: string): Promise<string[]> => {
  const paths: string[] = []
  for await (const { path } of storage.list(prefix)) paths.push(path)
  return paths.sort()
}

describe.each(kinds)("%s", (_, open) => {
  let storage: Storage
  beforeEach(async () => {
    storage = await open()
    for await (const { path } of storage.list("")) await storage.delete(path)
  })

  test("gives back what was put, and the last of it", async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i)
    await storage.put("a/b.c-d_e/0", bytes)
    expect(await storage.get("a/b.c-d_e/0")).toEqual(bytes)
    await storage.put("a/b.c-d_e/0", new Uint8Array([1, 2]))
    expect(await storage.get("a/b.c-d_e/0")).toEqual(new Uint8Array([1, 2]))
    await storage.put("none", new Uint8Array())
    expect(await storage.get("none")).toEqual(new Uint8Array())
  })

  test("stores the bytes of a view, not of what is below it", async () => {
    await storage.put("view", new Uint8Array([1, 2, 3, 4]).subarray(1, 3))
    expect(await storage.get("view")).toEqual(new Uint8Array([2, 3]))
  })

  test("has nothing where nothing was put or all was deleted", async () => {
    expect([await storage.get("a"), await storage.stat("a")]).toEqual([undefined, undefined])
    await storage.put("a", new Uint8Array([1]))
    await storage.delete("a")
    await storage.delete("a")
    expect([await storage.get("a"), await storage.stat("a")]).toEqual([undefined, undefined])
    await storage.touch("a")
    expect(await listed(storage, "")).toEqual([])
  })

  test("knows size and time of what it has", async () => {
    await storage.put("a/b", new Uint8Array(7))
    const found = await storage.stat("a/b")
    expect(found?.bytes).toBe(7)
    expect(Math.abs(found!.modified.getTime() - Date.now())).toBeLessThan(10_000)
    for await (const one of storage.list("a/")) {
      expect(one).toMatchObject({ path: "a/b", bytes: 7 })
      expect(Math.abs(one.modified.getTime() - Date.now())).toBeLessThan(10_000)
    }
  })

  test("touching makes the time new and leaves the bytes", async () => {
    await storage.put("a/b", new Uint8Array([5]))
    const before = (await storage.stat("a/b"))!.modified
    await new Promise((resolve) => setTimeout(resolve, 1100)) // S3 tells whole seconds
    await storage.touch("a/b")
    expect((await storage.stat("a/b"))!.modified.getTime()).toBeGreaterThan(before.getTime())
    expect(await storage.get("a/b")).toEqual(new Uint8Array([5]))
  })

  test("lists what starts with a prefix", async () => {
    for (const path of ["a/x", "a/y/z", "ab", "b"]) await storage.put(path, new Uint8Array([1]))
    expect(await listed(storage, "")).toEqual(["a/x", "a/y/z", "ab", "b"])
    expect(await listed(storage, "a")).toEqual(["a/x", "a/y/z", "ab"])
    expect(await listed(storage, "a/")).toEqual(["a/x", "a/y/z"])
    expect(await listed(storage, "a/y/")).toEqual(["a/y/z"])
    expect(await listed(storage, "c/")).toEqual([])
  })

  test("what is listed may be deleted meanwhile", async () => {
    for (let i = 0; i < 20; i++) await storage.put(`many/${i}`, new Uint8Array([i]))
    for await (const { path } of storage.list("many/")) await storage.delete(path)
    expect(await listed(storage, "")).toEqual([])
  })

  test("of several that put at once, one wins whole", async () => {
    const all = Array.from({ length: 8 }, (_, i) => new Uint8Array(50_000).fill(i))
    await Promise.all(all.map((bytes) => storage.put("a/b", bytes)))
    const found = await storage.get("a/b")
    expect(found).toEqual(all[found![0]!])
  })

  test("putting and deleting neighbours at once loses nothing", async () => {
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        await storage.put(`jobs/${i % 3}/${i}`, new Uint8Array([i]))
        if (i % 2 === 0) await storage.delete(`jobs/${i % 3}/${i}`)
      }),
    )
    expect(await listed(storage, "jobs/")).toHaveLength(30)
  })

  test.each([
    "",
    "/",
    "/etc/passwd",
    "../a",
    "a/../../b",
    "a//b",
    "a/",
    "a/./b",
    ".unfinished/a",
    "a\\b",
    "A",
    "a b",
  ])("refuses the path %j", async (path) => {
    const no = `${JSON.stringify(path)} is no path in a storage`
    await expect(storage.put(path, new Uint8Array())).rejects.toThrow(no)
    await expect(storage.get(path)).rejects.toThrow(no)
    await expect(storage.stat(path)).rejects.toThrow(no)
    await expect(storage.delete(path)).rejects.toThrow(no)
    await expect(storage.touch(path)).rejects.toThrow(no)
    if (path !== "" && path !== "a/")
      await expect(listed(storage, path)).rejects.toThrow("beginning of no path")
  })
})

describe("a folder", () => {
  test("lets nobody else in", async () => {
    const folder = join(newFolder(), "new")
    const storage = await openStorage(folder)
    await storage.put("a/b/c", new Uint8Array(1))
    for (const path of ["", ".unfinished", "a", "a/b"])
      expect(statSync(join(folder, path)).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, "a/b/c")).mode & 0o777).toBe(0o600)
  })

  test("leaves no empty folders and no unfinished files", async () => {
    const folder = newFolder()
    const storage = await openStorage(folder)
    await storage.put("a/b/c", new Uint8Array(1))
    await storage.delete("a/b/c")
    expect(readdirSync(folder, { recursive: true })).toEqual([".unfinished"])
  })

  test("deletes what a crash left unfinished, and not what another process is writing", async () => {
    const folder = newFolder()
    await openStorage(folder)
    for (const name of ["old", "new"]) writeFileSync(join(folder, ".unfinished", name), "")
    const longAgo = new Date(Date.now() - 2 * 3_600_000)
    utimesSync(join(folder, ".unfinished/old"), longAgo, longAgo)
    const storage = await openStorage(folder)
    expect(readdirSync(join(folder, ".unfinished"))).toEqual(["new"])
    expect(await listed(storage, "")).toEqual([])
  })

  test("a process killed while it writes leaves what was there or what it wrote, whole", async () => {
    const folder = newFolder()
    const storage = await openStorage(folder)
    await storage.put("a/b", new Uint8Array(1))
    for (const delay of [1, 3, 6, 10, 15, 30]) {
      const writer = startWriter(folder, delay)
      expect(await once(writer, "exit")).toEqual([null, "SIGKILL"])
      const found = (await storage.get("a/b"))!
      expect(found.length).toBe(20_000_000)
      expect(found.every((byte) => byte === found[0])).toBe(true)
    }
  })

  test("says that it cannot be used", async () => {
    const folder = newFolder()
    writeFileSync(join(folder, "file"), "")
    await expect(openStorage(join(folder, "file"))).rejects.toThrow(StorageError)
    await expect(openStorage(join(folder, "file"))).rejects.toThrow(
      /file cannot be used as a storage: a part of its path is no folder$/,
    )
  })

  test("follows no link that a listing meets", async () => {
    const [folder, other] = [newFolder(), newFolder()]
    writeFileSync(join(other, "theirs"), "")
    const storage = await openStorage(folder)
    symlinkSync(other, join(folder, "link"))
    expect(await listed(storage, "")).toEqual([])
    expect(existsSync(join(other, "theirs"))).toBe(true)
  })
})

/** Puts 20 MB of the same byte twice, and is killed some milliseconds after the second time has begun. */
const startWriter = (folder: string, delay: number): ChildProcess => {
  const module = new URL("../../src/serve/storage/filesystem.ts", import.meta.url).href
  const code = `
    const { FilesystemStorage } = await import(${JSON.stringify(module)})
    const storage = await FilesystemStorage.open(${JSON.stringify(folder)})
    const bytes = [1, 2].map((value) => new Uint8Array(20_000_000).fill(value))
    await storage.put("a/b", bytes[0])
    setTimeout(() => process.kill(process.pid, "SIGKILL"), ${delay})
    for (let i = 1; ; i++) await storage.put("a/b", bytes[i % 2])`
  return spawn(process.execPath, ["-C", "source", "--input-type=module", "-e", code], { stdio: "inherit" })
}

describe("S3", () => {
  test("lists beyond one page of 1000, and skips what is not its own", async () => {
    const storage = await openStorage("s3://lutra/pages", s3.environment)
    const paths = Array.from({ length: 1005 }, (_, i) => `many/${String(i).padStart(4, "0")}`)
    for (let i = 0; i < paths.length; i += 50) {
      await Promise.all(paths.slice(i, i + 50).map((path) => storage.put(path, new Uint8Array([1]))))
    }
    expect(await listed(storage, "many/")).toEqual(paths)
  })

  test("refuses wrong credentials, a missing bucket and what is no bucket, and says what to check", async () => {
    const open = (place: string, more: Record<string, string | undefined> = {}) =>
      openStorage(place, { ...s3.environment, ...more })
    await expect(open("s3://lutra", { AWS_ACCESS_KEY_ID: "wrong" })).rejects.toThrow(
      /^GET the bucket in the bucket lutra at 127\.0\.0\.1:\d+ failed: status 403, InvalidAccessKeyId: .*\ncheck the credentials in AWS_ACCESS_KEY_ID/,
    )
    await expect(open("s3://missing")).rejects.toThrow(
      /status 404, NoSuchBucket: .*\ncheck the name of the bucket/,
    )
    await expect(open("s3://lutra", { AWS_SECRET_ACCESS_KEY: undefined })).rejects.toThrow(
      "s3://lutra needs credentials, and AWS_SECRET_ACCESS_KEY is not set",
    )
    await expect(open("s3://x")).rejects.toThrow(
      "the place of a storage is s3://x; it is s3://BUCKET or s3://BUCKET/FOLDER\na folder is given by its path",
    )
    await expect(open("s3:/bucket/keys")).rejects.toThrow("; did you mean s3://bucket/keys?\n")
    await expect(open("s3://lutra", { AWS_ENDPOINT_URL_S3: "localhost:9000/?x" })).rejects.toThrow(
      "the endpoint of S3 is localhost:9000/?x; it is https://HOST or http://HOST:PORT of an S3 service; " +
        "did you mean https://localhost:9000/?",
    )
    await expect(open("https://example.org/x")).rejects.toThrow(
      "the place of a storage is https://example.org/x; it is s3://",
    )
  })
})

/** A service that answers as a test says, and how many requests it got. */
const withService = async (
  answer: RequestListener,
  work: (open: () => Promise<S3Storage>) => Promise<void>,
) => {
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    request.resume()
    answer(request, response)
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const options = {
    endpoint,
    bucket: "lutra",
    accessKeyId: "id",
    secretAccessKey: "hidden-secret",
    timeout: 300,
  }
  try {
    await work(() => S3Storage.open({ ...options, attempts: 3 }))
  } finally {
    server.closeAllConnections()
    server.close()
  }
  return requests
}

/** The header that belongs to a request, by the steps of the specification. */
const authorization = ({ method, url, headers }: IncomingMessage, secret: string): string => {
  const [, date, region, names] =
    /^AWS4-HMAC-SHA256 Credential=id\/(\d{8})\/([\w-]+)\/s3\/aws4_request, SignedHeaders=([\w;-]+), /.exec(
      headers.authorization ?? "",
    )!
  const [path, query = ""] = url!.split("?")
  const lines = names!.split(";").map((name) => `${name}:${headers[name]}\n`)
  const body = headers["x-amz-content-sha256"]
  const canonical = [method, path, query.split("&").sort().join("&"), lines.join(""), names, body].join("\n")
  const scope = `${date}/${region}/s3/aws4_request`
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hash("sha256", canonical)].join("\n")
  const hmac = (key: string | Buffer, part: string) => createHmac("sha256", key).update(part).digest()
  const key = [date!, region!, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`)
  const signature = hmac(key, text).toString("hex")
  return `AWS4-HMAC-SHA256 Credential=id/${scope}, SignedHeaders=${names}, Signature=${signature}`
}

const listing = (inner: string) => `<?xml version="1.0"?><ListBucketResult>${inner}</ListBucketResult>`
const contents = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;0&quot;</ETag><Size>3</Size></Contents>`

describe("an S3 service", () => {
  test("that fails is asked again, in vain or not", async () => {
    let left = 2
    const answer: RequestListener = (_, response) => {
      response.statusCode = left-- > 0 ? 503 : 200
      response.end(listing(""))
    }
    expect(await withService(answer, async (open) => void (await open()))).toBe(3)
    const always: RequestListener = (_, response) =>
      response.writeHead(500).end("<Error><Code>InternalError</Code></Error>")
    const requests = await withService(always, async (open) => {
      await expect(open()).rejects.toThrow(/failed: status 500, InternalError: \n/)
    })
    expect(requests).toBe(3)
  })

  test("that refuses is not asked again, and no message names the secret", async () => {
    const answer: RequestListener = (_, response) => response.writeHead(403).end()
    const requests = await withService(answer, async (open) => {
      const error = await open().catch((error: unknown) => error as Error)
      expect(String(error)).toMatch(/status 403\ncheck the credentials/)
      expect(String(error)).not.toContain("hidden-secret")
    })
    expect(requests).toBe(1)
  })

  test("that hangs or breaks off is given up after its time", async () => {
    expect(
      await withService(
        () => {},
        async (open) => await expect(open()).rejects.toThrow("failed: no answer in time\ncheck the endpoint"),
      ),
    ).toBe(3)
    const breaks: RequestListener = (request, response) => {
      response.writeHead(200, { "content-length": "1000" }).write("half")
      setTimeout(() => request.socket.destroy(), 20)
    }
    expect(
      await withService(breaks, async (open) => await expect(open()).rejects.toThrow("check the endpoint")),
    ).toBe(3)
  })

  test("has its listings read with entities, page by page, without what is no path", async () => {
    const answer: RequestListener = (request, response) => {
      const next = new URL(request.url!, "http://x").searchParams.get("continuation-token")
      const first = `<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b=</NextContinuationToken>`
      response.end(
        next === "a&b="
          ? listing(`<IsTruncated>false</IsTruncated>${contents("&#x61;/&#98;")}${contents("&lt;x&gt;")}`)
          : listing(first + contents("Someone/Else") + contents("k/1")),
      )
    }
    await withService(answer, async (open) => {
      const found = []
      for await (const one of (await open()).list("")) found.push(one)
      const modified = new Date("2026-01-02T03:04:05.678Z")
      expect(found).toEqual([
        { path: "k/1", bytes: 3, modified },
        { path: "a/b", bytes: 3, modified },
      ])
    })
  })

  test("gets requests signed as AWS Signature Version 4 says", async () => {
    let signed = 0
    const answer: RequestListener = (request, response) => {
      expect(request.headers.authorization).toBe(authorization(request, "hidden-secret"))
      signed++
      response.end(listing(""))
    }
    await withService(answer, async (open) => {
      const storage = await open()
      await storage.put("a/b.c", new Uint8Array([1, 2, 3]))
      await storage.touch("a/b.c")
      expect(await listed(storage, "a/b")).toEqual([])
    })
    expect(signed).toBe(4)
  })

  test("that fails to copy after its status is asked again", async () => {
    let copies = 0
    const answer: RequestListener = (request, response) => {
      if (request.method !== "PUT") return response.end(listing(""))
      expect(request.headers["x-amz-copy-source"]).toBe("/lutra/a/b")
      return response.end(
        copies++ === 0 ? "<Error><Code>InternalError</Code></Error>" : "<CopyObjectResult/>",
      )
    }
    await withService(answer, async (open) => await (await open()).touch("a/b"))
    expect(copies).toBe(2)
  })
})
