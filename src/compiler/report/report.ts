import {
  type Choice,
  depthOfCircuit,
  describeTables,
  freshBytes,
  groupTables,
  keySetBytes,
  lanesOf,
  partsOf,
  piecesOf,
  printTable,
  replyBytes,
  type TableDescription,
  type TableGroup,
  type TableStrategy,
} from "../../backend/index.ts"
import type { OneHot } from "../../data/index.ts"
import { formatBytes, formatTime, type Warning, warningLines } from "../../data/index.ts"
import type { Program } from "../../ir/index.ts"
import { cutRounds } from "../../passes/index.ts"
import { assumedRanges, type Background, type Explanation, explainChoice } from "./explanation.ts"

/** What a compiled program costs, counted and estimated; `String(report)` is the same for people. */
export interface Report {
  readonly name: string
  readonly scheme: "bfv" | "bgv"
  /** Ring degree: slots per ciphertext. */
  readonly n: number
  /** Plaintext modulus, the first of several. */
  readonly t: bigint
  /** All plaintext moduli: several where one cannot tell all values apart, or where smaller ones are cheaper. */
  readonly moduli: readonly bigint[]
  /** Bits of each prime of the modulus, the special prime last. */
  readonly primes: readonly number[]
  /** Bits of security. */
  readonly security: number
  /** Elements per ring. */
  readonly ring: number
  /** Samples that one run takes. */
  readonly lanes: number
  /** Products of ciphertexts one after the other. */
  readonly depth: number
  /** How lookup tables are computed: by which strategy, and for each kind of table the form it takes. */
  readonly tables: { readonly strategy: TableStrategy; readonly kinds: readonly TableGroup[] }
  /** Inputs that clients send one-hot, in so many digits to so large a base. */
  readonly oneHot: readonly ({ readonly name: string } & OneHot)[]
  /** Estimated bits of noise budget that are left on the outputs; the estimate is on the safe side. */
  readonly noiseMargin: number
  readonly counts: Choice["cost"]["counts"] & { readonly instructions: number }
  /** Bytes of the evaluation keys on their way, but for the head of their message: 64 bytes and 4 for each part. */
  readonly keyBytes: number
  readonly keyCount: number
  /** Bytes of ciphertexts on their way in a request and in a reply, of all rounds together. */
  readonly ciphertextBytes: { readonly request: number; readonly reply: number }
  /** What each round computes; between two of them the client encrypts values again. Most programs have one. */
  readonly rounds: readonly RoundReport[]
  /** Estimated milliseconds on one thread. */
  readonly time: { readonly run: number; readonly sample: number }
  /** How many ranges hold on the user's word or on samples, and are not proved. */
  readonly assumedRanges: number
  /** What is likely a mistake, such as comparisons that reach no output. */
  readonly warnings: readonly Warning[]
  /** Why it costs that, by source line, level, table and batch. Asks the search again, which takes as long as to compile. */
  explain(): Explanation
  toString(): string
}

/** One round of a run: a request, a computation, a reply. */
export interface RoundReport extends Pick<Report, "ring" | "lanes" | "depth" | "ciphertextBytes"> {
  /** Estimated milliseconds on one thread. */
  readonly time: number
}

/** The report of a program after all passes and what was chosen for it; `background` is what explanations need. */
export const reportOf = (
  choice: Choice,
  program: Program,
  background?: Background,
  warnings: readonly Warning[] = [],
): Report => {
  const { circuit, parameters, cost, tables, budget } = choice
  const { n, t, primes, scheme, security } = parameters
  const parts = partsOf(choice)
  const all = parts.map(roundReport)
  const rounds = choice.rounds === undefined ? [joined(all)] : all
  const whole = joined(all)
  const keySets = choice.residues ?? [choice]
  const report = {
    name: circuit.name,
    scheme,
    n,
    t,
    primes,
    security,
    moduli: choice.residues?.map((residue) => residue.parameters.t) ?? [t],
    ring: circuit.layout.ring,
    lanes: whole.lanes,
    depth: whole.depth,
    tables: { strategy: tables, kinds: groupTables(tablesOf(choice, program)) },
    oneHot: circuit.inputs.flatMap(({ name, encoding }) =>
      encoding !== undefined && "digits" in encoding ? [{ name, ...encoding }] : [],
    ),
    noiseMargin: Math.floor(budget),
    counts: {
      ...cost.counts,
      instructions: parts.reduce((sum, part) => sum + part.circuit.instructions.length, 0),
    },
    keyBytes: keySets.reduce((sum, set) => sum + keySetBytes(set.keys, set.parameters), 0),
    keyCount: keySets.reduce(
      (sum, set) => sum + set.keys.rotations.length + (set.keys.relinearization ? 1 : 0),
      0,
    ),
    ciphertextBytes: whole.ciphertextBytes,
    rounds,
    time: { run: cost.time, sample: all.reduce((sum, part) => sum + part.time / part.lanes, 0) },
    assumedRanges: background === undefined ? 0 : assumedRanges(background.written).length,
    warnings,
  }
  let explanation: Explanation | undefined
  return {
    ...report,
    explain: () => {
      explanation ??= explainChoice(choice, program, background, warnings)
      return explanation
    },
    toString: () => printReport(report),
  }
}

const roundReport = ({ circuit, parameters, cost, outputLevels }: Choice): RoundReport => {
  const pieces = circuit.inputs.reduce(
    (sum, { placement }) => sum + (placement === null ? 0 : piecesOf(circuit.layout, placement.length)),
    0,
  )
  return {
    ring: circuit.layout.ring,
    lanes: lanesOf(circuit.layout),
    depth: depthOfCircuit(circuit),
    ciphertextBytes: {
      request: pieces * freshBytes(parameters),
      reply: outputLevels.reduce((sum, level) => sum + replyBytes(parameters, level), 0),
    },
    time: cost.time,
  }
}

/** Several rounds or residues as one. */
const joined = (parts: readonly RoundReport[]): RoundReport =>
  parts.reduce((a, b) => ({
    ring: a.ring,
    lanes: Math.min(a.lanes, b.lanes),
    depth: Math.max(a.depth, b.depth),
    ciphertextBytes: {
      request: a.ciphertextBytes.request + b.ciphertextBytes.request,
      reply: a.ciphertextBytes.reply + b.ciphertextBytes.reply,
    },
    time: a.time + b.time,
  }))

/** How the tables of each round are computed. */
const tablesOf = ({ rounds, tables, spread, parameters }: Choice, program: Program): TableDescription[] => {
  if (rounds === undefined) return describeTables(program, parameters.t, tables, spread)
  const inSymbols = rounds.some(({ circuit }) => circuit.inputs.some(({ masks }) => masks !== undefined))
  return cutRounds(program, inSymbols ? parameters.t : undefined).flatMap((segment, i) =>
    describeTables(segment.program, parameters.t, rounds[i]!.tables, new Set()),
  )
}

/** A report for people: a line for each figure, and its warnings. */
export const printReport = (report: Omit<Report, "toString" | "explain">): string => {
  const { counts } = report
  const primes = report.primes.map(String).join("+")
  const rows: [string, string][] = [
    ["scheme", `${report.scheme.toUpperCase()}, ${report.security}-bit security`],
    ["parameters", `n = ${report.n}, t = ${report.moduli.join(" and ")}, primes of ${primes} bits`],
    ["layout", layoutText(report)],
    ...roundLines(report.rounds).map((line, i): [string, string] => [i === 0 ? "rounds" : "", line]),
    ["depth", `${report.depth} products one after the other`],
    ...tableLines(report.tables).map((line, i): [string, string] => [i === 0 ? "tables" : "", line]),
    ...(report.oneHot.length === 0 ? [] : [oneHotRow(report.oneHot)]),
    ...(report.assumedRanges === 0 ? [] : [assumedRow(report.assumedRanges)]),
    [
      "noise margin",
      Number.isFinite(report.noiseMargin)
        ? `${report.noiseMargin} bits left, estimated`
        : "no encrypted output",
    ],
    [
      "operations",
      `${counts.products} products, ${counts.relinearizations} relinearizations, ${counts.rotations} rotations, ` +
        `${counts.plainProducts} plain and ${counts.scalarProducts} scalar products`,
    ],
    ["keys", `${report.keyCount}, ${formatBytes(report.keyBytes)}`],
    [
      "ciphertexts",
      `${formatBytes(report.ciphertextBytes.request)} up, ${formatBytes(report.ciphertextBytes.reply)} down`,
    ],
    [
      "time",
      `about ${formatTime(report.time.run)} a run, ${formatTime(report.time.sample)} a sample in a full run`,
    ],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    report.name,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...warningLines(report.warnings).map((line) => `  ${line}`),
  ].join("\n")
}

const assumedRow = (count: number): [string, string] => [
  "assumed",
  `${count} ${count === 1 ? "range that is" : "ranges that are"} not proved; explain() lists them`,
]

const layoutText = ({ ring, lanes }: Pick<Report, "ring" | "lanes">): string =>
  `rings of ${ring}, ${lanes} ${lanes === 1 ? "sample" : "samples"} a run`

/** A line for each round; none for programs of one. */
const roundLines = (rounds: readonly RoundReport[]): string[] => {
  if (rounds.length === 1) return []
  const lines = rounds
    .slice(0, MOST_KINDS)
    .map(
      (round, i) =>
        `${i + 1}: ${layoutText(round)}; ${formatBytes(round.ciphertextBytes.request)} up, ` +
        `${formatBytes(round.ciphertextBytes.reply)} down, about ${formatTime(round.time)}`,
    )
  const rest = rounds.length - lines.length
  return [
    `${rounds.length}; between them the client encrypts masked values again`,
    ...lines,
    ...(rest > 0 ? [`… ${rest} more`] : []),
  ]
}

const oneHotRow = (inputs: Report["oneHot"]): [string, string] => [
  "sent one-hot",
  inputs
    .map(
      ({ name, base, digits }) => `${name} as ${digits} ${digits === 1 ? "digit" : "digits"} to base ${base}`,
    )
    .join(", "),
]

/** How tables are computed, a line for each kind; none without tables. */
export const tableLines = ({ strategy, kinds }: Report["tables"]): string[] => {
  if (kinds.length === 0) return []
  const shown = kinds.slice(0, MOST_KINDS).map((kind) => {
    const times = kind.nodes === 1 ? "" : `${kind.nodes} times a `
    return `${times}${printTable(kind)}`
  })
  const rest = kinds.length - shown.length
  return [
    STRATEGIES[strategy],
    ...shown,
    ...(rest > 0 ? [`… ${rest} more ${rest === 1 ? "kind" : "kinds"}`] : []),
  ]
}

const MOST_KINDS = 5
const STRATEGIES: Readonly<Record<TableStrategy, string>> = {
  shallow: "plain polynomials at the least depth (shallow); for each ciphertext",
  bounded: "fewest products at the least depth (bounded); for each ciphertext",
  balanced: "fewest products at any depth (balanced); for each ciphertext",
  spread: "powers in copies of the vector, where its ring has room (spread); for each ciphertext",
}
