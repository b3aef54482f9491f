import {
  type Choice,
  COST_MODELS,
  type Costs,
  chooseParameters,
  isCosts,
  type NoChoice,
  type Security,
} from "./backend/index.ts"
import { chooseEncoding } from "./choose-encoding.ts"
import { Compiled } from "./compiled.ts"
import { ProgramError } from "./data/index.ts"
import {
  measureRanges,
  type Outputs,
  type Inputs as Specifications,
  type Traced,
  trace,
} from "./frontend/index.ts"
import type { Program } from "./ir/index.ts"
import { defaultTarget, encodeInputs, explainDepth, type Pass, runPasses } from "./passes/index.ts"
import { formatBytes } from "./report.ts"

export interface CompileOptions {
  /** The program's name; "main" by default. */
  readonly name?: string
  /** Samples per run to optimise for; 1 by default. Every compiled program takes as many as it has lanes. */
  readonly batch?: number
  /** Sample inputs: values are then believed to stay in the ranges measured on them, as `assume` nodes say. */
  readonly samples?: readonly Record<string, unknown>[]
  /** Bits of noise budget that must be left by the estimate; 10 by default. */
  readonly margin?: number
  /** Most bytes of evaluation keys, before compression. */
  readonly maxKeyBytes?: number
  /** Called after each pass with the program it made. */
  readonly onPass?: (pass: Pass, programAfter: Program) => void
  /** Bits of security; 128 by default. */
  readonly security?: Security
  /** Whether inputs of tables may be sent one-hot, which is done where it is cheaper; true by default. */
  readonly encodeInputs?: boolean
  /**
   * What SEAL's operations take on the machine that is optimised for, as `calibrate` measures it; shipped constants unless
   * given. Nothing measured is ever used without being given: other costs may choose other parameters and so make another
   * program, and a client and a server that both compile must be given the same ones.
   */
  readonly costs?: Costs
}

/**
 * Compiles an ordinary function on tensors for encrypted data.
 * Throws ProgramError, with a listing and what to change, when the function cannot be traced or no parameters fit it.
 */
export const compile = <I extends Specifications>(
  inputs: I,
  fn: (inputs: Traced<I>) => Outputs,
  options: CompileOptions = {},
): Compiled => {
  checkOptions(options)
  const traced = trace(options.name ?? "main", inputs, fn, options.samples)
  return compileProgram(traced, options)
}

/** `compile` for a program that is traced or parsed already. */
export const compileProgram = (
  traced: { readonly program: Program; readonly returns: "single" | "array" | "record" },
  options: CompileOptions = {},
): Compiled => {
  const { samples, onPass, batch = 1, margin = 10, maxKeyBytes = Infinity, security = 128 } = options
  const measured = samples === undefined ? traced.program : measureRanges(traced.program, samples)
  const optimized = runPasses(measured, defaultTarget, onPass)
  const { costs = COST_MODELS } = options
  const wishes = { batch, margin, maxKeyBytes, security, costs }
  const { program, choice } =
    options.encodeInputs === false
      ? { program: optimized, choice: chooseParameters(optimized, wishes) }
      : chooseEncoding(optimized, wishes)
  if ("reason" in choice) throw refusal(optimized, choice, options)
  if (program !== optimized) onPass?.(encodeInputs, program)
  return new Compiled(traced, program, choice)
}

const refusal = (program: Program, { reason, best }: NoChoice, options: CompileOptions): ProgramError => {
  if (reason === "keys") {
    return new ProgramError(
      `the evaluation keys take ${formatBytes(best)}, more than the ${formatBytes(options.maxKeyBytes ?? 0)} of maxKeyBytes\n` +
        "allow more, or compile for a batch: without rotations one key is enough",
    )
  }
  const missing = Math.ceil((options.margin ?? 10) - best)
  const lead = Number.isFinite(missing)
    ? `no parameters have enough noise budget for this program: ${missing} bits are missing at n = 32768`
    : "no parameters of the asked security have room for this program"
  return new ProgramError(`${lead}\n${explainDepth(program)}`)
}

const checkOptions = ({ batch = 1, margin = 10, security = 128, costs }: CompileOptions): void => {
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new ProgramError(`batch is ${batch}; it counts samples, from 1`)
  if (!(margin >= 1))
    throw new ProgramError(`margin is ${margin}; at least 1 bit of noise budget must be kept`)
  if (![128, 192, 256].includes(security))
    throw new ProgramError(`security is ${security}; 128, 192 and 256 bits are offered`)
  if (costs !== undefined && !isCosts(costs))
    throw new ProgramError(
      "costs lacks a constant, or one is no time in milliseconds\ngive it what calibrate() returns, or leave it out",
    )
}

export type { Choice }
