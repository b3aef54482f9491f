import { isRefusal, type Loader, type Loaders, WrongAcceptance } from "./loaders.ts"
import { Random } from "./mutations.ts"

export interface LoaderTally {
  blobs: number
  accepted: number
  /** Blobs of which SEAL read something. */
  reachedSeal: number
  /** Milliseconds of a processor. */
  time: number
  slowest: number
}

/** What a loader did wrong with bytes. */
export interface Finding {
  readonly loader: string
  readonly wrong: string
  readonly bytes: Uint8Array
}

/**
 * Gives `count` mutated blobs to the loaders by their weights, until one crashes, accepts wrongly or takes more than
 * `slowest` milliseconds.
 */
export const fuzzLoaders = async (
  { loaders, sealReads }: Loaders,
  count: number,
  seed: number,
  slowest: number,
  onBlob: (done: number, tallies: ReadonlyMap<string, LoaderTally>) => void = () => {},
): Promise<{ readonly tallies: ReadonlyMap<string, LoaderTally>; readonly found: Finding | undefined }> => {
  const random = new Random(seed)
  const turns = loaders.flatMap((loader) => new Array<Loader>(loader.weight).fill(loader))
  const tallies = new Map(
    loaders.map(({ name }): [string, LoaderTally] => [
      name,
      { blobs: 0, accepted: 0, reachedSeal: 0, time: 0, slowest: 0 },
    ]),
  )
  for (let i = 0; i < count; i++) {
    const loader = random.pick(turns)
    const bytes = loader.mutated(random)
    const tally = tallies.get(loader.name)!
    const reads = sealReads()
    const start = process.cpuUsage()
    let wrong: string | undefined
    try {
      await loader.load(bytes)
      tally.accepted++
    } catch (error) {
      if (error instanceof WrongAcceptance) wrong = `accepted wrongly: ${error.message}`
      else if (!isRefusal(error)) wrong = `failed with ${(error as Error)?.stack ?? String(error)}`
    }
    const { user, system } = process.cpuUsage(start)
    const time = (user + system) / 1000
    tally.blobs++
    tally.time += time
    tally.slowest = Math.max(tally.slowest, time)
    if (sealReads() > reads) tally.reachedSeal++
    if (time > slowest) wrong ??= `took ${Math.round(time)} ms of a processor`
    if (wrong !== undefined) return { tallies, found: { loader: loader.name, wrong, bytes } }
    onBlob(i + 1, tallies)
  }
  return { tallies, found: undefined }
}
