import { type IncomingMessage, request, type ServerResponse } from "node:http"
import type { SeenRequests } from "./seen.ts"

/** More than any message of a model: a body that is longer is cut off. */
const MOST_BYTES = 256e6

/** Hands a request on to the server at `target` as it is, and the answer back; `seen` keeps what can be seen of both. */
export const forward = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  seen: SeenRequests,
): Promise<void> => {
  const began = performance.now()
  const { method = "GET", url = "/" } = incoming
  let body: Buffer
  try {
    body = await bodyOf(incoming)
  } catch {
    incoming.destroy()
    return
  }
  const { host: _, connection: __, "transfer-encoding": ___, ...headers } = incoming.headers
  const onward = request(new URL(url, target), {
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
      seen.add({ time: Date.now(), method, path: url, status, bytesOut, milliseconds }, body)
    })
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
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
