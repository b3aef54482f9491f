import { basename } from "node:path"
import type { Compiled } from "../compiled.ts"
import { readRows } from "./read-rows.ts"

export interface ModelFlags {
  readonly calibration: string
  readonly labels?: string
  readonly maxLoss?: number
  readonly batch?: number
}

/** A trained model, quantised on the rows of a file and compiled; what that loses is printed. */
export const compileModel = async (file: string, flags: ModelFlags): Promise<Compiled> => {
  const { importModel } = await import("../ml/index.ts")
  const model = await importModel(file)
  const { rows, labels } = await readRows(flags.calibration, flags.labels)
  const quantised = await model.quantize({
    calibration: rows,
    ...(labels && { labels }),
    ...(flags.maxLoss !== undefined && { maxLoss: flags.maxLoss }),
  })
  process.stdout.write(`${quantised.report()}\n\n`)
  const name = basename(file).replace(/\W.*$/, "") || "model"
  return quantised.compile({ name: /^[A-Za-z_]/.test(name) ? name : "model", batch: flags.batch ?? 1 })
}
