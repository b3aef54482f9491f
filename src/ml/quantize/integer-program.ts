import type { Compiled } from "../../compiler/index.ts"
import { type CompileOptions, compileProgram } from "../../compiler/index.ts"
import {
  decodeScores,
  encodeRow,
  type NestedResult,
  ProgramError,
  type Reals,
  type Warning,
} from "../../data/index.ts"
import { trace } from "../../frontend/index.ts"
import { evaluate, type Program } from "../../ir/index.ts"
import { defaultTarget, runPasses } from "../../passes/index.ts"
import type { Family, IntegerModel } from "./integer-model.ts"

/** An integer model as a program, not yet compiled. */
export class IntegerProgram {
  readonly model: IntegerModel
  readonly #name: string
  #traced: Program | undefined
  #optimized: Program | undefined

  constructor(model: IntegerModel, name = "model") {
    this.model = model
    this.#name = name
  }

  /** Traced when first asked for: of many candidates few are. */
  get #program(): Program {
    const { inputs, codec, run } = this.model
    this.#traced ??= trace(this.#name, inputs, (values) => ({ [codec.output]: run(values) })).program
    return this.#traced
  }

  /** The scores of a row, computed in clear on integers. */
  predict(row: Reals, index = 0): number[] {
    const { codec, inputs } = this.model
    const given = encodeRow(codec, inputs[codec.input]!, row, index)
    // Sparse after the passes, and so far faster.
    this.#optimized ??= runPasses(this.#program, { ...defaultTarget, maxDepth: Infinity })
    const results: Record<string, NestedResult> = evaluate(this.#optimized, { [codec.input]: given })
    return decodeScores(codec, results[codec.output]!)
  }

  /** Throws ProgramError when no parameters fit. What the family keeps keys to is given up where that is impossible. */
  compile(
    options: CompileOptions,
    { maxKeyBytes, margin }: Family,
    predictFloat: (rows: readonly Reals[]) => number[][],
    warnings: readonly Warning[],
  ): Compiled {
    const program = { ...this.#program, name: options.name ?? this.#program.name }
    const traced = { program, returns: "record", rows: this.model.codec, predictFloat, warnings } as const
    const wishes = { ...(margin !== undefined && { margin }), ...options }
    if (options.maxKeyBytes !== undefined || maxKeyBytes === undefined) return compileProgram(traced, wishes)
    try {
      return compileProgram(traced, { ...wishes, maxKeyBytes })
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error
      return compileProgram(traced, wishes)
    }
  }
}
