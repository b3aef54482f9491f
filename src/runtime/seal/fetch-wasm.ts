import { RuntimeError } from "../../data/index.ts"

/**
 * The bytes of a WebAssembly file. Throws RuntimeError, with what is there in its place, when it cannot be fetched or is
 * something else: many servers answer any address that they do not know with their page.
 */
export const fetchWasm = async (url: string | URL): Promise<Uint8Array<ArrayBuffer>> => {
  let response: Response
  try {
    response = await fetch(url, { credentials: "same-origin" })
  } catch (cause) {
    throw new RuntimeError(
      `seal.wasm could not be fetched from ${url}: ${(cause as Error).message}\n${FIX}`,
      { code: "unreachable", cause },
    )
  }
  // Where redirects have led, and with the origin.
  const place = response.url || String(url)
  if (!response.ok) {
    throw new RuntimeError(
      `the server answered ${response.status} where seal.wasm was asked at ${place}\n${FIX}`,
      { code: "bad-answer" },
    )
  }
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (MAGIC.every((byte, i) => bytes[i] === byte)) return bytes
  throw new RuntimeError(
    `the server answered ${kindOf(bytes)} where seal.wasm was asked at ${place}\n${FIX}`,
    { code: "bad-answer" },
  )
}

const FIX =
  "copy node_modules/lutra/dist/browser/seal.wasm to where the page's files are and give its address as `wasmUrl`; " +
  'with Vite 5 to 7, set optimizeDeps: { exclude: ["lutra"] }'

/** The first bytes of every WebAssembly file. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d]

const kindOf = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return "nothing"
  const start = new TextDecoder().decode(bytes.subarray(0, 512)).trimStart().toLowerCase()
  return /^<(!doctype html|html|head|body|!--)/.test(start) ? "HTML" : "something else"
}
