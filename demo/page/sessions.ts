import { type Connection, connect, indexedDbKeys, listModels, type Progress } from "lutra/client"
import { scoresOf } from "./scores.ts"
import { SIDE } from "./to-pixels.ts"

/** A classifier of digits: an image of 64 numbers in, ten scores out. */
export type Digits = Connection<{ image: number[] }, number[]>

/** Milliseconds that one request waits for a busy server before the page says so. */
const PATIENCE = 8000

/** How often a request is sent again after the network failed, before the page says so and offers to try again. */
const RETRIES = 3

/** Told of each step; `isRehearsal` says that it belongs to the blank image that is read first. */
export type OnStep = (progress: Progress, isRehearsal: boolean) => void

/** Connections to the models of the server that this page comes from, each made once and again after it failed. */
export const createSessions = (onStep: OnStep) => {
  const url = new URL("/", location.href)
  const keys = indexedDbKeys("lutra-demo")
  const connections = new Map<string, Promise<Digits>>()

  const begin = async (model: string): Promise<Digits> => {
    let isRehearsal = false
    const connection: Digits = await connect<{ image: number[] }, number[]>(url, {
      model,
      keys,
      worker: true,
      patience: PATIENCE,
      retries: RETRIES,
      onProgress: (progress) => onStep(progress, isRehearsal),
    })
    // The server loads the keys and encodes its weights at the first image that it reads. Let that be a blank one.
    isRehearsal = true
    await scoresOf(connection, new Array<number>(SIDE * SIDE).fill(0)).catch(() => {})
    isRehearsal = false
    return connection
  }

  /** Remembers a connection that is being made, as long as it does not fail. */
  const remember = (model: string, opening: Promise<Digits>): Promise<Digits> => {
    const kept: Promise<Digits> = opening.catch((error: unknown) => {
      if (connections.get(model) === kept) connections.delete(model)
      throw error
    })
    connections.set(model, kept)
    return kept
  }

  return {
    models: () => listModels(url, { patience: PATIENCE, retries: RETRIES }),
    open: (model: string): Promise<Digits> => connections.get(model) ?? remember(model, begin(model)),
    /** Ends the connection to a model, deletes its keys from this browser, and connects with new ones. */
    renew(model: string): Promise<Digits> {
      const ending = connections.get(model)?.catch(() => undefined)
      const renewed = async (): Promise<Digits> => {
        const connection = await ending
        connection?.dispose()
        await keys.remove(new URL(`v1/models/${encodeURIComponent(model)}`, url).href)
        return begin(model)
      }
      // Whoever asks for a connection meanwhile gets the new one.
      return remember(model, renewed())
    },
  }
}
