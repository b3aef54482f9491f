import { writeFile } from "node:fs/promises"
import { basename } from "node:path"
import type { Compiled, Module } from "../../compiler/index.ts"
import type { QuantizedReport } from "../../ml/index.ts"
import { refuseOutput } from "../arguments/check-outputs.ts"
import { withProgress } from "../with-progress.ts"
import { readRows } from "./read-rows.ts"

export interface ModelFlags {
  readonly calibration: string
  readonly labels?: string
  readonly maxLoss?: number
  readonly maxSeconds?: number
  readonly batch?: number
  /** Where to draw what the integer models lose and take. */
  readonly svg?: string
  readonly json?: true
}

/** A program or module, and of a model how its integers compare with it. */
export interface CompiledModel {
  readonly compiled: Compiled | Module
  readonly quantized?: QuantizedReport
}

/** A trained model, quantized on the rows of a file and compiled; what that loses is printed, unless JSON is wanted. */
export const compileModel = async (file: string, flags: ModelFlags): Promise<CompiledModel> => {
  const { rows, labels } = await readRows(flags.calibration, flags.labels)
  const { importModel } = await import("../../ml/index.ts")
  const model = await importModel(file)
  const quantized = await withProgress("quantize", (tell) =>
    model.quantize({
      calibration: rows,
      onProgress: ({ step, steps, doing }) => tell(step, steps, `quantize: ${doing}`),
      ...(labels && { labels }),
      ...(flags.maxLoss !== undefined && { maxLoss: flags.maxLoss }),
      ...(flags.maxSeconds !== undefined && { maxSeconds: flags.maxSeconds }),
    }),
  )
  const report = quantized.report()
  if (!flags.json) process.stdout.write(`${report}\n\n`)
  if (flags.svg !== undefined) await writeSvg(flags.svg, report.toSvg())
  const name = basename(file).replace(/\W.*$/, "") || "model"
  const compiled = quantized.compile({
    name: /^[A-Za-z_]/.test(name) ? name : "model",
    batch: flags.batch ?? 1,
  })
  return { compiled, quantized: report }
}

const writeSvg = (file: string, svg: string): Promise<void> =>
  writeFile(file, svg).catch((error) => refuseOutput(file, error))
