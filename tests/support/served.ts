import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** `lutra serve` in a process of its own. */
export interface Served {
  readonly url: string
  readonly process: ChildProcess
  /** All that it has written so far, to stdout and to stderr. */
  output(): string
  /** Asks it to stop; returns its exit status. */
  stop(): Promise<number | null>
}

/** Starts `lutra serve` with these arguments on a free port. Throws with what it says when it does not start. */
export const serveIn = async (folder: string, args: readonly string[]): Promise<Served> => {
  const main = join(root, "src/cli/main.ts")
  const child = spawn(process.execPath, ["-C", "source", main, "serve", "--port", "0", ...args], {
    cwd: folder,
  })
  let output = ""
  const url = new Promise<string>((resolve, reject) => {
    const hear = (text: Buffer): void => {
      output += text.toString()
      const found = /^serving on (\S+)$|"msg":"serving","url":"([^"]+)"/m.exec(output)
      if (found !== null) resolve((found[1] ?? found[2])!)
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.once("close", () => reject(new Error(`lutra serve has ended:\n${output}`)))
  })
  const ended = once(child, "close") as Promise<[number | null]>
  return {
    url: await url,
    process: child,
    output: () => output,
    async stop() {
      child.kill("SIGTERM")
      const [status] = await ended
      return status
    },
  }
}
