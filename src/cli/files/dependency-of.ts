import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { basename, dirname, join, relative, resolve, sep } from "node:path"

/**
 * How a project in `folder` depends on the Lutra whose package is at `root`: by the file or folder `given`, by the archive
 * that npm installed it from, by its folder when it is a checkout, and otherwise by its version.
 */
export const dependencyOf = async (root: string, folder: string, given?: string): Promise<string> => {
  const source = given === undefined ? await sourceOf(root) : resolve(given)
  if (source !== undefined) return `file:${relative(folder, source).split(sep).join("/")}`
  return `^${JSON.parse(await readFile(join(root, "package.json"), "utf8")).version}`
}

/** The archive or folder that the package was installed from; undefined when that was a registry. */
const sourceOf = async (root: string): Promise<string | undefined> => {
  const modules = dirname(resolve(root))
  if (basename(modules) !== "node_modules") return resolve(root)
  const lockfile = join(modules, ".package-lock.json") // npm keeps there what it has installed
  if (!existsSync(lockfile)) return undefined
  const { packages = {} } = JSON.parse(await readFile(lockfile, "utf8"))
  const resolved: unknown = packages[`node_modules/${basename(resolve(root))}`]?.resolved
  if (typeof resolved !== "string" || !resolved.startsWith("file:")) return undefined
  const source = resolve(dirname(modules), decodeURI(resolved.slice("file:".length)))
  return existsSync(source) ? source : undefined
}
