import type { Compiled } from "../../compiler/index.ts"
import { type CompileOptions, checkCompileOptions, NoRoom } from "../../compiler/index.ts"
import { checkArity, ProgramError, type Reals, type Warning } from "../../data/index.ts"
import { fail } from "../fail.ts"
import type { Fidelity } from "../fidelity.ts"
import type { FloatModel } from "../float-model.ts"
import { describeSteps } from "../sides/describe-steps.ts"
import { drawQuantized } from "./draw-quantized.ts"
import type { Family, IntegerModel, Limit } from "./integer-model.ts"
import type { IntegerProgram } from "./integer-program.ts"
import { printQuantized } from "./print-quantized.ts"

/** One of the integer models that were tried. */
export interface Candidate {
  readonly program: IntegerProgram
  /** On calibration rows, of networks on rows that were held back while they were fitted. */
  readonly fidelity: Fidelity
  /** Points lost on them against the floating point model, by labels where they were given. */
  readonly loss: number
  /** How many points lost the rows do not tell from none. */
  readonly noise: number
  /** Points that may be lost on other rows: an estimate on the safe side, whatever labels say. */
  readonly risk: number
  /** On how many rows it was measured. */
  readonly rows: number
  /** Whether it is good enough to be compiled. */
  readonly accepted: boolean
}

/** How the integer models compare with the floating point model, and what they cost for one row. */
export interface QuantizedReport {
  readonly family: Family["name"]
  /** How many rows all of this was measured on. */
  readonly rows: number
  readonly maxLoss: number
  /** The floating point model's own accuracy. */
  readonly float: Fidelity
  readonly candidates: readonly CandidateReport[]
  /** Who computes what, of the integer model that is chosen, or else of the first. */
  readonly sides: Sides
  /** What is to be known before it is used; programs made of it have the same. */
  readonly warnings: readonly Warning[]
  /** What costs the best of them most, where none keeps the accuracy. */
  readonly limit: Limit | undefined
  /** Which of them is compiled for one row; undefined when none can be. */
  readonly chosen: number | undefined
  toString(): string
  /** A picture of points lost over time: of all integer models that have a cost. */
  toSvg(): string
}

export interface CandidateReport {
  readonly fidelity: Fidelity
  readonly loss: number
  readonly noise: number
  readonly risk: number
  readonly notes: readonly string[]
  /** Estimated for one row; undefined when no parameters fit it. */
  readonly cost: Cost | undefined
  /** Why it is not compiled: it loses too much, or no parameters fit. */
  readonly refused?: string
}

/** Who computes what, a few words for each part. */
export interface Sides {
  /** By the client, of a row, before it encrypts. */
  readonly before: readonly string[]
  /** By the server, on encrypted numbers. */
  readonly server: readonly string[]
  /** By the client, after it decrypted. */
  readonly after: readonly string[]
}

export interface Cost {
  /** Milliseconds of one run. */
  readonly time: number
  /** Rows that one run takes. */
  readonly lanes: number
  /** Bytes of evaluation keys, before compression. */
  readonly keyBytes: number
}

/** What `quantize` found. */
interface Found {
  readonly family: Family
  readonly float: Fidelity
  readonly candidates: readonly Candidate[]
  readonly maxLoss: number
  readonly rows: number
  readonly warnings: readonly Warning[]
}

/** The integer twin of a trained model, which can be compiled for encrypted rows. */
export class QuantizedModel {
  readonly model: FloatModel
  readonly #found: Found
  #report: QuantizedReport | undefined

  constructor(model: FloatModel, found: Found) {
    this.model = model
    this.#found = found
  }

  /** The integer models that were tried. */
  get candidates(): readonly Candidate[] {
    return this.#found.candidates
  }

  /** What was lost and what it costs; `String()` of it shows that. Compiles for one row when first asked for. */
  report(...surplus: []): QuantizedReport {
    checkArity("report", surplus, 0)
    this.#report ??= this.#compare()
    return this.#report
  }

  /**
   * A program of `predict`, `predictClear` and `predictFloat`. Takes the options of `compile`; of several integer models that
   * keep the accuracy the one that costs least for `batch` rows is taken. Throws ProgramError when none keeps it, or when no
   * parameters fit.
   */
  compile(options: CompileOptions = {}, ...surplus: []): Compiled {
    checkArity("compile", [options, ...surplus], 1)
    checkCompileOptions(options)
    const { candidates, family } = this.#found
    const able = candidates.filter(({ accepted }) => accepted)
    const { best, errors } = this.#cheapest(able, options)
    if (best !== undefined) return best.compiled
    if (errors.size === 0) return fail("accuracy", this.#refusal())
    const cause = errors.values().next().value!
    if (family.shallower === undefined) throw cause
    const isTold = options.refresh === "auto" || (cause instanceof NoRoom && cause.tellsRefresh)
    const rounds = isTold ? "" : '\ncompile({ refresh: "auto" }) may compute it in rounds with the client'
    throw new ProgramError(`${cause.message}${rounds}\n${family.shallower}`, {
      code: cause.code,
      cause,
    })
  }

  /** Why no candidate is good enough, in measured points. */
  #refusal(): string {
    const { candidates, maxLoss, family } = this.#found
    const { loss } = candidates.reduce((a, b) => (b.loss < a.loss ? b : a))
    const { limit } = family
    return (
      `quantized, the model loses ${loss.toFixed(2)} points on the calibration rows, more than ${maxLoss}` +
      `${limit ? `; ${limit.points.toFixed(2)} of them come with ${limit.where}` : ""}\n` +
      `${limit ? `${limit.remedy}; or ` : ""}allow it with { maxLoss: ${Math.ceil(loss * 10) / 10} }, ` +
      "or give quantize more and more typical rows"
    )
  }

  #cheapest(among: readonly Candidate[], options: CompileOptions) {
    const compiled = new Map<Candidate, Compiled>()
    const errors = new Map<Candidate, ProgramError>()
    for (const candidate of among) {
      try {
        const predictFloat = (rows: readonly Reals[]) => this.model.predictFloat(rows)
        const { family, warnings } = this.#found
        compiled.set(candidate, candidate.program.compile(options, family, predictFloat, warnings))
      } catch (error) {
        if (!(error instanceof ProgramError)) throw error
        errors.set(candidate, error)
      }
    }
    const priced = [...compiled].map(([candidate, program]) => {
      const { time, lanes } = program.report()
      return { candidate, compiled: program, time: time.run * Math.ceil((options.batch ?? 1) / lanes) }
    })
    const best = priced.toSorted((a, b) => a.time - b.time).at(0)
    return { best, compiled, errors }
  }

  #compare(): QuantizedReport {
    const { family, float, candidates, maxLoss, rows, warnings } = this.#found
    const keeps = ({ accepted }: Candidate): boolean => accepted
    const able = this.#cheapest(candidates.filter(keeps), {})
    const others = this.#cheapest(
      candidates.filter((candidate) => !keeps(candidate)),
      {},
    )
    const chosen = able.best && candidates.indexOf(able.best.candidate)
    const report = {
      family: family.name,
      rows,
      maxLoss,
      float,
      candidates: candidates.map((candidate): CandidateReport => {
        const { program, fidelity, loss, noise, risk } = candidate
        const { compiled, errors } = keeps(candidate) ? able : others
        const report = compiled.get(candidate)?.report()
        const cost = report && { time: report.time.run, lanes: report.lanes, keyBytes: report.keyBytes }
        const refused = keeps(candidate) ? errors.get(candidate)?.message : "it loses too much"
        const { notes } = program.model
        return { fidelity, loss, noise, risk, notes, cost, ...(refused !== undefined && { refused }) }
      }),
      warnings,
      limit: family.limit,
      chosen,
      sides: sidesOf(candidates[chosen ?? 0]!.program.model),
    }
    return { ...report, toString: () => printQuantized(report), toSvg: () => drawQuantized(report) }
  }
}

const sidesOf = ({ codec, server }: IntegerModel): Sides => {
  const { before = [], encoding, decoding } = codec
  const encoded =
    encoding.kind === "tests"
      ? `answers to ${encoding.tests.length} questions about columns`
      : "rounding to integers"
  return { before: [...describeSteps(before), encoded], server, after: describeSteps(decoding) }
}
