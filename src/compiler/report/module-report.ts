import { depthOfCircuit, keySetBytes, lanesOf, type ModuleChoice, replyBytes } from "../../backend/index.ts"
import { formatBytes, formatTime, type OneHot, type Warning, warningLines } from "../../data/index.ts"
import type { ModuleSpec } from "../../runtime/index.ts"
import { residuesOf } from "../module-spec-of.ts"

/** What a module costs, counted and estimated; `String(report)` is the same for people. */
export interface ModuleReport {
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
  /** Products of ciphertexts one after the other; of several rounds in the deepest. */
  readonly depth: number
  /** Requests and replies that a call takes; between two of them the client encrypts values again. */
  readonly rounds: number
  readonly instructions: number
  /** Inputs that clients send one-hot, in so many digits to so large a base. */
  readonly oneHot: readonly ({ readonly name: string } & OneHot)[]
  /** Entry a is the estimated milliseconds of a run on values that have been through a functions. */
  readonly times: readonly number[]
  /** Entry a is the bytes of ciphertexts in the replies to such a run, of all rounds together. */
  readonly replyBytes: readonly number[]
}

export const moduleReportOf = (
  spec: ModuleSpec,
  choice: ModuleChoice,
  warnings: readonly Warning[],
): ModuleReport => {
  const { scheme, n, t, primes, security } = spec.parameters
  const residues = residuesOf(choice)
  const report = {
    name: spec.name,
    scheme,
    n,
    t,
    moduli: residues.map(({ parameters }) => parameters.t),
    primes,
    security,
    ring: spec.layout.ring,
    lanes: lanesOf(spec.layout),
    steps: spec.steps,
    wires: spec.wires.map(({ from, to }) => `${from.function}.${from.output} -> ${to.function}.${to.input}`),
    noiseMargins: choice.walk.budgets.map(Math.floor),
    keyBytes: residues.reduce((sum, { keys, parameters }) => sum + keySetBytes(keys, parameters), 0),
    keyCount: residues.reduce(
      (sum, { keys }) => sum + keys.rotations.length + (keys.relinearization ? 1 : 0),
      0,
    ),
    functions: Object.fromEntries(spec.functions.map(({ name }, f) => [name, functionReport(residues, f)])),
    warnings,
  }
  return { ...report, toString: () => describe(report) }
}

const functionReport = (residues: readonly ModuleChoice[], f: number): FunctionReport => {
  const all = residues.flatMap(({ functions, parameters }) =>
    functions[f]!.map((part, round) => ({ ...part, parameters, round })),
  )
  const [first] = residues[0]!.functions[f]!
  /** The sum over rounds and moduli, for each age of the oldest operand: later rounds take what is fresh. */
  const byAge = (of: (part: (typeof all)[number], age: number) => number): number[] =>
    first!.costs.map((_, age) => all.reduce((sum, part) => sum + of(part, part.round === 0 ? age : 0), 0))
  return {
    depth: Math.max(...all.map(({ circuit }) => depthOfCircuit(circuit))),
    rounds: residues[0]!.functions[f]!.length,
    instructions: all.reduce((sum, { circuit }) => sum + circuit.instructions.length, 0),
    oneHot: first!.circuit.inputs.flatMap(({ name, encoding }) =>
      encoding !== undefined && "digits" in encoding ? [{ name, ...encoding }] : [],
    ),
    times: byAge(({ costs }, age) => costs[age]!.time),
    replyBytes: byAge(({ outputLevels, parameters }, age) =>
      outputLevels[age]!.reduce((sum, level) => sum + replyBytes(parameters, level), 0),
    ),
  }
}

const describe = (report: Omit<ModuleReport, "toString">): string => {
  const { wires, noiseMargins, lanes } = report
  const shown = wires.slice(0, MOST_WIRES)
  if (wires.length > shown.length) shown.push(`… ${wires.length - shown.length} more`)
  const rows: [string, string][] = [
    ["scheme", `${report.scheme.toUpperCase()}, ${report.security}-bit security`],
    [
      "parameters",
      `n = ${report.n}, t = ${report.moduli.join(" and ")}, primes of ${report.primes.join("+")} bits`,
    ],
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
      `depth ${one.depth}, ${one.rounds === 1 ? "" : `${one.rounds} rounds, `}${one.instructions} instructions, about ${fromTo(one.times, formatTime)} a run, ` +
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
