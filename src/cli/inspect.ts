import { Command, Option } from "commander"
import { defaultTarget, runPasses } from "../passes/index.ts"
import { print } from "../text.ts"
import { compiledOf, loadSource, type Source } from "./load-source.ts"
import { refuse } from "./refuse.ts"

const VIEWS = {
  program: "print the program as it was traced or written",
  optimized: "print the program after all passes",
  circuit: "print the encrypted program, instruction by instruction",
  report: "print scheme, sizes, costs and estimated times (default)",
}
type View = keyof typeof VIEWS

/** `lutra inspect`: one of the forms a program goes through, or what the last one costs. */
export const inspectCommand = (): Command => {
  const command = new Command("inspect")
    .description("Shows what a program compiles to and what it costs.")
    .argument("<file>", "text (.ir, or - for standard input) or a module that exports a compiled program")
    .option("--export <name>", "which export of the module (default: the default or only one)")
  for (const [view, description] of Object.entries(VIEWS)) {
    const others = Object.keys(VIEWS).filter((other) => other !== view)
    command.addOption(new Option(`--${view}`, description).conflicts(others))
  }
  return command
    .option("--elide", "cut long literals short; such text cannot be read back")
    .option("--verbose", "show where an error comes from")
    .action(async (file: string, options: { export?: string; elide?: true } & { [V in View]?: true }) => {
      const source = await loadSource(file, options.export)
      const view = (Object.keys(VIEWS) as View[]).find((each) => options[each]) ?? "report"
      process.stdout.write(show(source, view, options.elide === true))
    })
}

const show = (source: Source, view: View, elide: boolean): string => {
  switch (view) {
    case "program":
      return print(programOf(source), { elide })
    case "optimized":
      return print(optimizedOf(source), { elide })
    case "circuit":
      return print(source.kind === "circuit" ? source.circuit : compiledOf(source).circuit, { elide })
    case "report":
      return `${compiledOf(source).report()}\n`
  }
}

const programOf = (source: Source) => {
  if (source.kind === "circuit") return refuse("a circuit does not hold the program it was compiled from")
  return source.kind === "program" ? source.program : source.compiled.program
}

/** Without choosing parameters, so that a program shows that no parameters fit. */
const optimizedOf = (source: Source) =>
  source.kind === "compiled" ? source.compiled.optimized : runPasses(programOf(source), defaultTarget)
