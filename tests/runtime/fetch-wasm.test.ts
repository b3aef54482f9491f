import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, expect, test } from "vitest"
import { RuntimeError } from "../../src/data/index.ts"
import { fetchWasm } from "../../src/runtime/seal/fetch-wasm.ts"

const WASM = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

const answers: Readonly<Record<string, { readonly status?: number; readonly body: string | Uint8Array }>> = {
  "/seal.wasm": { body: Uint8Array.from(WASM) },
  "/page": { body: "\n  <!DOCTYPE html><title>page</title>" },
  "/bare": { body: '<html lang="en"></html>' },
  "/text": { body: "version https://git-lfs.github.com/spec/v1" },
  "/short": { body: Uint8Array.from(WASM.slice(0, 3)) },
  "/empty": { body: "" },
}

const server = createServer((request, response) => {
  if (request.url === "/moved") return void response.writeHead(302, { location: "/page" }).end()
  const { status = 200, body } = answers[request.url!] ?? { status: 404, body: "<html>not found</html>" }
  response.writeHead(status, { "content-type": "application/wasm" }).end(body)
})
let origin: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

test("gives the bytes of a WebAssembly file", async () => {
  expect([...(await fetchWasm(`${origin}/seal.wasm`))]).toEqual(WASM)
  expect([...(await fetchWasm(new URL("/seal.wasm", origin)))]).toEqual(WASM)
})

test.each([
  ["/page", "HTML", "/page"],
  ["/bare", "HTML", "/bare"],
  ["/moved", "HTML", "/page"],
  ["/text", "something else", "/text"],
  ["/short", "something else", "/short"],
  ["/empty", "nothing", "/empty"],
  ["/missing", "404", "/missing"],
])("says what the server answered at %s: %s", async (path, what, place) => {
  const error = await fetchWasm(`${origin}${path}`).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(RuntimeError)
  const [said, fix] = (error as Error).message.split("\n")
  expect(said).toBe(`the server answered ${what} where seal.wasm was asked at ${origin}${place}`)
  expect(fix).toMatch(/^copy node_modules\/lutra\/dist\/browser\/seal\.wasm .* `wasmUrl`/)
})

test("says that nothing is reached", async () => {
  const fetched = fetchWasm("http://127.0.0.1:1/seal.wasm")
  await expect(fetched).rejects.toThrow("seal.wasm could not be fetched from http://127.0.0.1:1/seal.wasm: ")
})
