import type { Circuit } from "../circuit/circuit.ts"
import type { Parameters } from "../circuit/parameters.ts"
import type { SlotOps } from "../circuit/slot-ops.ts"
import { type CircuitCost, type CostModel, type Priced, pricing } from "../cost/cost.ts"
import type { WiredNames } from "../lower/lower.ts"
import { budgetAt, type Estimate, type NoiseModel } from "../noise/noise.ts"
import {
  type LevelledCircuit,
  type LevelOptions,
  outputEstimates,
  placeLevels,
} from "../noise/place-levels.ts"

/** A function of a module as a circuit without levels. The age of a value is how many functions it has been through. */
export interface ModuleCircuit {
  readonly circuit: Circuit
  readonly wired: WiredNames
  /** The ages that its oldest operand may have are those below. */
  readonly ages: number
}

/**
 * What all values of one age are made to be before they leave a function, so that the next one has to know their age only:
 * the worst of what any function makes of values one function younger, and of those values themselves.
 */
export interface AgeForm {
  readonly level: number
  readonly noise: number
  /** The correction factor of all that functions give; null when they differ. */
  readonly factor: bigint | null
}

/** What becomes of values age by age. */
export interface AgeWalk {
  /** Entry a is the form of age a; ends with the age that the last function is given. */
  readonly forms: readonly AgeForm[]
  /** Entry a is the least budget of what functions make of values of age a. */
  readonly budgets: readonly number[]
  /** For each function and age of its operands, the data primes left of each output piece. */
  readonly outputLevels: readonly (readonly (readonly number[])[])[]
  /** For each function and age of its operands, what a run costs. */
  readonly costs: readonly (readonly CircuitCost[])[]
}

/** Follows values through every way of applying functions, until a budget falls below `margin` or all ages are passed. */
export const walkAges = (
  functions: readonly ModuleCircuit[],
  parameters: Parameters,
  model: NoiseModel,
  costModel: CostModel,
  margin: number,
): AgeWalk => {
  const last = functions.reduce((most, { ages }) => Math.max(most, ages), 0)
  const { level, noise, factor } = model.fresh
  const forms: AgeForm[] = [{ level, noise, factor }]
  const budgets: number[] = []
  const outputLevels = functions.map((): number[][] => [])
  const costs = functions.map((): CircuitCost[] => [])
  for (let age = 0; age < last; age++) {
    const wired: Estimate[] = []
    let most = -Infinity
    const estimates = functions.map((one, f) => {
      if (age >= one.ages) return []
      const priced = pricing(parameters, costModel)
      const inputs = operandsAt(one, model, forms, age)
      const outputs = outputEstimates(one.circuit, model, lowered(priced.ops, inputs), { inputs })
      costs[f]!.push(priced.cost())
      let next = 0
      for (const { name, pieces } of one.circuit.outputs) {
        const own = outputs.slice(next, next + pieces.length)
        next += pieces.length
        if (one.wired.outputs.has(name)) wired.push(...own)
        for (const { noise } of own) most = Math.max(most, noise)
      }
      return outputs
    })
    const form = age + 1 < last ? formOf(wired, forms[age]!, model) : undefined
    budgets.push(budgetAt(Math.max(most, form?.noise ?? -Infinity)))
    functions.forEach(({ circuit, wired, ages }, f) => {
      if (age >= ages) return
      let next = 0
      outputLevels[f]!.push(
        circuit.outputs.flatMap(({ name, pieces }) =>
          pieces.map(() => {
            const { level } = estimates[f]![next++]!
            return form !== undefined && wired.outputs.has(name) ? form.level : level
          }),
        ),
      )
    })
    if (budgets.at(-1)! < margin) break
    if (form !== undefined) forms.push(form)
  }
  return { forms, budgets, outputLevels, costs }
}

/** The circuit of a function whose oldest operand has age `age`, levels placed. */
export const levelFunction = (
  one: ModuleCircuit,
  model: NoiseModel,
  forms: readonly AgeForm[],
  age: number,
): LevelledCircuit => {
  const next = forms[age + 1]
  return placeLevels(one.circuit, model, {
    inputs: operandsAt(one, model, forms, age),
    outputs: (name) => (one.wired.outputs.has(name) ? next?.level : undefined),
  })
}

/**
 * The operands of a function of which the oldest has age `age`. With one wired input it is of that age; of several, each
 * may be younger and then be brought down to the level of the oldest, by which its factor becomes another.
 */
const operandsAt = (
  { wired }: ModuleCircuit,
  model: NoiseModel,
  forms: readonly AgeForm[],
  age: number,
): NonNullable<LevelOptions["inputs"]> => {
  const form = forms[age]!
  return (name, piece) => {
    if (age === 0 || !wired.inputs.has(name)) return undefined
    return estimateOf(form, wired.inputs.size === 1 ? form.factor : null, model, `${name} ${piece}`)
  }
}

const estimateOf = (
  { level, noise }: AgeForm,
  factor: bigint | null,
  model: NoiseModel,
  name: string,
): Estimate => ({
  noise,
  level,
  size: 2,
  factor: factor ?? 1n,
  unknown: factor === null ? model.unknownFactor(name) : 0n,
  isFlat: false,
  mixed: null,
})

const formOf = (outputs: readonly Estimate[], before: AgeForm, model: NoiseModel): AgeForm => {
  const level = outputs.reduce((least, estimate) => Math.min(least, estimate.level), before.level)
  const dropped = outputs.map((estimate) => dropTo(estimate, level, model))
  const older = dropTo(estimateOf(before, before.factor, model, "younger"), level, model)
  const [first] = dropped
  const isKnown =
    first !== undefined && dropped.every(({ factor, unknown }) => unknown === 0n && factor === first.factor)
  return {
    level,
    noise: dropped.reduce((most, { noise }) => Math.max(most, noise), older.noise),
    factor: isKnown ? first.factor : null,
  }
}

const dropTo = (estimate: Estimate, level: number, model: NoiseModel): Estimate => {
  let dropped = estimate
  while (dropped.level > level) dropped = model.dropLevel(dropped)
  return dropped
}

/** Prices inputs that are not fresh at their level. */
const lowered = (ops: SlotOps<Priced>, inputs: NonNullable<LevelOptions["inputs"]>): SlotOps<Priced> => ({
  ...ops,
  input: (name, piece) => {
    const fresh = ops.input(name, piece)
    return { ...fresh, level: inputs(name, piece)?.level ?? fresh.level }
  },
})
