import {
  type Choice,
  ciphertextBytes,
  depthOfCircuit,
  describeTables,
  groupTables,
  keySetBytes,
  lanesOf,
  piecesOf,
  printTable,
  type TableGroup,
  type TableStrategy,
} from "./backend/index.ts"
import type { OneHot } from "./data/index.ts"
import type { Program } from "./ir/index.ts"

/** What a compiled program costs, counted and estimated; `String(report)` is the same for people. */
export interface Report {
  readonly name: string
  readonly scheme: "bfv" | "bgv"
  /** Ring degree: slots per ciphertext. */
  readonly n: number
  /** Plaintext modulus. */
  readonly t: bigint
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
  /** Bytes of the evaluation keys as uploaded, before compression. */
  readonly keyBytes: number
  readonly keyCount: number
  /** Bytes of ciphertexts in a request and in a reply. */
  readonly ciphertextBytes: { readonly request: number; readonly reply: number }
  /** Estimated milliseconds on one thread. */
  readonly time: { readonly run: number; readonly sample: number }
  toString(): string
}

/** The report of a program after all passes and what was chosen for it. */
export const reportOf = (choice: Choice, program: Program): Report => {
  const { circuit, parameters, keys, cost, tables, spread, budget, outputLevels } = choice
  const { n, t, primes, scheme, security } = parameters
  const lanes = lanesOf(circuit.layout)
  const requests = circuit.inputs.reduce(
    (sum, { placement }) => sum + (placement === null ? 0 : piecesOf(circuit.layout, placement.length)),
    0,
  )
  const report = {
    name: circuit.name,
    scheme,
    n,
    t,
    primes,
    security,
    ring: circuit.layout.ring,
    lanes,
    depth: depthOfCircuit(circuit),
    tables: { strategy: tables, kinds: groupTables(describeTables(program, t, tables, spread)) },
    oneHot: circuit.inputs.flatMap(({ name, encoding }) => (encoding ? [{ name, ...encoding }] : [])),
    noiseMargin: Math.floor(budget),
    counts: { ...cost.counts, instructions: circuit.instructions.length },
    keyBytes: keySetBytes(keys, parameters),
    keyCount: keys.rotations.length + (keys.relinearization ? 1 : 0),
    ciphertextBytes: {
      request: (requests * ciphertextBytes(n, primes.length - 1)) / 2,
      reply: outputLevels.reduce((sum, level) => sum + ciphertextBytes(n, level), 0),
    },
    time: { run: cost.time, sample: cost.time / lanes },
  }
  return { ...report, toString: () => describe(report) }
}

const describe = (report: Omit<Report, "toString">): string => {
  const { counts } = report
  const primes = report.primes.map(String).join("+")
  const rows: [string, string][] = [
    ["scheme", `${report.scheme.toUpperCase()}, ${report.security}-bit security`],
    ["parameters", `n = ${report.n}, t = ${report.t}, primes of ${primes} bits`],
    ["layout", `rings of ${report.ring}, ${report.lanes} ${report.lanes === 1 ? "sample" : "samples"} a run`],
    ["depth", `${report.depth} products one after the other`],
    ...tableLines(report.tables).map((line, i): [string, string] => [i === 0 ? "tables" : "", line]),
    ...(report.oneHot.length === 0 ? [] : [oneHotRow(report.oneHot)]),
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
  return [report.name, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join("\n")
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

export const formatBytes = (bytes: number): string =>
  bytes < 1e3
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`

export const formatTime = (ms: number): string =>
  ms < 1
    ? `${(ms * 1000).toFixed(0)} µs`
    : ms < 1000
      ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms`
      : `${(ms / 1000).toFixed(1)} s`
