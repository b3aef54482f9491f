import type { Node } from "../../ir/index.ts"
import type { Circuit } from "../circuit/circuit.ts"
import type { KeySet, Parameters, Security } from "../circuit/parameters.ts"
import type { CircuitCost, Costs } from "../cost/cost.ts"
import type { RefreshedNames } from "../lower/lower.ts"
import type { TableStrategy } from "../tables/table-schedule.ts"
import type { LoweredCircuits } from "./lowered-circuits.ts"

export interface ChoiceOptions {
  /** Samples per run to optimise for. */
  readonly batch: number
  readonly security: Security
  /** Bits of noise budget that the estimate must leave on every output. */
  readonly margin: number
  /** Most bytes of evaluation keys on their way. */
  readonly maxKeyBytes: number
  /** Milliseconds that all runs of the batch may take at most by the estimate; slower ones are not looked for. */
  readonly limit?: number
  /** Considers only this ring size; for tests and comparisons. */
  readonly ring?: number
  /** Considers only this scheme; for tests and comparisons. */
  readonly scheme?: Parameters["scheme"]
  /** Considers only this ring degree; for tests and comparisons. */
  readonly n?: number
  /** Considers only this way to compute tables; for tests and comparisons. */
  readonly tables?: TableStrategy
  /** Takes this plaintext modulus for each ring degree, in place of the smallest that tells all values apart. */
  readonly modulus?: (n: number) => bigint
  /** Considers only chains of so many primes. */
  readonly primes?: number
  /** Circuits of the same program, lowered for other moduli. */
  readonly lowered?: LoweredCircuits
  /** Inputs and outputs that are values between two rounds. */
  readonly refreshed?: RefreshedNames
  /** Times measured on the machine that is optimised for, in place of the shipped ones. */
  readonly costs?: Costs
}

/** A program with everything decided. */
export interface Choice {
  readonly circuit: Circuit
  readonly parameters: Parameters
  readonly keys: KeySet
  readonly cost: CircuitCost
  /** Milliseconds that a run takes besides: encrypting, sending, receiving and decrypting, on a nominal line. */
  readonly messages: number
  /** How the tables are computed; without tables it says nothing. */
  readonly tables: TableStrategy
  /** The tables that are computed by powers in the copies of their operand. */
  readonly spread: ReadonlySet<Node>
  /** The estimated noise budget of the outputs in bits; Infinity when none is encrypted. */
  readonly budget: number
  /** The data primes left of each output piece. */
  readonly outputLevels: readonly number[]
  /**
   * What each of several rounds runs, all with the same parameters. The choice itself is then that of the first round, but for
   * the keys of all, the cost of all together, and the least budget.
   */
  readonly rounds?: readonly Choice[]
  /**
   * What is run for each of several coprime moduli, in the same layout. The choice itself is then that of the first modulus, but
   * for the cost of all together, and the least budget.
   */
  readonly residues?: readonly Choice[]
}

/** Why nothing was chosen: the best that was tried, for the message. */
export interface NoChoice {
  readonly reason: "noise" | "keys" | "time"
  /** The largest estimated budget over all candidates, the fewest key bytes, or the limit of time. */
  readonly best: number
}
