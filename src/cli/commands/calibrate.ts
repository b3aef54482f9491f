import { Command } from "commander"
import { COST_MODELS, type CostModel, type Costs } from "../../backend/index.ts"
import { calibrate } from "../../runtime/index.ts"
import { withProgress } from "../with-progress.ts"

/** `lutra calibrate`: what SEAL's operations take on this machine. */
export const calibrateCommand = (): Command =>
  new Command("calibrate")
    .description(
      "Measures SEAL's operations on this machine and keeps the result in the user's cache folder.",
    )
    .option("--force", "measure anew even if this machine was measured before")
    .option("--json", "print the measured and the shipped costs as JSON, in milliseconds")
    .option("--verbose", "show where an error comes from")
    .addHelpText("after", USE)
    .action(async ({ force = false, json = false }: { force?: boolean; json?: boolean }) => {
      const costs = await withProgress("loading SEAL", (onProgress) => calibrate({ force, onProgress }))
      const text = json ? `${JSON.stringify({ costs, shipped: COST_MODELS })}\n` : showCosts(costs)
      process.stdout.write(text)
    })

const USE = `
The figures are nanoseconds per slot and prime, and how they compare with those that Lutra ships.
Programs are compiled for the shipped ones unless they are given others:
  compile(inputs, fn, { costs: await calibrate() })
A client and a server that both compile must be given the same.`

/** The constants of both schemes beside the shipped ones, in nanoseconds. */
export const showCosts = (costs: Costs): string => {
  const names = Object.keys(COST_MODELS.bfv) as (keyof CostModel)[]
  const schemes = Object.keys(COST_MODELS) as (keyof Costs)[]
  const header = ["ns", ...schemes.flatMap((scheme) => [scheme.toUpperCase(), "shipped", "ratio"])]
  const rows = names.map((name) => [
    name,
    ...schemes.flatMap((scheme) => {
      const [measured, shipped] = [costs[scheme][name], COST_MODELS[scheme][name]]
      return shipped === 0
        ? ["", "", ""]
        : [inNs(measured), inNs(shipped), `${(measured / shipped).toFixed(2)}x`]
    }),
  ])
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => row[i]!.length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd()
  return `${[header, ...rows].map(line).join("\n")}\n`
}

/** Three significant digits; times are milliseconds. */
const inNs = (ms: number): string => String(Number((ms * 1e6).toPrecision(3)))
