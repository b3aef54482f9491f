import { writeFile } from "node:fs/promises"
import { Command, Option } from "commander"
import type { Compiled, Module } from "../../compiler/index.ts"
import { compileProgram, tableLines } from "../../compiler/index.ts"
import { programWarnings } from "../../ir/index.ts"
import { type Circuit, type Program, print, toSvg } from "../../ir.ts"
import { defaultTarget, encodeInputs, type Pass, runPasses } from "../../passes/index.ts"
import { checkOutputs, refuseOutput } from "../arguments/check-outputs.ts"
import { dumpInto } from "../files/dump.ts"
import { printExactJson } from "../files/exact-json.ts"
import { compiledOf, loadSource, type Source } from "../files/load-source.ts"
import { refuse } from "../refuse.ts"
import { tellWarnings } from "../tell-warnings.ts"

const VIEWS = {
  program: "print the program as it was traced or written",
  optimized: "print the program after all passes",
  circuit: "print the encrypted program, instruction by instruction",
  report: "print scheme, sizes, costs and estimated times (default)",
  explain: "print the report, and where the time goes and what would change it",
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
    .addOption(
      new Option(
        "--svg <file>",
        "draw the program, or with --optimized that one, into an .svg file (- for standard output)",
      ).conflicts(["circuit", "report", "explain"]),
    )
    .option("--dump <folder>", "write the program before and after each pass into numbered .ir files")
    .addOption(
      new Option("--json", "print the report, or with --explain both, as JSON").conflicts([
        "program",
        "optimized",
        "circuit",
        "svg",
        "elide",
      ]),
    )
    .option("--elide", "cut long literals short; such text cannot be read back")
    .option("--verbose", "show where an error comes from")
    .action(async (file: string, options: Options) => {
      checkOutputs({ "--svg": options.svg }, { "the file": file })
      const loaded = await loadSource(file, options.export)
      const source = options.dump === undefined ? loaded : dumped(loaded, options.dump)
      if (options.svg !== undefined) {
        tellWarnings(warningsOf(source))
        return writeSvg(options.svg, options.optimized === true ? optimizedOf(source) : programOf(source))
      }
      const view = (Object.keys(VIEWS) as View[]).find((each) => options[each]) ?? "report"
      if (options.json) return showJson(source, view === "explain")
      process.stdout.write(show(source, view, options.elide === true))
      if (view !== "report" && view !== "explain") tellWarnings(warningsOf(source))
    })
}

type Options = { export?: string; elide?: true; json?: true; svg?: string; dump?: string } & {
  [V in View]?: true
}

const writeSvg = async (file: string, program: Program): Promise<void> => {
  const svg = await toSvg(program)
  if (file === "-") process.stdout.write(svg)
  else await writeFile(file, svg).catch((error) => refuseOutput(file, error))
}

const show = (source: Source, view: View, elide: boolean): string => {
  if (source.kind === "module") return showModule(source.module, view, elide)
  switch (view) {
    case "program":
      return print(programOf(source), { elide })
    case "optimized":
      return print(optimizedOf(source), { elide })
    case "circuit":
      return source.kind === "circuit"
        ? print(source.circuit, { elide })
        : withTables(compiledOf(source), elide)
    case "report":
      return `${compiledOf(source).report()}\n`
    case "explain": {
      const report = compiledOf(source).report()
      return `${report}\n\n${report.explain()}\n`
    }
  }
}

const UNEXPLAINED = "--explain is for programs; the report of a module tells what each function costs"

/** All functions of a module, one after the other. */
const showModule = (module: Module, view: View, elide: boolean): string => {
  const texts = (forms: Iterable<Program | Circuit>): string =>
    Array.from(forms, (form) => print(form as Program, { elide })).join("\n")
  switch (view) {
    case "program":
      return texts(module.traced.values())
    case "optimized":
      return texts(module.programs.values())
    case "circuit":
      return texts(
        module.plan.flatMap(({ functions }) => Object.values(functions).flat()).map(({ circuit }) => circuit),
      )
    case "report":
      return `${module.report()}\n`
    case "explain":
      return refuse(UNEXPLAINED)
  }
}

const showJson = (source: Source, isExplained: boolean): void => {
  if (source.kind === "module" && isExplained) refuse(UNEXPLAINED)
  const report = source.kind === "module" ? source.module.report() : compiledOf(source).report()
  const data = isExplained && "explain" in report ? { report, explanation: report.explain() } : { report }
  process.stdout.write(`${printExactJson(data)}\n`)
}

/** The source compiled, with what each pass made of it in a folder. */
const dumped = (source: Source, folder: string): Source => {
  const program = programOf(source)
  const dump = dumpInto(folder)
  dump("input", program)
  const onPass = ({ name }: Pass, programAfter: Program): void => dump(name, programAfter)
  if (source.kind === "program") {
    return { kind: "compiled", compiled: compileProgram({ program, returns: "record" }, { onPass }) }
  }
  const optimized = runPasses(program, defaultTarget, onPass)
  const { compiled } = source as Source & { kind: "compiled" }
  // By choice, so that only the module knows whether it was run.
  if (print(compiled.optimized) !== print(optimized)) dump(encodeInputs.name, compiled.optimized)
  return source
}

const programOf = (source: Source) => {
  if (source.kind === "circuit") return refuse("a circuit does not hold the program it was compiled from")
  return source.kind === "program" ? source.program : compiledOf(source).program
}

/** The circuit below comments on how its tables are computed, which the text of a circuit cannot hold otherwise. */
const withTables = (compiled: Compiled, elide: boolean): string => {
  const [how, ...kinds] = tableLines(compiled.report().tables)
  const comments = how === undefined ? [] : [`tables ${how}`, ...kinds.map((kind) => `  ${kind}`)]
  return [...comments.map((line) => `// ${line}`), print(compiled.circuit, { elide })].join("\n")
}

/** What is likely a mistake in it, found without compiling. */
const warningsOf = (source: Source): Parameters<typeof tellWarnings>[0] => {
  if (source.kind === "compiled") return source.compiled
  if (source.kind === "module") return source.module
  return source.kind === "program" ? { warnings: programWarnings(source.program) } : {}
}

/** Without choosing parameters, so that a program shows that no parameters fit. */
const optimizedOf = (source: Source) =>
  source.kind === "compiled" ? source.compiled.optimized : runPasses(programOf(source), defaultTarget)
