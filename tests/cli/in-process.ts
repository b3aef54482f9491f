import { Readable } from "node:stream"
import { vi } from "vitest"
import { runCli } from "../../src/cli/run-cli.ts"

/** What a command left behind. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in this process and in this folder, which takes a small part of the time of a new process. */
export const runInProcess = async (folder: string, args: readonly string[], stdin = ""): Promise<Ended> => {
  const written = { stdout: "", stderr: "" }
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((chunk) => {
      written[name] += String(chunk)
      return true
    }),
  )
  const input = Readable.from([Buffer.from(stdin)]) as unknown as typeof process.stdin
  const stdinSpy = vi.spyOn(process, "stdin", "get").mockReturnValue(input)
  const before = process.cwd()
  process.chdir(folder)
  try {
    return { status: await runCli(args), ...written }
  } finally {
    process.chdir(before)
    for (const spy of [...spies, stdinSpy]) spy.mockRestore()
  }
}
