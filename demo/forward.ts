import { type IncomingMessage, request, type ServerResponse } from "node:http"
import type { SeenRequests } from "./seen.ts"

/** More than any message of a model: a body that is longer is cut off. */
const MOST_BYTES = 256e6

export interface Forwarding {
  /** Origin of the server. */
  readonly target: string
  /** What is asked of it, from the slash on. */
  readonly path: string
  /** Keeps what can be seen of request and answer. */
  readonly seen: SeenRequests
}

/** Hands a request on to a server as it is, and the answer back. */
export const forward = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target, path, seen }: Forwarding,
): Promise<void> => {
  const began = performance.now()
  const { method = "GET" } = incoming
  let body: Buffer
  try {
    body = await bodyOf(incoming)
  } catch {
    incoming.destroy()
    return
  }
  const { host: _, connection: __, "transfer-encoding": ___, ...headers } = incoming.headers
  // What the request itself calls its address could be that of another server.
  const onward = request(target, {
    path,
    method,
    headers: { ...headers, "content-length": body.length },
  })
  onward.on("response", (answer) => {
    let bytesOut = 0
    answer.on("data", (chunk: Buffer) => {
      bytesOut += chunk.length
    })
    answer.on("end", () => {
      const milliseconds = performance.now() - began
      const status = answer.statusCode ?? 0
      seen.add({ time: Date.now(), method, path, status, bytesOut, milliseconds }, body)
    })
    // How long a connection lasts is between its two ends.
    const { connection: _, "keep-alive": __, ...answered } = answer.headers
    outgoing.writeHead(answer.statusCode ?? 502, answered)
    answer.pipe(outgoing)
  })
  onward.on("error", () => {
    if (outgoing.headersSent) outgoing.destroy()
    else outgoing.writeHead(502).end()
  })
  // A page that is closed waits for nothing.
  outgoing.on("close", () => onward.destroy())
  onward.end(body)
}

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MOST_BYTES) throw new Error(`a body of more than ${MOST_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
