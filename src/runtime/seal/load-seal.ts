import type { MainModule } from "node-seal/allows"
import { canLoadSeal, RuntimeError, SEAL_NEEDS } from "../../data/index.ts"
import { fetchWasm } from "./fetch-wasm.ts"
import { askPlace, instantiateSeal } from "./instantiate-seal.ts"

export interface SealOptions {
  /**
   * The address of `lutra/browser/seal.wasm`, for pages whose bundler does not find it by itself. In a page it is relative to the
   * page's own address.
   */
  readonly wasmUrl?: string | URL
}

/** A WASM instance of SEAL. */
export interface LoadedSeal {
  readonly seal: MainModule
  /** All that the instance holds; undefined where node-seal's own loader fetched it in a page, as it does in pages made of our source. */
  readonly memory: WebAssembly.Memory | undefined
}

/** A WASM instance of SEAL. Throws RuntimeError where it cannot be had. */
export const loadSeal = async ({ wasmUrl }: SealOptions): Promise<LoadedSeal> => {
  if (!canLoadSeal()) {
    throw new RuntimeError(`this platform cannot run SEAL\n${SEAL_NEEDS}`, { code: "platform" })
  }
  let place = wasmUrl
  try {
    // In Node this is node-seal; in a page it is node-seal's loader without what it does in Node, which says where its file is.
    const loader = await import("#seal")
    place ??= (loader as { readonly wasmUrl?: string }).wasmUrl
    const files = globalThis.process?.getBuiltinModule?.("node:fs/promises")
    if (files === undefined && place === undefined) {
      // It says `new URL("….wasm", import.meta.url)`, which bundlers follow, and tells nobody where that leads; node-seal's
      // default asks for a name that they have changed. `undefined` is not the same as leaving it out.
      const options = { printErr: () => {}, locateFile: undefined }
      return { seal: await loader.default(options as object), memory: undefined }
    }
    place ??= await askPlace(loader.default)
    const path = String(place).startsWith("file:") ? new URL(place) : place
    const wasm = await (files === undefined ? fetchWasm(place) : files.readFile(path))
    return await instantiateSeal(loader.default, wasm)
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause
    const from = place === undefined ? "its own package" : String(place)
    throw new RuntimeError(`SEAL could not be loaded from ${from}: ${failureText(cause)}\n${SEAL_NEEDS}`, {
      code: "platform",
      cause,
    })
  }
}

/** C++ exceptions arrive as `WebAssembly.Exception`, no Error, with `[type, text]` as their message. */
export const failureText = (error: unknown): string => {
  const message: unknown = (error as { message?: unknown } | null)?.message
  return Array.isArray(message) ? String(message[1]) : String(message ?? error)
}
