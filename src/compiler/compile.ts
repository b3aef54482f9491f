import {
  type Choice,
  type ChoiceOptions,
  COST_MODELS,
  type Costs,
  isCosts,
  MAX_MODULUS,
  type NoChoice,
  plainModulusFrom,
  type Security,
} from "../backend/index.ts"
import {
  type CodedOptions,
  checkArguments,
  checkOptions,
  form,
  formatBytes,
  formatTime,
  forms,
  type InputsOf,
  isPlainObject,
  type OptionForms,
  ProgramError,
  type ProgramErrorCode,
  printInline,
} from "../data/index.ts"
import {
  measureRanges,
  type Outputs,
  type ResultOf,
  type Inputs as Specifications,
  type Traced,
  trace,
} from "../frontend/index.ts"
import { type Program, programForm, programWarnings } from "../ir/index.ts"
import { defaultTarget, explainDepth, type Pass, runPasses } from "../passes/index.ts"
import { chooseEncoding, chooseRefreshes, chooseRuns, totalTime } from "./choose-program.ts"
import { Compiled, type Traced as Source } from "./compiled.ts"
import { tablePricer } from "./price-table.ts"
import { isSmall, shortageOf } from "./shortage.ts"

export interface CompileOptions {
  /** The program's name; "main" by default. */
  readonly name?: string
  /** Samples per run to optimise for; 1 by default. Every compiled program takes as many as it has lanes. */
  readonly batch?: number
  /** Sample inputs: values are then believed to stay in the ranges measured on them, as `assume` nodes say. */
  readonly samples?: readonly Record<string, unknown>[]
  /** Bits of noise budget that must be left by the estimate; 10 by default. */
  readonly margin?: number
  /** Most bytes of evaluation keys on their way to a server. */
  readonly maxKeyBytes?: number
  /** Called after each pass with the program it made. */
  readonly onPass?: (pass: Pass, programAfter: Program) => void
  /** Bits of security; 128 by default. */
  readonly security?: Security
  /**
   * Whether the client may be asked to encrypt values again on the way, in several rounds of messages: "never", which is
   * the default, but for what `refresh()` marks; "client" wherever that is cheaper, messages included, or nothing else fits.
   * "auto" is whatever is cheapest of all that Lutra knows, which is "client" today.
   */
  readonly refresh?: "never" | "client" | "auto"
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
export const compile = <const I extends Specifications, const R extends Outputs>(
  inputs: I,
  fn: (inputs: Traced<I>) => R,
  options: CompileOptions = {},
  ...surplus: []
): Compiled<InputsOf<I>, ResultOf<R>> => {
  checkArguments("compile", [inputs, fn, options, ...surplus], tracing)
  checkCompileOptions(options)
  const traced = trace(options.name ?? "main", inputs, fn, options.samples)
  return compileProgram(traced, options) as Compiled<InputsOf<I>, ResultOf<R>>
}

/** `compile` for a program that is traced or parsed already. */
export const compileProgram = (traced: Source, options: CompileOptions = {}, ...surplus: []): Compiled => {
  checkArguments("compileProgram", [traced, options, ...surplus], {
    traced: traceForm,
    options: forms.anything,
  })
  checkCompileOptions(options)
  const { samples, onPass, batch = 1, margin = 10, maxKeyBytes = Infinity, security = 128 } = options
  const measured = samples === undefined ? traced.program : measureRanges(traced.program, samples)
  const { costs = COST_MODELS } = options
  const wishes = { batch, margin, maxKeyBytes, security, costs }
  const isEncoded = options.encodeInputs !== false
  const rounds = (program: Program, limit?: number) =>
    chooseRefreshes(program, { ...wishes, ...(limit !== undefined && { limit }) }, isEncoded)
  const optimized = allPasses(measured, wishes, options, rounds)
  const search = (wishes: ChoiceOptions) =>
    isEncoded ? chooseEncoding(optimized, wishes) : chooseRuns(optimized, wishes)
  const found = search(wishes)
  const isStuck = "reason" in found.choice && found.choice.reason === "noise"
  const mayAsk = options.refresh === "client" || options.refresh === "auto"
  const most = "reason" in found.choice ? undefined : totalTime(found.choice, wishes)
  const { program, pass, choice } = (mayAsk && (isStuck || most) && rounds(optimized, most)) || found
  if ("reason" in choice) {
    const hint =
      plainModulusFrom(optimized) >= MAX_MODULUS
        ? "\nrefreshes do not help: values of more than 60 bits take several plaintext moduli, and refreshes one"
        : isStuck && !mayAsk && isSmall(optimized)
          ? refreshHint(rounds(optimized)?.choice)
          : ""
    throw refusal(optimized, choice, wishes, hint)
  }
  if (pass !== undefined) onPass?.(pass, program)
  const { warnings = programWarnings(traced.program) } = traced
  return new Compiled({ ...traced, warnings }, program, choice, {
    written: measured,
    batch,
    costs,
    search: (other) => (isSmall(optimized) ? search({ ...wishes, batch: other }).choice : undefined),
  })
}

/** A program that is too deep, or that no parameters fit. */
export class NoRoom extends ProgramError {
  /** Whether the message says already what refreshes would do for it. */
  readonly tellsRefresh: boolean

  constructor(
    message: string,
    { tellsRefresh, ...options }: CodedOptions<ProgramErrorCode> & { readonly tellsRefresh: boolean },
  ) {
    super(message, options)
    this.tellsRefresh = tellsRefresh
  }
}

/**
 * All passes. A program that is too deep for them is refused unless it may be refreshed, and then it is said what that
 * would give.
 */
const allPasses = (
  program: Program,
  wishes: ChoiceOptions,
  { onPass, refresh }: CompileOptions,
  rounds: (program: Program) => { readonly choice: Choice } | undefined,
): Program => {
  const target = { ...defaultTarget, priceTable: tablePricer(wishes) }
  const ofAnyDepth = { ...target, maxDepth: Infinity }
  if (refresh === "client" || refresh === "auto") return runPasses(program, ofAnyDepth, onPass)
  try {
    return runPasses(program, target, onPass)
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    const deep = attempt(() => runPasses(program, ofAnyDepth))
    const hint = deep !== undefined && isSmall(deep) ? refreshHint(rounds(deep)?.choice) : ""
    throw hint === ""
      ? error
      : new NoRoom(`${error.message}${hint}`, { code: error.code, tellsRefresh: true, cause: error })
  }
}

const attempt = (run: () => Program): Program | undefined => {
  try {
    return run()
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

/** What `refresh: "auto"` would give, as the last line of a message; empty where it gives nothing. */
const refreshHint = (choice: Choice | undefined): string => {
  if (choice?.rounds === undefined) return ""
  const { rounds, cost, parameters } = choice
  return (
    `\nwith refresh: "auto" it runs in ${rounds.length} rounds at n = ${parameters.n}, ` +
    `about ${formatTime(cost.time)} and ${rounds.length - 1} more ${rounds.length === 2 ? "message" : "messages"} each way`
  )
}

const refusal = (
  program: Program,
  { reason, best }: NoChoice,
  wishes: ChoiceOptions,
  hint: string,
): ProgramError => {
  if (reason === "keys") {
    return new ProgramError(
      `the evaluation keys take ${formatBytes(best)}, more than the ${formatBytes(wishes.maxKeyBytes)} of maxKeyBytes\n` +
        "allow more, or compile for a batch: without rotations one key is enough",
      { code: "too-large" },
    )
  }
  const tellsRefresh = hint !== ""
  if (!Number.isFinite(best)) {
    const lead = "no parameters of the asked security have room for this program"
    return new NoRoom(`${lead}\n${explainDepth(program)}${hint}`, { code: "no-parameters", tellsRefresh })
  }
  const shortage = shortageOf(program, wishes)
  const missing = shortage.missing ?? Math.ceil(wishes.margin - best)
  const lead = `no parameters have enough noise budget for this program: ${missing} bits are missing at n = 32768`
  return new NoRoom(`${lead}\n${explainDepth(program, (step) => shortage.worth(step))}${hint}`, {
    code: "no-parameters",
    tellsRefresh,
  })
}

/** What `compile` takes; its options are checked by themselves. */
export const tracing = {
  inputs: form("an object such as { x: enc(uint(4)) }", isPlainObject),
  fn: form("a function of these inputs", forms.function.accepts),
  options: forms.anything,
}

const traceForm = form(
  'an object such as { program: parse(text), returns: "record" }',
  (value) =>
    isPlainObject(value) &&
    programForm.accepts(value["program"]) &&
    ["single", "array", "record"].includes(value["returns"] as string),
)

/** The options of `compile`; those without a form of their own are checked below or where they are read. */
const optionForms: OptionForms<CompileOptions> = {
  name: forms.text,
  batch: forms.anything,
  samples: forms.list,
  margin: forms.anything,
  maxKeyBytes: forms.number,
  onPass: forms.function,
  security: forms.anything,
  refresh: forms.anything,
  encodeInputs: forms.flag,
  costs: forms.anything,
}

/** Throws ProgramError for an option that there is not, and for options that make no sense. */
export const checkCompileOptions = (options: CompileOptions): void => {
  checkOptions("compile", options, optionForms)
  const { batch = 1, margin = 10, security = 128, refresh = "never", costs } = options
  if (!["never", "client", "auto"].includes(refresh))
    throw new ProgramError(`refresh is ${printInline(refresh)}; "never", "client" and "auto" are offered`, {
      code: "wrong-argument",
    })
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new ProgramError(`batch is ${printInline(batch)}; it counts samples, from 1`, {
      code: "wrong-argument",
    })
  if (typeof margin !== "number" || !Number.isFinite(margin) || margin < 1)
    throw new ProgramError(`margin is ${printInline(margin)}; at least 1 bit of noise budget must be kept`, {
      code: "wrong-argument",
    })
  if (![128, 192, 256].includes(security))
    throw new ProgramError(`security is ${printInline(security)}; 128, 192 and 256 bits are offered`, {
      code: "wrong-argument",
    })
  if (costs !== undefined && !isCosts(costs))
    throw new ProgramError(
      "costs lacks a constant, or one is no time in milliseconds\ngive it what calibrate() returns, or leave it out",
      { code: "wrong-argument" },
    )
}

export type { Choice }
