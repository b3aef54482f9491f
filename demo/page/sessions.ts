import { type Connection, connect, indexedDbKeys, listModels, type Progress } from "lutra/client"

/** A classifier of digits: an image of 64 numbers in, ten scores out. */
export type Digits = Connection<{ image: number[] }, number[]>

/** Milliseconds that one request waits for a busy server before the page says so. */
const PATIENCE = 8000

/** Connections to the models of the server that this page comes from, each made once and again after it failed. */
export const createSessions = (onProgress: (progress: Progress) => void) => {
  const url = new URL("/", location.href)
  const keys = indexedDbKeys("lutra-demo")
  const connections = new Map<string, Promise<Digits>>()

  const open = (model: string): Promise<Digits> => {
    const found = connections.get(model)
    if (found !== undefined) return found
    const opening: Promise<Digits> = connect<{ image: number[] }, number[]>(url, {
      model,
      keys,
      worker: true,
      patience: PATIENCE,
      onProgress,
    }).catch((error: unknown) => {
      connections.delete(model)
      throw error
    })
    connections.set(model, opening)
    return opening
  }

  return {
    models: () => listModels(url, { patience: PATIENCE }),
    open,
    /** Ends the connection to a model and deletes its keys from this browser. */
    async forget(model: string): Promise<void> {
      const connection = await connections.get(model)?.catch(() => undefined)
      connections.delete(model)
      connection?.dispose()
      await keys.remove(new URL(`v1/models/${encodeURIComponent(model)}`, url).href)
    },
  }
}
