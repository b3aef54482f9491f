import { formatBytes, formatTime, warningLines } from "../../data/index.ts"
import type { Fidelity } from "../fidelity.ts"
import type { CandidateReport, QuantizedReport } from "./quantized-model.ts"

/** By which letter an integer model goes in a report. */
export const letterOf = (i: number): string => "abcdefghijklmnopqrstuvwxyz"[i] ?? String(i)

/** The report for people. */
export const printQuantized = (report: Omit<QuantizedReport, "toString" | "toSvg">): string => {
  const { family, rows, float, candidates, limit, chosen, warnings, sides } = report
  const lines = [
    `${family} model, quantized on ${rows} ${rows === 1 ? "row" : "rows"}`,
    `  floating point  ${printFidelity(float, false)}`,
    ...candidates.flatMap((candidate, i) => [
      `  integers${candidates.length > 1 ? ` (${letterOf(i)})` : ""}${i === chosen ? ", chosen" : ""}`,
      ...linesOf(candidate).map((line) => `    ${line}`),
    ]),
    `  client, before  ${sides.before.join("; ")}`,
    `  server          ${sides.server.join("; ")}`,
    `  client, after   ${sides.after.join("; ")}`,
    ...(limit === undefined
      ? []
      : [`  most is lost by ${limit.where}: ${limit.points.toFixed(2)} points`, `    ${limit.remedy}`]),
    ...warningLines(warnings).map((line) => `  ${line}`),
  ]
  return lines.join("\n")
}

/** The loss of an integer model in words. */
export const printLoss = (loss: number): string =>
  `${loss <= 0 ? "nothing" : `${loss.toFixed(2)} points`} lost`

const linesOf = ({ fidelity, loss, noise, risk, notes, cost, refused }: CandidateReport): string[] => [
  `${printFidelity(fidelity, true)}, ${printLoss(loss)}${loss > 0 && loss <= noise ? ", as good as nothing on so few rows" : ""}`,
  ...(risk > Math.max(loss, 0) + 0.005
    ? [`on other rows it may lose ${risk.toFixed(2)} points, by estimate`]
    : []),
  ...notes,
  ...(cost === undefined
    ? []
    : [
        `about ${formatTime(cost.time)} for one row, ${formatTime(cost.time / cost.lanes)} each for ${cost.lanes}; ` +
          `keys ${formatBytes(cost.keyBytes)}`,
      ]),
  ...(refused === undefined ? [] : [`not compiled: ${refused.split("\n")[0]}`]),
]

const printFidelity = ({ accuracy, agreement, r2, worst }: Fidelity, isInteger: boolean): string =>
  [
    accuracy === undefined ? [] : `accuracy ${percent(accuracy)}`,
    agreement === undefined || !isInteger ? [] : `${percent(agreement)} of classes the same`,
    r2 === undefined ? [] : `R² ${r2.toFixed(4)}`,
    isInteger ? `scores within ${worst.toPrecision(2)}` : [],
  ]
    .flat()
    .join(", ") || "no labels given"

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
