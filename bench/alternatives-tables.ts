import { MOST_CHOICE_RATIO } from "./bar.ts"
import { formatMs, formatRatio, type Table } from "./format.ts"
import type { Alternatives } from "./measure-alternatives.ts"

/** Every alternative that was run. */
export const alternativesTable = (all: readonly Alternatives[]): Table => ({
  header: [
    "workload",
    "scheme",
    "n",
    "ring",
    "primes",
    "tables",
    "runs",
    "estimate",
    "measured",
    "by choice",
    "",
  ],
  rows: all.flatMap(({ title, measured }) => {
    const choice = measured.find(({ isChosen }) => isChosen)?.ms
    return measured.map(({ scheme, n, ring, primes, tables, runs, estimate, ms, isChosen, failure }) => [
      title,
      scheme.toUpperCase(),
      String(n),
      String(ring),
      primes.join("+"),
      tables ?? "",
      String(runs),
      formatMs(estimate),
      ms === undefined ? "" : formatMs(ms),
      formatRatio(ms && choice && ms / choice),
      isChosen ? "chosen" : (failure?.split("\n")[0] ?? ""),
    ])
  }),
})

/** How near the choice is to the best. */
export const choicesTable = (all: readonly Alternatives[]): Table => ({
  header: ["workload", "alternatives", "run", "choice", "best", "choice by best", "met"],
  rows: all.map(({ title, near, measured, ratio, failure }) => {
    const choice = measured.find(({ isChosen }) => isChosen)?.ms
    return [
      title,
      String(near),
      String(measured.length),
      choice === undefined ? "" : formatMs(choice),
      choice === undefined || ratio === undefined ? "" : formatMs(choice / ratio),
      formatRatio(ratio),
      verdict(measured, ratio, failure),
    ]
  }),
})

const verdict = (
  measured: Alternatives["measured"],
  ratio: number | undefined,
  failure: string | undefined,
): string => {
  if (ratio === undefined) return `no: ${(failure ?? "the choice failed").split("\n")[0]}`
  const failed = measured.filter(({ failure }) => failure !== undefined).length
  if (failed > 0) return `no: ${failed} failed`
  return ratio <= MOST_CHOICE_RATIO ? "yes" : `no: more than ${MOST_CHOICE_RATIO}x`
}
