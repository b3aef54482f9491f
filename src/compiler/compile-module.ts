import {
  type ChoiceOptions,
  COST_MODELS,
  chooseModuleModuli,
  MAX_MODULUS,
  type ModuleProgram,
  type NoModuleChoice,
  needsOneModulus,
  plainModulusFrom,
  type WiredNames,
} from "../backend/index.ts"
import {
  checkArguments,
  checkOptions,
  formatBytes,
  forms,
  type OptionForms,
  ProgramError,
  printInline,
} from "../data/index.ts"
import {
  measureRanges,
  type Outputs,
  type Inputs as Specifications,
  type Trace,
  type Traced,
  trace,
} from "../frontend/index.ts"
import type { Program } from "../ir/index.ts"
import { cutRounds, defaultTarget, encodeInputs, explainDepth, runPasses } from "../passes/index.ts"
import { chooseModuleEncoding } from "./choose-module-programs.ts"
import { type CompileOptions, checkCompileOptions, tracing } from "./compile.ts"
import { Module } from "./module.ts"
import {
  agesOf,
  explainNoWires,
  type Programs,
  resolveWires,
  type Wires,
  wiredNames,
} from "./module-wires.ts"

/** A function with its declared inputs, to be traced under the name that its module gives it. */
export interface Definition {
  trace(name: string, samples?: CompileOptions["samples"]): Trace
}

export interface ModuleOptions
  extends Pick<
    CompileOptions,
    "name" | "batch" | "margin" | "maxKeyBytes" | "security" | "costs" | "onPass" | "encodeInputs"
  > {
  /**
   * Which outputs may be given to which inputs, still encrypted: pairs such as `["inc.y", "dec.x"]`, or "all" that fit, which
   * is the default. An output fits when it is encrypted, has the shape of the input, and a range inside the declared one.
   */
  readonly wires?: Wires
  /**
   * Functions that a value may go through, one after the other, before it is decrypted. As many as the wires are long
   * unless given, and 2 where they lead round in circles.
   */
  readonly steps?: number
  /** Sample inputs by function, as for `compile`. */
  readonly samples?: Readonly<Record<string, CompileOptions["samples"]>>
}

const optionForms: OptionForms<ModuleOptions> = {
  name: forms.text,
  batch: forms.anything,
  margin: forms.anything,
  maxKeyBytes: forms.number,
  security: forms.anything,
  costs: forms.anything,
  onPass: forms.function,
  encodeInputs: forms.flag,
  wires: forms.anything,
  steps: forms.anything,
  samples: forms.object,
}

/** A function of a module. */
export const define = <I extends Specifications>(
  inputs: I,
  fn: (inputs: Traced<I>) => Outputs,
  ...surplus: []
): Definition => {
  checkArguments("define", [inputs, fn, ...surplus], { inputs: tracing.inputs, fn: tracing.fn })
  return { trace: (name, samples) => trace(name, inputs, fn, samples) }
}

/**
 * Compiles several functions for one set of keys: replies of one are requests of another where a wire leads, still
 * encrypted. Parameters are the cheapest with which a value may go through any `steps` functions.
 * Throws ProgramError for a function as `compile` does, for wires that do not fit, and when fewer steps are possible, with
 * how many.
 */
export const compileModule = <const D extends Readonly<Record<string, Definition>>>(
  definitions: D,
  options: ModuleOptions = {},
  ...surplus: []
): Module<Extract<keyof D, string>> => {
  checkArguments("compileModule", [definitions, options, ...surplus], {
    definitions: forms.object,
    options: forms.anything,
  })
  return compileModuleFor(definitions, options, {})
}

/** `compileModule` that considers only some parameters; for tests and comparisons. */
export const compileModuleFor = <const D extends Readonly<Record<string, Definition>>>(
  definitions: D,
  options: ModuleOptions,
  considered: Pick<ChoiceOptions, "scheme" | "n" | "ring" | "tables">,
): Module<Extract<keyof D, string>> => {
  checkOptions("compileModule", options, optionForms)
  const { name = "module", batch = 1, margin = 10, maxKeyBytes = Infinity, security = 128, onPass } = options
  const { costs = COST_MODELS, steps, wires = "all", samples } = options
  checkCompileOptions({ batch, margin, security, ...(options.costs && { costs }) })
  checkModule(definitions, options)
  const traces = new Map(Object.entries(definitions).map(([fn, each]) => [fn, each.trace(fn, samples?.[fn])]))
  const programs: Programs = new Map(
    Array.from(traces, ([fn, { program }]) => {
      const given = samples?.[fn]
      const measured = given === undefined ? program : measureRanges(program, given)
      return [fn, runPasses(measured, defaultTarget, onPass)]
    }),
  )
  const resolved = resolveWires(programs, wires)
  if (wires === "all" && resolved.length === 0 && (steps ?? 1) > 1) throw explainNoWires(programs)
  const ages = agesOf(programs, resolved, steps)
  const wired = new Map(Array.from(programs.keys(), (fn) => [fn, wiredNames(fn, resolved)]))
  const wishes = { batch, margin, maxKeyBytes, security, costs, ...considered }
  const choose = (programs: Programs) =>
    chooseModuleModuli(
      Array.from(programs, ([fn, program]) => roundsOf(program, wired.get(fn)!, ages.get(fn)!)),
      wishes,
    )
  const chosen =
    options.encodeInputs === false
      ? { programs, choice: choose(programs) }
      : chooseModuleEncoding(programs, (fn) => wired.get(fn)!, choose, batch)
  const { choice } = chosen
  const most = Math.max(...ages.values())
  if ("steps" in choice) throw refusal(name, programs, most, choice, maxKeyBytes)
  for (const [fn, program] of chosen.programs)
    if (program !== programs.get(fn)) onPass?.(encodeInputs, program)
  return new Module({ name, traces, programs: chosen.programs, wires: resolved, steps: most, choice })
}

const checkModule = (definitions: unknown, { steps, samples }: ModuleOptions): void => {
  const isRecord = typeof definitions === "object" && definitions !== null
  const entries = isRecord ? Object.entries(definitions) : []
  if (entries.length === 0) {
    throw new ProgramError(
      "a module is a record of functions\nwrite { inc: define({ x: enc(uint(8)) }, …) }",
      { code: "wrong-argument" },
    )
  }
  for (const [fn, each] of entries) {
    if (typeof each?.trace === "function") continue
    throw new ProgramError(
      `function "${fn}" of the module is no function with inputs\nwrite ${fn}: define(inputs, …)`,
      { code: "wrong-argument" },
    )
  }
  if (steps !== undefined && !(Number.isSafeInteger(steps) && steps >= 1 && steps <= MOST_STEPS)) {
    throw new ProgramError(
      `steps is ${printInline(steps)}; it counts functions one after the other, from 1 to ${MOST_STEPS}`,
      { code: "wrong-argument" },
    )
  }
  const unknown = Object.keys(samples ?? {}).find((fn) => !entries.some(([name]) => name === fn))
  if (unknown !== undefined)
    throw new ProgramError(`samples are given for ${printInline(unknown)}, which the module lacks`, {
      code: "unknown-name",
    })
}

/** Beyond it the search takes minutes, and no parameters are known to last so long but for sums. */
const MOST_STEPS = 1000

/** The rounds of a function: one unless it has refreshes. Wires lead to the first and from the last, whose inputs are fresh. */
const roundsOf = (program: Program, wired: WiredNames, ages: number): ModuleProgram[] =>
  cutRounds(program).map((segment, round, { length }) => ({
    program: segment.program,
    refreshed: segment,
    wired: {
      inputs: round === 0 ? wired.inputs : new Set(),
      outputs: round === length - 1 ? wired.outputs : new Set(),
    },
    ages: round === 0 ? ages : 1,
  }))

const refusal = (
  name: string,
  programs: Programs,
  wanted: number,
  { steps, keyBytes }: NoModuleChoice,
  maxKeyBytes: number,
): ProgramError => {
  if (keyBytes !== undefined) {
    return new ProgramError(
      `the evaluation keys take ${formatBytes(keyBytes)}, more than the ${formatBytes(maxKeyBytes)} of maxKeyBytes\n` +
        "allow more, or compile for a batch: without rotations one key is enough",
      { code: "too-large" },
    )
  }
  if (steps > 0) {
    return new ProgramError(
      `no parameters have enough noise budget for ${wanted} steps of module "${name}"; there is room for ${steps}\n` +
        `compile it for { steps: ${steps} }, and let the client refresh values after them: client.refresh(reply)`,
      { code: "no-parameters" },
    )
  }
  const wide = [...programs].find(([, program]) => plainModulusFrom(program) >= MAX_MODULUS)?.[0]
  const whole = [...programs].find(([, program]) => needsOneModulus(program))?.[0]
  if (wide !== undefined && whole !== undefined) {
    return new ProgramError(
      `function "${wide}" gives values of more than 60 bits, which take several plaintext moduli; ` +
        `"${whole}" looks values up in tables or refreshes them, which takes one, and all functions share it\n` +
        "compile them as modules of their own, or narrow the values with clip, mod or assume",
      { code: "no-parameters" },
    )
  }
  const all = Array.from(programs.values(), (program) => explainDepth(program))
  return new ProgramError(
    `no parameters have enough noise budget for a single step of module "${name}"\n${all.join("\n")}`,
    { code: "no-parameters" },
  )
}
