import { Command } from "commander"
import { compiledOf, loadSource } from "./load-source.ts"
import { readCount } from "./read-count.ts"

interface CompileFlags {
  readonly output: string
  readonly client?: string
  readonly export?: string
  readonly batch?: number
}

/** `lutra compile`: a program as a file that servers load, and the part of it that clients need. */
export const compileCommand = (): Command =>
  new Command("compile")
    .description("Compiles a program into a .lutra file for servers, and one for clients.")
    .argument("<file>", "text (.ir, or - for standard input) or a module that exports a compiled program")
    .requiredOption("-o, --output <file>", "where to write the program, for servers: it holds all constants")
    .option("--client <file>", "where to write what clients need, which holds none")
    .option("--batch <count>", "samples a run to compile a text for", readCount("--batch"))
    .option("--export <name>", "which export of the module (default: the default or only one)")
    .option("--verbose", "show where an error comes from")
    .action(async (file: string, flags: CompileFlags) => {
      const compiled = compiledOf(await loadSource(file, flags.export), flags.batch)
      compiled.save(flags.output)
      if (flags.client !== undefined) compiled.saveClient(flags.client)
      process.stdout.write(`${compiled.report()}\n`)
    })
