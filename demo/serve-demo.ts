import { createReadStream } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { extname, join } from "node:path"
import { type LabelledImage, splitDigits } from "../examples/digits/data.ts"
import { createService, type ModelSource, openStorage } from "../src/serve/index.ts"
import { buildPage } from "./build-page.ts"
import { forward } from "./forward.ts"
import { SeenRequests } from "./seen.ts"

export interface DemoOptions {
  readonly models: Readonly<Record<string, ModelSource>>
  /** 0 for any that is free. */
  readonly port: number
  readonly host: string
}

export interface Demo {
  readonly url: string
  stop(): Promise<void>
}

/**
 * The demo at one address: the page, `/v1` of a server of Lutra behind it, and `/demo/seen`, what that server saw. Keys lie in a
 * temporary folder and go with the demo.
 */
export const serveDemo = async ({ models, port, host }: DemoOptions): Promise<Demo> => {
  const folder = await mkdtemp(join(tmpdir(), "lutra-demo-"))
  const page = join(folder, "page")
  const service = await createService({
    models,
    storage: await openStorage(join(folder, "keys"), {}),
    workers: 1,
  })
  const [target] = await Promise.all([service.listen({ port: 0 }), buildPage(page)])
  const seen = new SeenRequests()
  const samples = JSON.stringify(oneOfEach(splitDigits().heldBack))

  const front = createServer((request, response) => {
    const asked = URL.parse(request.url ?? "/", "http://demo")
    if (asked === null) return notFound(response)
    const { pathname, search } = asked
    if (pathname.startsWith("/v1/")) {
      return void forward(request, response, { target, path: pathname + search, seen })
    }
    if (pathname === "/demo/seen") return json(response, JSON.stringify(seen.list()))
    if (pathname === "/demo/samples") return json(response, samples)
    sendFile(response, page, pathname)
  })
  const stop = async (): Promise<void> => {
    front.closeAllConnections()
    await new Promise((resolve) => front.close(resolve))
    await service.stop(1)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await listen(front, port, host)
  } catch (error) {
    await stop()
    throw error
  }
  const { port: bound } = front.address() as AddressInfo
  return {
    url: `http://${host === "0.0.0.0" || host === "127.0.0.1" ? "localhost" : host}:${bound}/`,
    stop,
  }
}

/** The first image of each digit, of those that no training has seen. */
const oneOfEach = (images: readonly LabelledImage[]): LabelledImage[] =>
  Array.from({ length: 10 }, (_, digit) => images.find(({ label }) => label === digit)!)

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
}

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** A file of the page: a name of letters, digits, `-`, `_` and `.` in its folder or in `assets`. */
const sendFile = (response: ServerResponse, folder: string, pathname: string): void => {
  const name = pathname === "/" ? "/index.html" : pathname
  const type = TYPES[extname(name)]
  if (type === undefined || !/^(\/assets)?\/[\w-][\w.-]*$/.test(name)) {
    notFound(response)
    return
  }
  const file = createReadStream(join(folder, name))
  file.on("error", () => notFound(response))
  file.on("open", () => {
    response.writeHead(200, {
      "content-type": type,
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": name.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    })
    file.pipe(response)
  })
}

const notFound = (response: ServerResponse): void =>
  void response.writeHead(404, { "content-type": "text/plain" }).end("there is nothing here\n")

const json = (response: ServerResponse, text: string): void =>
  void response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" }).end(text)

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, resolve)
  })
