import {
  type Choice,
  ciphertextBytes,
  depthOfCircuit,
  keySetBytes,
  lanesOf,
  piecesOf,
} from "./backend/index.ts"

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

export const reportOf = (choice: Choice): Report => {
  const { circuit, parameters, keys, cost, budget, outputLevels } = choice
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
