import { depthOfCircuit, keySetBytes, lanesOf, type ModuleChoice, replyBytes } from "../../backend/index.ts"
import { formatBytes, formatTime, type OneHot, type Warning, warningLines } from "../../data/index.ts"
import type { ModuleSpec } from "../../runtime/index.ts"

/** What a module costs, counted and estimated; `String(report)` is the same for people. */
export interface ModuleReport {
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
  /** Functions that a value may go through. */
  readonly steps: number
  /** As "inc.y -> dec.x". */
  readonly wires: readonly string[]
  /** Entry a is the estimated noise budget in bits, at least, of values that a + 1 functions have made. */
  readonly noiseMargins: readonly number[]
  readonly keyBytes: number
  readonly keyCount: number
  readonly functions: Readonly<Record<string, FunctionReport>>
  /** What is likely a mistake in the functions, such as comparisons that reach no output. */
  readonly warnings: readonly Warning[]
  toString(): string
}

export interface FunctionReport {
  /** Products of ciphertexts one after the other. */
  readonly depth: number
  readonly instructions: number
  /** Inputs that clients send one-hot, in so many digits to so large a base. */
  readonly oneHot: readonly ({ readonly name: string } & OneHot)[]
  /** Entry a is the estimated milliseconds of a run on values that have been through a functions. */
  readonly times: readonly number[]
  /** Entry a is the bytes of ciphertexts in a reply to such a run. */
  readonly replyBytes: readonly number[]
}

export const moduleReportOf = (
  spec: ModuleSpec,
  { functions, keys, walk }: ModuleChoice,
  warnings: readonly Warning[],
): ModuleReport => {
  const { scheme, n, t, primes, security } = spec.parameters
  const report = {
    name: spec.name,
    scheme,
    n,
    t,
    primes,
    security,
    ring: spec.layout.ring,
    lanes: lanesOf(spec.layout),
    steps: spec.steps,
    wires: spec.wires.map(({ from, to }) => `${from.function}.${from.output} -> ${to.function}.${to.input}`),
    noiseMargins: walk.budgets.map(Math.floor),
    keyBytes: keySetBytes(keys, spec.parameters),
    keyCount: keys.rotations.length + (keys.relinearization ? 1 : 0),
    functions: Object.fromEntries(
      functions.map(({ circuit }, f) => [
        spec.functions[f]!.name,
        {
          depth: depthOfCircuit(circuit),
          instructions: circuit.instructions.length,
          oneHot: circuit.inputs.flatMap(({ name, encoding }) =>
            encoding !== undefined && "digits" in encoding ? [{ name, ...encoding }] : [],
          ),
          times: walk.costs[f]!.map(({ time }) => time),
          replyBytes: walk.outputLevels[f]!.map((levels) =>
            levels.reduce((sum, level) => sum + replyBytes(spec.parameters, level), 0),
          ),
        },
      ]),
    ),
    warnings,
  }
  return { ...report, toString: () => describe(report) }
}

const describe = (report: Omit<ModuleReport, "toString">): string => {
  const { wires, noiseMargins, lanes } = report
  const shown = wires.slice(0, MOST_WIRES)
  if (wires.length > shown.length) shown.push(`… ${wires.length - shown.length} more`)
  const rows: [string, string][] = [
    ["scheme", `${report.scheme.toUpperCase()}, ${report.security}-bit security`],
    ["parameters", `n = ${report.n}, t = ${report.t}, primes of ${report.primes.join("+")} bits`],
    ["layout", `rings of ${report.ring}, ${lanes} ${lanes === 1 ? "sample" : "samples"} a run`],
    ["steps", `a value may go through ${report.steps} ${report.steps === 1 ? "function" : "functions"}`],
    ["wires", shown.length === 0 ? "none" : shown.join(", ")],
    [
      "noise margin",
      `${noiseMargins[0]} bits left after 1 step, ${noiseMargins.at(-1)} after ${report.steps}, estimated`,
    ],
    ["keys", `${report.keyCount}, ${formatBytes(report.keyBytes)}`],
    ...Object.entries(report.functions).map(([name, one]): [string, string] => [
      name,
      `depth ${one.depth}, ${one.instructions} instructions, about ${fromTo(one.times, formatTime)} a run, ` +
        `replies of ${fromTo(one.replyBytes, formatBytes)}` +
        (one.oneHot.length === 0 ? "" : `, ${one.oneHot.map((input) => input.name).join(", ")} one-hot`),
    ]),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    report.name,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...warningLines(report.warnings).map((line) => `  ${line}`),
  ].join("\n")
}

const MOST_WIRES = 6

/** What fresh values cost, and the oldest where that is something else. */
const fromTo = (values: readonly number[], format: (value: number) => string): string => {
  const [first, last] = [format(values[0]!), format(values.at(-1)!)]
  return first === last ? first : `${first} to ${last}`
}
