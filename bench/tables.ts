import type { CompileTime } from "./compile-times.ts"
import { formatMegabytes, formatMs, formatRatio, significant, type Table } from "./format.ts"
import type { Verdict } from "./judge.ts"
import { isFailed, type Outcome } from "./measure.ts"
import { PRIMITIVES, type Primitive, type PrimitiveTimes } from "./primitives.ts"
import type { ThreadTimes } from "./threads.ts"

/** A workload's outcome; a verdict unless it failed. */
export interface Row {
  readonly outcome: Outcome
  readonly verdict: Verdict | undefined
}

/** Time against the bar. */
export const timesTable = (rows: readonly Row[]): Table => ({
  header: [
    "workload",
    "time",
    "a",
    "run",
    "estimate",
    "target",
    "ratio",
    "by hand",
    "in SEAL",
    "compile",
    "met",
  ],
  rows: rows.map(({ outcome, verdict }) => {
    if (isFailed(outcome) || verdict === undefined) return failedRow(outcome, 11)
    const { run, report, unit, compileSeconds } = outcome
    return [
      outcome.title,
      verdict.msPerUnit === undefined ? "" : formatMs(verdict.msPerUnit),
      unit,
      run === undefined ? "" : formatMs(run.ms),
      formatMs(report.time.run),
      verdict.target === undefined ? "" : formatMs(verdict.target),
      formatRatio(verdict.ratio),
      formatRatio(verdict.handWrittenRatio),
      run === undefined ? "" : `${(100 * run.sealShare).toFixed(0)} %`,
      `${compileSeconds.toFixed(2)} s`,
      verdict.misses.length === 0 ? "yes" : `no: ${verdict.misses.join(", ")}`,
    ]
  }),
})

/** What was compiled. */
export const circuitsTable = (rows: readonly Row[]): Table => ({
  header: [
    "workload",
    "scheme",
    "n",
    "primes",
    "ring",
    "lanes",
    "depth",
    "products",
    "relinearizations",
    "rotations",
    "keys",
    "raw key bytes",
  ],
  rows: rows.flatMap(({ outcome }) => {
    if (isFailed(outcome)) return []
    const { report } = outcome
    const { products, relinearizations, rotations } = report.counts
    return [
      [
        outcome.title,
        report.scheme.toUpperCase(),
        String(report.n),
        report.primes.join("+"),
        String(report.ring),
        String(report.lanes),
        String(report.depth),
        String(products),
        String(relinearizations),
        String(rotations),
        String(report.keyCount),
        formatMegabytes(outcome.rawKeyBytes),
      ],
    ]
  }),
})

/** Generated code and the same function by calls of node-seal. */
export const handWrittenTable = (rows: readonly Row[]): Table => ({
  header: ["workload", "a", "generated", "by hand", "parameters by hand", "ratio"],
  rows: rows.flatMap(({ outcome }) => {
    if (isFailed(outcome) || outcome.run === undefined) return []
    const generated = outcome.run.ms / outcome.units
    return outcome.run.handWritten.map(({ ms, units, parameters, description }) => [
      outcome.title,
      outcome.unit,
      formatMs(generated),
      formatMs(ms / units),
      parameters === "same" ? `the same: ${description}` : description,
      formatRatio((generated * units) / ms),
    ])
  }),
})

/** Milliseconds of SEAL's operations. */
export const primitivesTable = (all: readonly PrimitiveTimes[]): Table => ({
  header: [
    "ms",
    ...all.map(({ scheme, n, dataPrimes }) => `${scheme.toUpperCase()} ${n}, ${dataPrimes} primes`),
  ],
  rows:
    all.length === 0
      ? []
      : PRIMITIVES.map((name) => [
          PRIMITIVE_NAMES[name],
          ...all.map(({ ms }) => (ms[name] === null ? "" : significant(ms[name]))),
        ]),
})

const PRIMITIVE_NAMES: Readonly<Record<Primitive, string>> = {
  input: "read a fresh ciphertext",
  multiply: "multiply",
  square: "square",
  relinearize: "relinearize",
  rotate: "rotate",
  scalarProduct: "scalar product",
  vectorProduct: "plain product, NTT form",
  enterNtt: "ciphertext to NTT form",
  leaveNtt: "ciphertext from NTT form",
  add: "add",
  addScalar: "add a scalar",
  addVector: "add a vector in the clear",
  dropLevel: "drop a level",
  encode: "encode",
  vectorToNtt: "plaintext to NTT form",
  encrypt: "encrypt",
  decrypt: "decrypt",
}

/** The bar is 1.7 times as fast. */
export const threadsTable = (times: readonly ThreadTimes[]): Table => ({
  header: ["workload", "ciphertexts", "one thread", "two threads", "times as fast"],
  rows: times.map(({ title, groups, one, two }) => [
    title,
    String(groups),
    formatMs(one),
    formatMs(two),
    formatRatio(one / two),
  ]),
})

export const compileTimesTable = (times: readonly CompileTime[]): Table => ({
  header: ["program", "nodes", "seconds", "instructions"],
  rows: times.map(({ program, nodes, seconds, instructions }) => [
    program,
    String(nodes),
    seconds.toFixed(2),
    String(instructions),
  ]),
})

const failedRow = (outcome: Outcome, cells: number): string[] => {
  const reason = isFailed(outcome) ? outcome.failure.split("\n")[0]! : ""
  return [outcome.title, ...new Array<string>(cells - 2).fill(""), `no: ${reason}`]
}
