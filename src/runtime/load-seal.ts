import type { MainModule } from "node-seal/allows"
import { canLoadSeal, RuntimeError, SEAL_NEEDS } from "../data/index.ts"
import { fetchWasm } from "./fetch-wasm.ts"

export interface SealOptions {
  /**
   * The address of `lutra/browser/seal.wasm`, for pages whose bundler does not find it by itself. In a page it is relative to the
   * page's own address.
   */
  readonly wasmUrl?: string | URL
}

/** A WASM instance of SEAL. Throws RuntimeError where it cannot be had. */
export const loadSeal = async ({ wasmUrl }: SealOptions): Promise<MainModule> => {
  if (!canLoadSeal()) {
    throw new RuntimeError(`this platform cannot run SEAL\n${SEAL_NEEDS}`, { code: "platform" })
  }
  let place = wasmUrl
  try {
    // In Node this is node-seal; in a page it is node-seal's loader without what it does in Node, which says where its file is.
    const loader = await import("#seal")
    place ??= (loader as { readonly wasmUrl?: string }).wasmUrl
    const wasm = place !== undefined && isPage() ? await fetchWasm(place) : undefined
    return await loader.default({
      printErr: () => {},
      ...(wasm && { wasmBinary: wasm }),
      // Without one SEAL's own file says `new URL("….wasm", import.meta.url)`, which bundlers follow; node-seal's default
      // asks for a name that they have changed. `undefined` is not the same as leaving it out.
      locateFile: place === undefined ? undefined : () => String(place),
    } as object)
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause
    const from = place === undefined ? "its own package" : String(place)
    throw new RuntimeError(`SEAL could not be loaded from ${from}: ${failureText(cause)}\n${SEAL_NEEDS}`, {
      code: "platform",
      cause,
    })
  }
}

/** Whether files are fetched here, not read from a disk. */
const isPage = (): boolean => globalThis.process?.versions?.node === undefined

/** C++ exceptions arrive as `WebAssembly.Exception`, no Error, with `[type, text]` as their message. */
export const failureText = (error: unknown): string => {
  const message: unknown = (error as { message?: unknown } | null)?.message
  return Array.isArray(message) ? String(message[1]) : String(message ?? error)
}
