import { execFile, spawn } from "node:child_process"
import { cp, mkdir, mkdtemp, readdir, readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { extname, join } from "node:path"
import { promisify } from "node:util"
import { root } from "../../scripts/markdown.ts"

const run = promisify(execFile)

/** What Node and npm are told by the test's own npm is not for those of a page. */
const environment = (): NodeJS.ProcessEnv => {
  const { NODE_ENV: _, NODE_OPTIONS: __, ...rest } = process.env
  const kept = Object.entries(rest).filter(([name]) => !/^(npm_(?!config_)|VITEST)/.test(name))
  return { ...Object.fromEntries(kept), NEXT_TELEMETRY_DISABLED: "1", CI: "1" }
}

/** What is in npm's cache is not asked for again. */
export const INSTALL = ["--prefer-offline", "--no-audit", "--no-fund"] as const

/** Runs a command in a folder. Throws Error with the end of what it has said when it fails. */
export const runIn = async (cwd: string, command: string, ...args: readonly string[]): Promise<string> => {
  try {
    return (await run(command, args, { cwd, env: environment(), maxBuffer: 1e8 })).stdout
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string }
    const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-40).join("\n")
    throw new Error(`${[command, ...args].join(" ")} failed:\n${said}`, { cause: error })
  }
}

/** Builds the package as it is published; returns its archive. */
export const packLutra = async (folder: string): Promise<string> => {
  await runIn(root, "npm", "pack", "--pack-destination", folder)
  const archive = (await readdir(folder)).find((file) => file.endsWith(".tgz"))
  return join(folder, archive!)
}

/** A page's folder of `tests/bundlers`, copied, its lockfile installed, and Lutra unpacked among its packages. */
export const installPage = async (name: string, parent: string, archive: string): Promise<string> => {
  const folder = await mkdtemp(join(parent, `${name}-`))
  await cp(join(import.meta.dirname, name), folder, { recursive: true })
  await cp(join(import.meta.dirname, "score.js"), join(folder, "score.js"))
  await runIn(folder, "npm", "ci", "--ignore-scripts", ...INSTALL)
  const installed = join(folder, "node_modules/lutra")
  await mkdir(installed, { recursive: true })
  await runIn(folder, "tar", "xzf", archive, "--strip-components", "1", "-C", installed)
  return folder
}

export interface Running {
  readonly url: string
  stop(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".css": "text/css",
}

/** Serves the files of a folder, as any host of static pages does; what is not there is answered with the page itself. */
export const serveFolder = async (folder: string, port: number): Promise<Running> => {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://page")
    const name = pathname === "/" ? "/index.html" : decodeURIComponent(pathname)
    const send = (file: string, type: string): Promise<void> =>
      readFile(file).then((bytes) => void response.writeHead(200, { "content-type": type }).end(bytes))
    void send(join(folder, name), TYPES[extname(name)] ?? "application/octet-stream")
      .catch(() => send(join(folder, "index.html"), "text/html"))
      .catch(() => void response.writeHead(404).end())
  })
  await new Promise<void>((resolve) => server.listen(port, "localhost", resolve))
  return {
    url: `http://localhost:${port}/`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A port that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts a command that serves; the URL is the first that it prints. */
export const startServer = async (
  folder: string,
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Running> => {
  const child = spawn(command, args, { cwd: folder, env: { ...environment(), ...variables } })
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    let said = ""
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
      // Colours are in the middle of addresses.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are made of
      const [found] = /http:\/\/(?:localhost|127\.0\.0\.1):\d+/.exec(said.replaceAll(/\x1b\[\d+m/g, "")) ?? []
      if (found !== undefined) resolve(`${found}/`)
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    void ended.then(() => reject(new Error(`${command} ended:\n${said}`)))
  })
  return {
    url,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}
