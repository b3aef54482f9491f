import { execFileSync } from "node:child_process"
import { readFileSync, rmSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { type Plugin, rolldown } from "rolldown"
import { writeBrowserFiles } from "./browser-files.ts"

const ROOT = join(import.meta.dirname, "..")
const SRC = join(ROOT, "src")

/** Files that are started by their name beside the code that starts them: the command, and threads of servers. */
const STARTED = ["cli/main", "runtime/server/server-worker", "serve/evaluator/evaluation-worker"]

/**
 * Makes `dist`: few files of JavaScript, one for each subpath of the package and others that they share, since Node takes most of
 * a start to find and read files; and what pages need. Without declarations of types unless asked for.
 */
export const buildPackage = async (dist: string, options: { readonly types: boolean }): Promise<void> => {
  rmSync(dist, { recursive: true, force: true })
  if (options.types) writeTypes(dist)
  await bundle(dist)
  await writeBrowserFiles(dist)
}

/** Throws when a type is wrong, after the compiler of TypeScript has said what. */
const writeTypes = (dist: string): void => {
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc")
  const config = ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", dist, "--emitDeclarationOnly"]
  execFileSync(process.execPath, [compiler, ...config], { cwd: ROOT, stdio: "inherit" })
}

/** All files lie in `dist` itself, so that what one says of files beside it holds wherever its modules have come to lie. */
const bundle = async (dist: string): Promise<void> => {
  const made = await rolldown({
    input: { ...subpaths(), ...Object.fromEntries(STARTED.map((file) => [fileName(file), source(file)])) },
    platform: "node",
    external: isExternal,
    transform: { target: "es2023" },
    plugins: [places()],
    onLog: (level, log) => {
      if (level !== "debug" && level !== "info") throw new Error(log.message)
    },
  })
  await made.write({ dir: dist, format: "es", sourcemap: true, chunkFileNames: "[name]-[hash].js" })
  await made.close()
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly source: string; readonly default: string }>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))

/** The sources of the package's subpaths by the names of their files. */
const subpaths = (): Record<string, string> =>
  Object.fromEntries(
    Object.values(manifest.exports)
      .filter((entry) => typeof entry === "object")
      .map((entry) => [/^\.\/dist\/([\w-]+)\.js$/.exec(entry.default)![1], join(ROOT, entry.source)]),
  )

const source = (file: string): string => join(SRC, `${file}.ts`)

const fileName = (file: string): string => (file === "cli/main" ? "lutra" : file.split("/").at(-1)!)

/** Node's modules and the packages that are installed with this one; what neither is becomes part of the files. */
const isExternal = (id: string): boolean => {
  if (id.startsWith("node:") || id.startsWith("#")) return true
  const name = /^(?:@[^/]+\/)?[^./@][^/]*/.exec(id)?.[0] ?? ""
  return name in manifest.dependencies || name in manifest.peerDependencies
}

/** Addresses of folders above a module, which move with it: what was two folders below `dist` is in `dist` then. */
const places = (): Plugin => ({
  name: "places",
  transform(code, id) {
    if (!code.includes("import.meta.url")) return null
    const module = new URL(relative(SRC, id), "file:///package/dist/")
    const moved = code.replaceAll(/new URL\("(\.\.[^"]*)", import\.meta\.url\)/g, (_, given: string) => {
      const { pathname } = new URL(given, module)
      const path = pathname.startsWith("/package/dist/")
        ? `.${pathname.slice("/package/dist".length)}`
        : `..${pathname.slice("/package".length)}`
      return `new URL("${path}", import.meta.url)`
    })
    return { code: moved, map: null } // the lines stay where they are
  },
})

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPackage(join(ROOT, "dist"), { types: true })
}
