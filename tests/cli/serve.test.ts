import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { soon } from "../serve/support.ts"
import { serveIn } from "../support/served.ts"
import { lutraIn, refused, refusedWith, SCORE } from "./support.ts"

const lutra = lutraIn({ "score.ir": SCORE, tokens: "alice a-token\n", "no.tokens": "alice\n" })

test("lutra serve says what it serves, reads tokens again when it is told to, and stops when it is told to", async () => {
  expect((await lutra(["compile", "score.ir", "-o", "score.lutra"])).status).toBe(0)
  const served = await serveIn(lutra.folder, ["score.lutra", "again=score.lutra", "--tokens", "tokens"])
  expect(served.output()).toMatch(
    /^serving on http:\/\/127\.0\.0\.1:\d+\n {2}score: \w+ n=\d+, keys [\d.]+ kB, request [\d.]+ kB, reply [\d.]+ kB\n {2}again: /m,
  )
  expect(served.output()).toContain(`keys are kept in ${join(lutra.folder, "lutra-data")}, 1000 MB a client`)
  const status = async (token: string) =>
    (await fetch(`${served.url}/v1/models/again`, { headers: { authorization: `Bearer ${token}` } })).status
  expect([await status("a-token"), await status("b-token")]).toEqual([200, 401])
  writeFileSync(join(lutra.folder, "tokens"), "alice b-token\n")
  served.process.kill("SIGHUP")
  await soon(served.output).toContain("read the tokens of tokens again")
  expect([await status("a-token"), await status("b-token")]).toEqual([401, 200])
  expect(await served.stop()).toBe(0)
  expect(served.output()).toContain("stopping; accepted requests have 30 s")
})

test("lutra serve --json tells it in a line of its log instead", async () => {
  expect((await lutra(["compile", "score.ir", "-o", "score.lutra"])).status).toBe(0)
  const served = await serveIn(lutra.folder, ["score.lutra", "--json", "--workers", "1", "--grace", "5"])
  expect(await served.stop()).toBe(0)
  const lines = served
    .output()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: "serving",
      url: served.url,
      models: [
        {
          name: "score",
          scheme: expect.any(String),
          n: expect.any(Number),
          bytes: {
            evaluationKeys: expect.any(Number),
            request: expect.any(Number),
            reply: expect.any(Number),
          },
        },
      ],
      place: join(lutra.folder, "lutra-data"),
      tokens: false,
      queue: false,
      workers: 1,
    }),
  )
  expect(lines).toContainEqual(expect.objectContaining({ msg: "stopping", graceSeconds: 5 }))
})

test("lutra serve refuses what it cannot serve, and where it must not", async () => {
  await lutra(["compile", "score.ir", "-o", "score.lutra"])
  const serve = (...args: string[]) => lutra(["serve", ...args])
  expect(await serve("score.lutra", "--host", "0.0.0.0")).toEqual(
    refusedWith("0.0.0.0 can be reached by others, and there are no tokens to tell clients apart"),
  )
  expect(await serve("score.lutra", "score.lutra")).toEqual(
    refused("two models are called score; give one as NAME=score.lutra"),
  )
  expect(await serve("score.ir")).toEqual(refusedWith("score.ir: this is no compiled program"))
  expect(await serve("none.lutra")).toEqual(refused("none.lutra cannot be read: there is no such file"))
  expect(await serve("score.lutra", "--tokens", "no.tokens")).toEqual(
    refusedWith("no.tokens: line 1 of the tokens is not NAME TOKEN"),
  )
  expect(await serve("score.lutra", "--port", "99999")).toEqual(
    refused("--port is 99999; it is a number below 65536, 0 for any that is free"),
  )
  expect(await serve("score.lutra", "--tls-cert", "tokens")).toEqual(
    refused("--tls-cert needs its key; give that as --tls-key"),
  )
  expect(await serve("score.lutra", "--tls-key", "tokens")).toEqual(
    refused("--tls-key is the key of a certificate; give that as --tls-cert"),
  )
  expect(await serve("score.lutra", "--tls-cert", "tokens", "--tls-key", "tokens")).toEqual(
    refusedWith("this certificate and key cannot be used for TLS: no start line"),
  )
  expect(await serve("score.lutra", "--data", "score.lutra")).toEqual(
    refused("score.lutra cannot be used as a storage: a part of its path is no folder"),
  )
})
