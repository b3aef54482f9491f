import type { MainModule } from "node-seal/allows"
import type { LoadedSeal } from "./load-seal.ts"

/** node-seal's loader, which Emscripten made. */
type Loader = (options: object) => Promise<MainModule>

/** Where node-seal's loader would read its WASM from: it is asked, and stopped before it reads. */
export const askPlace = async (load: Loader): Promise<string> => {
  let place: string | undefined
  const locateFile = (name: string, folder: string): never => {
    place = folder + name
    throw new Error("asked")
  }
  await load({ locateFile }).catch((error: unknown) => {
    if (place === undefined) throw error
  })
  return place!
}

/** An instance of SEAL with its memory. The loader keeps the memory to itself, so the instance is made here and not by it. */
export const instantiateSeal = async (load: Loader, wasm: BufferSource): Promise<LoadedSeal> => {
  const module = await WebAssembly.compile(wasm)
  let instantiateWasm: ((imports: WebAssembly.Imports, done: Done) => object) | undefined
  // The loader is not told of a failure, and would wait for ever.
  const found = new Promise<WebAssembly.Memory>((resolve, reject) => {
    instantiateWasm = (imports, done) => {
      WebAssembly.instantiate(module, imports)
        .then((instance) => {
          resolve(memoryOf(instance))
          done(instance, module)
        })
        .catch(reject)
      return {}
    }
  })
  const [seal, memory] = await Promise.all([load({ printErr: () => {}, instantiateWasm }), found])
  return { seal, memory }
}

type Done = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void

/** By its type: the names of exports are single letters that each build gives anew. */
const memoryOf = ({ exports }: WebAssembly.Instance): WebAssembly.Memory => {
  const memory = Object.values(exports).find((each) => each instanceof WebAssembly.Memory)
  if (memory === undefined) throw new Error("its memory is not exported")
  return memory
}
