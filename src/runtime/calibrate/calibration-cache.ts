import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { arch, cpus, homedir } from "node:os"
import { dirname, isAbsolute, join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { type Costs, isCosts } from "../../backend/index.ts"

/** What measured times depend on: another machine or version measures anew. */
export interface Machine {
  readonly cpu: string
  readonly architecture: string
  readonly node: string
  readonly seal: string
}

export const thisMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() || "unknown",
  architecture: arch(),
  node: process.version,
  seal: sealVersion(),
})

/** In the user's cache folder: $XDG_CACHE_HOME/lutra or ~/.cache/lutra. */
export const defaultCacheFile = ({ cpu, architecture, node, seal }: Machine): string => {
  const given = process.env["XDG_CACHE_HOME"]
  // A path that is not absolute is to be ignored, says the XDG Base Directory Specification.
  const caches = given !== undefined && isAbsolute(given) ? given : join(homedir(), ".cache")
  const name = `costs ${cpu} ${architecture} node ${node} seal ${seal}`
  return join(caches, "lutra", `${name.toLowerCase().replace(/[^a-z0-9.]+/g, "-")}.json`)
}

/** The costs in a file; undefined when there is none, it is damaged, or it is of another machine or version. */
export const readCosts = async (file: string, machine: Machine): Promise<Costs | undefined> => {
  try {
    const found: unknown = JSON.parse(await readFile(file, "utf8"))
    const { format, machine: its, costs } = found as Record<string, unknown>
    return format === FORMAT && isDeepStrictEqual(its, machine) && isCosts(costs) ? costs : undefined
  } catch {
    return undefined
  }
}

/** Writes beside the file and renames: whoever reads it meanwhile finds all of the old or all of the new. */
export const writeCosts = async (file: string, machine: Machine, costs: Costs): Promise<void> => {
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${randomUUID()}`
  const content = { format: FORMAT, machine, measured: new Date().toISOString(), costs }
  try {
    await writeFile(draft, `${JSON.stringify(content, undefined, 2)}\n`)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** To be raised when a constant of the cost model comes to mean something else. */
const FORMAT = 1

/** From the package.json beside what is loaded: the package does not say it otherwise. */
const sealVersion = (): string => {
  const url = new URL("../package.json", import.meta.resolve("node-seal/allows"))
  return JSON.parse(readFileSync(url, "utf8")).version
}
