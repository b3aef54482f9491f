import type { Costs } from "../../backend/index.ts"
import { checkOptions, forms, RuntimeError } from "../../data/index.ts"
import type { OnProgress } from "../spec/program-spec.ts"
import { fitCosts } from "./fit-costs.ts"
import { timeOperations } from "./time-operations.ts"

export interface CalibrateOptions {
  /** Where measured costs are kept; a file of this machine and these versions in the user's cache folder unless given. */
  readonly cacheFile?: string
  /** Measures even when there are costs of this machine in the file. */
  readonly force?: boolean
  readonly onProgress?: OnProgress
}

/**
 * What SEAL's operations take on this machine, for the option `costs` of `compile`: measured in a few seconds and kept in
 * a file for the next time. A file that is damaged, or of another machine or version, is measured anew.
 *
 * Costs decide the parameters, and with them the hash that binds client and server to one program. So `compile` never
 * looks for measured costs by itself: two machines that compile the same function must be given the same ones, or the
 * compiled program must be taken from one to the other.
 *
 * Throws RuntimeError outside Node, where the platform cannot load SEAL, and when the given `cacheFile` cannot be written.
 */
export const calibrate = async (options: CalibrateOptions = {}): Promise<Costs> => {
  checkOptions<CalibrateOptions>(
    "calibrate",
    options,
    { cacheFile: forms.text, force: forms.flag, onProgress: forms.function },
    RuntimeError,
  )
  const { cacheFile, force = false, onProgress } = options
  const cache = await import("./calibration-cache.ts").catch((cause: unknown) => {
    throw new RuntimeError("calibration is for Node; elsewhere leave out the option costs of compile", {
      code: "platform",
      cause,
    })
  })
  const machine = cache.thisMachine()
  const file = cacheFile ?? cache.defaultCacheFile(machine)
  const known = force ? undefined : await cache.readCosts(file, machine)
  if (known !== undefined) return known
  const costs = fitCosts(await timeOperations(onProgress === undefined ? {} : { onProgress }))
  await cache.writeCosts(file, machine, costs).catch((cause: Error) => {
    // Without a folder for caches the next time measures again.
    if (cacheFile !== undefined) {
      throw new RuntimeError(`measured costs cannot be kept in ${cacheFile}: ${cause.message}`, {
        code: "file-access",
        cause,
      })
    }
  })
  return costs
}
