import { createServer } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { text } from "node:stream/consumers"
import { expect, test } from "vitest"
import { serveDemo } from "../../demo/serve-demo.ts"
import { compile, enc, uint } from "../../src/index.ts"

const score = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.sum(), { name: "score" })

test("the demo hands requests to its own server only, and outlives what is no address", async () => {
  let asked = 0
  const other = createServer((_, response) => {
    asked++
    response.end("from elsewhere")
  })
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve))
  const place = `127.0.0.1:${(other.address() as AddressInfo).port}`
  const demo = await serveDemo({ models: { score }, port: 0, host: "127.0.0.1" })
  /** What it answers to a line that no browser would send. */
  const ask = (target: string): Promise<string> => {
    const socket = connect(Number(new URL(demo.url).port), "127.0.0.1")
    socket.write(`GET ${target} HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n`)
    return text(socket)
  }
  try {
    for (const target of [`//${place}/v1/models`, `http://${place}/v1/models`, "/v1/models"]) {
      expect(await ask(target)).toMatch(/^HTTP\/1\.1 200 .*"name":"score"/s)
    }
    expect(asked).toBe(0)
    expect(await ask("//")).toMatch(/^HTTP\/1\.1 404 /)
    expect(await ask("/../package.json")).toMatch(/^HTTP\/1\.1 404 /)
    expect((await fetch(demo.url)).headers.get("content-security-policy")).toContain("default-src 'none'")
  } finally {
    await demo.stop()
    other.close()
  }
}, 60_000)
