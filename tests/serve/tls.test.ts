import { readFileSync } from "node:fs"
import { request } from "node:https"
import { join } from "node:path"
import type { TLSSocket } from "node:tls"
import { describe, expect, test } from "vitest"
import { start } from "./support.ts"

/** Certificates that these tests made for themselves; nobody else uses them. */
const pem = (name: string) => {
  const read = (kind: string) => readFileSync(join(import.meta.dirname, `tls/${name}.${kind}.pem`), "utf8")
  return { cert: read("cert"), key: read("key") }
}
const one = pem("one")
const two = pem("two")

/** Status of a path, and the name in the certificate, which only the certificate given vouches for. */
const ask = (url: string, path: string, ca: string): Promise<{ status: number; name: string }> =>
  new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { ca, agent: false }, (response) => {
      const { subject } = (response.socket as TLSSocket).getPeerCertificate()
      response.resume()
      resolve({ status: response.statusCode!, name: String(subject.CN) })
    })
    asked.on("error", reject)
    asked.end()
  })

describe("a service with a certificate", () => {
  test("speaks HTTPS with it", async () => {
    const { url } = await start({ tls: one })
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(await ask(url, "/v1/models", one.cert)).toEqual({ status: 200, name: "one.localhost" })
    await expect(ask(url, "/v1/models", two.cert)).rejects.toThrow()
    await expect(fetch(url.replace("https:", "http:"))).rejects.toThrow()
  })

  test("goes on with another when it is renewed, and with the old one when the new one cannot be used", async () => {
    const { url, service } = await start({ tls: { cert: Buffer.from(one.cert), key: Buffer.from(one.key) } })
    expect((await ask(url, "/healthz", one.cert)).name).toBe("one.localhost")
    expect(() => service.renewTls({ cert: two.cert, key: one.key })).toThrow("cannot be used for TLS")
    expect((await ask(url, "/healthz", one.cert)).name).toBe("one.localhost")
    service.renewTls(two)
    expect((await ask(url, "/healthz", two.cert)).name).toBe("two.localhost")
  })

  test.each([
    ["a key of another", { cert: one.cert, key: two.key }],
    ["no certificate", { cert: "", key: one.key }],
    ["what is no certificate", { cert: "certificate", key: one.key }],
    ["no key", { cert: one.cert, key: one.cert }],
  ])("is not made of %s", async (_, tls) => {
    const message = /^this certificate and key cannot be used for TLS: .+\nboth are PEM files/
    await expect(start({ tls })).rejects.toThrow(message)
  })

  test("is what a certificate can be renewed of, and no other", async () => {
    const { service } = await start()
    expect(() => service.renewTls(one)).toThrow("this service has no certificate to renew")
  })
})
