import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { lutraIn, printed, refused, refusedWith, SCORE } from "../cli/support.ts"

const lutra = lutraIn({
  "score.ir": SCORE,
  "other.ir": SCORE.replace("1, -2, 3, 1", "1, -2, 3, 2"),
  "in.json": '{ "x": [1, 2, 3, 4] }',
  "batch.json": '[{ "x": [1, 2, 3, 4] }, { "x": [15, 0, 0, 0] }]',
  "large.json": '{ "x": [1, 2, 3, 16] }',
})
const { folder } = lutra
const bytes = (file: string) => readFileSync(join(folder, file))

test("two folders play client and server, and the server's holds no secret", async () => {
  const run = async (...args: string[]) => expect(await lutra.spawned(args)).toEqual(printed(""))
  const compiled = ["compile", "score.ir", "-o", "server.lutra", "--client", "client.lutra"]
  expect(await lutra.spawned(compiled)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("score\n  scheme"),
  })
  await run("keygen", "client.lutra", "--secret", "secret.key", "--keys", "server.keys")
  await run("encrypt", "client.lutra", "--secret", "secret.key", "--input", "in.json", "-o", "server.request")
  await run("eval", "server.lutra", "--keys", "server.keys", "--request", "server.request", "-o", "reply")
  const decrypt = ["decrypt", "client.lutra", "--secret", "secret.key", "--reply", "reply"]
  expect(await lutra.spawned(decrypt)).toEqual(printed('{"y":10}\n'))

  expect(statSync(join(folder, "secret.key")).mode & 0o077).toBe(0)
  // The key itself, without the header that all messages share.
  const secret = bytes("secret.key").subarray(200, 264)
  for (const file of readdirSync(folder).filter((name) => name.startsWith("server"))) {
    expect(bytes(file).includes(secret)).toBe(false)
  }
  expect(bytes("client.lutra").includes("1, -2, 3, 1")).toBe(false)

  const batch = ["--secret", "secret.key", "--input", "batch.json", "--batch", "-o", "server.batch"]
  expect(await lutra(["encrypt", "client.lutra", ...batch])).toEqual(printed(""))
  await run("eval", "server.lutra", "--keys", "server.keys", "--request", "server.batch", "-o", "reply")
  expect(await lutra(decrypt)).toEqual(printed('[{"y":10},{"y":15}]\n'))

  const encrypt = (input: string) => [
    "encrypt",
    "client.lutra",
    "--secret",
    "secret.key",
    "--input",
    input,
    "-o",
    "x",
  ]
  expect(await lutra(encrypt("large.json"))).toEqual(
    refusedWith('input "x"[3] is 16, outside its declared range 0..15'),
  )
  expect(await lutra(["keygen", "client.lutra", "--secret", "secret.key", "--keys", "server.keys"])).toEqual(
    refused("secret.key is there already; a key that is overwritten is lost, so delete it yourself"),
  )
  const evaluate = (program: string, keys: string, request: string) =>
    lutra(["eval", program, "--keys", keys, "--request", request, "-o", "x"])
  expect(await evaluate("server.lutra", "secret.key", "server.request")).toEqual(
    refused("secret.key: this is a secret key, not a set of evaluation keys"),
  )
  expect(await evaluate("client.lutra", "server.keys", "server.request")).toEqual(
    refusedWith("client.lutra: this is the client's part of a compiled program only"),
  )
  await lutra(["compile", "other.ir", "-o", "other.lutra"])
  expect(await evaluate("other.lutra", "server.keys", "server.request")).toMatchObject({
    status: 2,
    stdout: "",
  })
})
