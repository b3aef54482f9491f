import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { type InputOptions, type Plugin, rolldown } from "rolldown"
import { writeBrowserFiles } from "./browser-files.ts"

const ROOT = join(import.meta.dirname, "..")
const SRC = join(ROOT, "src")

/** Files that are started by their name beside the code that starts them: the command, and threads of servers. */
const STARTED = ["cli/main", "runtime/server/threads/server-worker", "serve/evaluator/evaluation-worker"]

/** Only declarations need it, so that a build without them does not load it. */
const DTS_PLUGIN: string = "rolldown-plugin-dts"

interface DtsPlugin {
  dts(options: { readonly dtsInput: boolean }): Plugin[]
}

/**
 * Makes `dist`: few files of JavaScript, one for each subpath of the package and others that they share, since Node takes most of
 * a start to find and read files; and what pages need. Without declarations of types unless asked for.
 */
export const buildPackage = async (dist: string, options: { readonly types: boolean }): Promise<void> => {
  rmSync(dist, { recursive: true, force: true })
  if (options.types) await writeTypes(dist)
  await writeFiles(dist)
  await writeBrowserFiles(dist)
}

/**
 * Declarations of what the subpaths export and of what that is made of, so that they name no package that only our own files use.
 * Throws when a type is wrong, after the compiler of TypeScript has said what.
 */
const writeTypes = async (dist: string): Promise<void> => {
  const all = mkdtempSync(join(tmpdir(), "lutra-types-"))
  try {
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc")
    const config = ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", all, "--emitDeclarationOnly"]
    execFileSync(process.execPath, [compiler, ...config], { cwd: ROOT, stdio: "inherit" })
    const input = subpaths((source) => join(all, relative(SRC, source).replace(/\.ts$/, ".d.ts")))
    const { dts }: DtsPlugin = await import(DTS_PLUGIN)
    await bundle({ input, external: (id) => !/^[./]/.test(id), plugins: [dts({ dtsInput: true })] }, dist)
  } finally {
    rmSync(all, { recursive: true, force: true })
  }
}

/** All files lie in `dist` itself, so that what one says of files beside it holds wherever its modules have come to lie. */
const writeFiles = (dist: string): Promise<void> => {
  const started = Object.fromEntries(STARTED.map((file) => [fileName(file), join(SRC, `${file}.ts`)]))
  const input = { ...subpaths((source) => source), ...started }
  const transform = { target: "es2023" }
  return bundle({ input, platform: "node", external: isExternal, transform, plugins: [places()] }, dist)
}

const bundle = async (options: InputOptions, dist: string): Promise<void> => {
  const made = await rolldown({
    ...options,
    checks: { bundlerTimings: false }, // a slow machine is no reason to refuse
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

/** What `fileOf` says of the sources of the package's subpaths, by the names of their files. */
const subpaths = (fileOf: (source: string) => string): Record<string, string> =>
  Object.fromEntries(
    Object.values(manifest.exports)
      .filter((entry) => typeof entry === "object")
      .map((entry) => [/^\.\/dist\/([\w-]+)\.js$/.exec(entry.default)![1], fileOf(join(ROOT, entry.source))]),
  )

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
