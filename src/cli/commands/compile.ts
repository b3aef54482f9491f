import { extname } from "node:path"
import { Command } from "commander"
import { printReport, type Report } from "../../compiler/index.ts"
import type { Warning } from "../../data/index.ts"
import type { QuantizedReport } from "../../ml/index.ts"
import { checkOutputs } from "../arguments/check-outputs.ts"
import { readAmount } from "../arguments/read-amount.ts"
import { readCount } from "../arguments/read-count.ts"
import { type CompiledModel, compileModel } from "../files/compile-model.ts"
import { printExactJson } from "../files/exact-json.ts"
import { compiledOf, loadSource } from "../files/load-source.ts"
import { refuse } from "../refuse.ts"

interface CompileFlags {
  readonly output: string
  readonly client?: string
  readonly export?: string
  readonly batch?: number
  readonly calibration?: string
  readonly labels?: string
  readonly maxLoss?: number
  readonly maxSeconds?: number
  readonly svg?: string
  readonly json?: true
}

/** `lutra compile`: a program as a file that servers load, and the part of it that clients need. */
export const compileCommand = (): Command =>
  new Command("compile")
    .description("Compiles a program into a .lutra file for servers, and one for clients.")
    .argument(
      "<file>",
      "text (.ir, or - for standard input), a module that exports a compiled program, or with --calibration a trained model",
    )
    .requiredOption("-o, --output <file>", "where to write the program, for servers: it holds all constants")
    .option("--client <file>", "where to write what clients need, which holds none")
    .option("--batch <count>", "samples a run to compile a text for", readCount("--batch"))
    .option("--calibration <file>", "rows to quantize a model on, as comma-separated numbers")
    .option("--labels <column>", "name or number of the column that holds what is to be predicted")
    .option(
      "--max-loss <points>",
      "points of accuracy that a model may lose (default: 0.5)",
      readAmount("--max-loss", "points of accuracy"),
    )
    .option(
      "--max-seconds <count>",
      "how long to look for integers (default: 60)",
      readAmount("--max-seconds", "seconds"),
    )
    .option("--svg <file>", "draw what the integer models of a model lose, over the time that they take")
    .option("--export <name>", "which export of the module (default: the default or only one)")
    .option("--json", "print the reports as JSON")
    .option("--verbose", "show where an error comes from")
    .action(async (file: string, flags: CompileFlags) => {
      const { output, client, svg, calibration } = flags
      checkOutputs(
        { "--output": output, "--client": client, "--svg": svg },
        { "the file": file, "--calibration": calibration },
      )
      const { compiled, quantized } = await compileFile(file, flags)
      compiled.save(output)
      if (client !== undefined) compiled.saveClient(client)
      const report = compiled.report()
      const text = flags.json
        ? printExactJson({ output, client, quantized, report })
        : quantized !== undefined && "explain" in report
          ? printReport({ ...report, warnings: newIn(report, quantized) })
          : String(report)
      process.stdout.write(`${text}\n`)
    })

/** The warnings of a program that were not told with those of its integer model. */
const newIn = (report: Report, quantized: QuantizedReport): Warning[] => {
  const told = new Set(quantized.warnings.map(String))
  return report.warnings.filter((each) => !told.has(String(each)))
}

const compileFile = async (file: string, flags: CompileFlags): Promise<CompiledModel> => {
  const { calibration } = flags
  if (calibration !== undefined) return compileModel(file, { ...flags, calibration })
  if (extname(file) === ".onnx")
    return refuse(
      `${file} is a model, whose ranges are measured on rows\ngive --calibration rows.csv, some of the rows it was trained on`,
    )
  if (
    flags.labels !== undefined ||
    flags.maxLoss !== undefined ||
    flags.maxSeconds !== undefined ||
    flags.svg !== undefined
  )
    refuse("--labels, --max-loss, --max-seconds and --svg are for models, with --calibration")
  const source = await loadSource(file, flags.export)
  return { compiled: source.kind === "module" ? source.module : compiledOf(source, flags.batch) }
}
