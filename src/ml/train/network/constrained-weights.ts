import { fail } from "../../fail.ts"
import { type Tensor, tensor } from "../../graph/tensor.ts"
import { type Encoding, type Parameter, parameter, shortened } from "./layer.ts"

/** The weights and biases of one linear layer under its constraints. */
export interface Weights {
  readonly real: Parameter
  readonly realBias: Parameter
  /** What the network computes with. */
  readonly used: Float64Array
  readonly usedBias: Float64Array
  readonly constrain: (pruned: number) => void
  readonly tensors: (shape: readonly number[]) => { readonly weights: Tensor; readonly bias: Tensor }
  /** What one unit of a weighted sum is worth. */
  readonly unit: () => number
}

export interface WeightOptions {
  readonly outputs: number
  readonly inputs: number
  readonly bits: number | undefined
  /** The bits of the sums with their bias. */
  readonly accumulatorBits: number | undefined
  readonly encoding: Encoding | undefined
}

/**
 * Weights that are rounded to `bits` before every step, with biases on the grid of the sums. Where a row's sums could leave
 * the accumulator, all its weights shrink by the same amount first, the least that is enough: the projection on a ball of
 * the L1 norm, over integers.
 */
export const constrainedWeights = (options: WeightOptions, initial: () => number): Weights => {
  const { outputs, inputs, bits, accumulatorBits, encoding } = options
  const real = parameter(new Float64Array(outputs * inputs).map(initial))
  const realBias = parameter(new Float64Array(outputs))
  const used = new Float64Array(outputs * inputs)
  const usedBias = new Float64Array(outputs)
  const most = bits === undefined ? Infinity : 2 ** (bits - 1) - 1
  const range = accumulatorBits === undefined ? undefined : encoding?.range
  const budget =
    range === undefined ? Infinity : Math.floor((2 ** accumulatorBits! - 1) / (range.hi - range.lo))
  if (budget < 1) {
    fail(
      "wrong-argument",
      `accumulatorBits is ${accumulatorBits}, and one weight of 1 at values from ${range!.lo} to ${range!.hi} fills more\n` +
        "use fewer activationBits or inputBits, or more accumulatorBits",
    )
  }
  let step = 1
  const unit = (): number => step * (encoding?.step() ?? 1)
  const isKept = new Uint8Array(real.values.length).fill(1)
  let pruned = 0
  let isChosen = false

  const prune = (share: number): void => {
    const count = Math.floor(share * isKept.length)
    if (count <= pruned) return
    pruned = count
    const order = Array.from(real.values.keys()).sort(
      (a, b) => Math.abs(real.values[a]!) - Math.abs(real.values[b]!) || a - b,
    )
    isKept.fill(1)
    for (const i of order.slice(0, count)) isKept[i] = 0
  }

  const chooseStep = (): number => {
    let [sum, largest, count] = [0, 0, 0]
    for (let i = 0; i < used.length; i++) {
      const size = Math.abs(used[i]!)
      sum += size
      largest = Math.max(largest, size)
      if (size > 0) count++
    }
    if (count === 0) return 1
    // LSQ's first step (Esser et al., 2020), within the largest weight, and wide enough that rows about fill the budget.
    const natural = Math.min(largest / most, (2 * sum) / count / Math.sqrt(most))
    return shortened(Math.max(natural, (FILLING * sum) / outputs / budget))
  }

  const roundRow = (from: number): void => {
    const fits = (by: number): boolean => {
      let sum = 0
      for (let i = 0; i < inputs; i++) sum += shrunk(used[from + i]!, by)
      return sum <= budget
    }
    const shrunk = (weight: number, by: number): number =>
      Math.min(most, Math.round(Math.max(0, Math.abs(weight) / step - by)))
    let amount = 0
    if (budget < Infinity && !fits(0)) {
      let tooLittle = 0
      for (let i = 0; i < inputs; i++) amount = Math.max(amount, Math.abs(used[from + i]!) / step)
      for (let i = 0; i < 10; i++) {
        const middle = (tooLittle + amount) / 2
        if (fits(middle)) amount = middle
        else tooLittle = middle
      }
    }
    for (let i = 0; i < inputs; i++) {
      const weight = used[from + i]!
      used[from + i] = Math.sign(weight) * shrunk(weight, amount) * step
    }
  }

  const roundBias = (o: number): void => {
    const size = unit()
    let bias = Math.round(realBias.values[o]! / size)
    if (range !== undefined) {
      let [lo, hi] = [0, 0]
      for (let i = o * inputs; i < (o + 1) * inputs; i++) {
        const weight = Math.round(used[i]! / step)
        lo += Math.min(weight * range.lo, weight * range.hi)
        hi += Math.max(weight * range.lo, weight * range.hi)
      }
      const half = 2 ** (accumulatorBits! - 1)
      bias = Math.min(Math.max(bias, -half - lo), half - 1 - hi)
      realBias.values[o] = Math.min(Math.max(realBias.values[o]!, (bias - 0.5) * size), (bias + 0.5) * size)
    }
    usedBias[o] = bias * size
  }

  const constrain = (share: number): void => {
    prune(share)
    for (let i = 0; i < used.length; i++) {
      real.values[i] = real.values[i]! * isKept[i]!
      used[i] = real.values[i]!
    }
    if (bits === undefined) {
      usedBias.set(realBias.values)
      return
    }
    // Under a budget the first step stays, so that weights learn in units of it.
    if (budget === Infinity || !isChosen) step = chooseStep()
    isChosen = true
    for (let o = 0; o < outputs; o++) roundRow(o * inputs)
    if (encoding === undefined) usedBias.set(realBias.values)
    else for (let o = 0; o < outputs; o++) roundBias(o)
  }

  const tensors = (shape: readonly number[]): { weights: Tensor; bias: Tensor } => {
    const weights = tensor(shape, used.slice())
    const bias = tensor([outputs], usedBias.slice())
    if (bits === undefined) return { weights, bias }
    const grid = (scale: number, hi: number) => ({
      scale: Float64Array.of(scale),
      zeroPoint: Float64Array.of(0),
      axis: 0,
      lo: -hi,
      hi,
    })
    return {
      weights: { ...weights, grid: grid(step, most) },
      bias: encoding === undefined ? bias : { ...bias, grid: grid(unit(), 2 ** 31 - 1) },
    }
  }

  return { real, realBias, used, usedBias, constrain, tensors, unit }
}

/** What the absolute weights of the mean row sum to at first is the budget divided by this. */
const FILLING = 0.7
