import { readFileSync } from "node:fs"
import { inspect } from "node:util"
import { Command, CommanderError } from "commander"
import { describeMisuse } from "./arguments/describe-misuse.ts"
import { strictCommand } from "./arguments/strict-command.ts"
import { benchCommand } from "./commands/bench.ts"
import { calibrateCommand } from "./commands/calibrate.ts"
import { compileCommand } from "./commands/compile.ts"
import { initCommand } from "./commands/init.ts"
import { inspectCommand } from "./commands/inspect.ts"
import { optCommand } from "./commands/opt.ts"
import { runCommand } from "./commands/run.ts"
import { serveCommand } from "./commands/serve.ts"
import { twoMachineCommands } from "./commands/two-machines.ts"
import { workerCommand } from "./commands/worker.ts"
import { isExpected } from "./refuse.ts"

/**
 * Runs `lutra` with these arguments and returns its exit status: 0, 2 when what the user gave is at fault, 1 when Lutra is.
 * Results go to stdout, all else to stderr.
 */
export const runCli = async (args: readonly string[]): Promise<number> => {
  const isVerbose = args.includes("--verbose")
  process.removeAllListeners("warning") // Node's own would stand before the one line of an error
  process.on("warning", (warning) => {
    if (isVerbose) process.stderr.write(`${warning.name}: ${warning.message}\n`)
  })
  process.stdout.off("error", ignoreEnd).on("error", ignoreEnd)
  try {
    await lutra().parseAsync(args, { from: "user" })
    return 0
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    process.stderr.write(`lutra: ${describe(error, args)}\n`)
    if (isVerbose) process.stderr.write(`${inspect(error)}\n`)
    return isExpected(error) ? 2 : 1
  }
}

/** A reader such as `head` has seen enough. */
const ignoreEnd = (error: NodeJS.ErrnoException): void => {
  if (error.code !== "EPIPE") throw error
}

const lutra = (): Command => {
  const program = new Command("lutra")
    .description("Compiles functions on integer tensors into programs that run on encrypted data.")
    .version(packageVersion())
  for (const command of [
    initCommand(),
    compileCommand(),
    optCommand(),
    inspectCommand(),
    runCommand(),
    benchCommand(),
    calibrateCommand(),
    ...twoMachineCommands(),
    serveCommand(),
    workerCommand(),
  ]) {
    program.addCommand(strictCommand(command))
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => {} })
  }
  return program
}

const packageVersion = (): string =>
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version

const describe = (error: unknown, args: readonly string[]): string => {
  if (!isExpected(error)) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return `${what}\nthis is a fault in Lutra; --verbose shows where`
  }
  if (!(error instanceof CommanderError)) return error.message
  return error.code.startsWith("commander.") ? describeMisuse(error, args, lutra()) : error.message
}
