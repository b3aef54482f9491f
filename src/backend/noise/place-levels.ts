import type { Circuit } from "../circuit/circuit.ts"
import { allocate, Recorder } from "../circuit/recorder.ts"
import { replay } from "../circuit/replay.ts"
import type { SlotOps } from "../circuit/slot-ops.ts"
import type { Estimate, NoiseModel } from "./noise.ts"

/** A result while levels are placed: what the target made of it, what is known of its noise, and it one level lower. */
interface Levelled<T> {
  readonly result: T
  readonly estimate: Estimate
  dropped?: Levelled<T>
}

export interface LevelledCircuit {
  readonly circuit: Circuit
  /** The largest estimated noise among the outputs; -Infinity when no output is encrypted. */
  readonly noise: number
  /** The data primes left of each output piece, in the order of `circuit.outputs` and their pieces. */
  readonly outputLevels: readonly number[]
}

/** What a circuit is given, and is to give, when its inputs or outputs are those of other circuits. */
export interface LevelOptions {
  /** What is known of an input that is not fresh; undefined for a fresh one. */
  readonly inputs?: (name: string, piece: number) => Estimate | undefined
  /** The data primes that an output is to have left; undefined where as few as cost no noise budget do. */
  readonly outputs?: (name: string) => number | undefined
  /** The most noise that outputs may end with: they are dropped as low as that allows, which makes replies short. */
  readonly mostNoise?: number
  /** Called after each instruction of the circuit with the number of those done. */
  readonly onStep?: (done: number) => void
}

/**
 * Bits of noise that an operation at a lower level may have more than at the best one: in BFV, dropping is free while
 * what it adds lies 3 bits below what is there.
 */
const TOLERANCE = 0.17

/**
 * Takes every operation at the lowest level where its result has hardly more noise than at the best level: operations get
 * cheaper with every prime, key switching with its square. In BFV that is as low as dropping costs no noise budget. In
 * BGV a product of operands dropped to the floor has less noise than one of operands above it, so that they are dropped
 * for the sake of the product.
 */
export const placeLevels = (
  circuit: Circuit,
  model: NoiseModel,
  options: LevelOptions = {},
): LevelledCircuit => {
  const recorder = new Recorder()
  const outputs = replayLevelled(circuit, model, recorder, options)
  const allocated = allocate(
    recorder.steps,
    outputs.map(({ result }) => result),
  )
  let next = 0
  return {
    circuit: {
      ...circuit,
      outputs: circuit.outputs.map((output) => ({
        ...output,
        pieces: output.pieces.map(() => allocated.results[next++]!),
      })),
      instructions: allocated.instructions,
    },
    noise: largestNoise(outputs),
    outputLevels: outputs.map(({ estimate }) => estimate.level),
  }
}

/** The noise that `placeLevels` would end with. Its steps are run on `target`, which may count or price them. */
export const noiseAfterLevels = <T>(
  circuit: Circuit,
  model: NoiseModel,
  target: SlotOps<T>,
  options: LevelOptions = {},
): number => largestNoise(replayLevelled(circuit, model, target, options))

/** The pieces of all outputs as `placeLevels` would leave them, in order. Its steps are run on `target`. */
export const outputEstimates = <T>(
  circuit: Circuit,
  model: NoiseModel,
  target: SlotOps<T>,
  options: LevelOptions = {},
): Estimate[] => replayLevelled(circuit, model, target, options).map(({ estimate }) => estimate)

const largestNoise = (outputs: readonly Levelled<unknown>[]): number =>
  outputs.reduce((most, { estimate }) => Math.max(most, estimate.noise), -Infinity)

/** Runs a circuit on `target` with levels placed; returns the pieces of its outputs. */
const replayLevelled = <T>(
  circuit: Circuit,
  model: NoiseModel,
  target: SlotOps<T>,
  options: LevelOptions = {},
): Levelled<T>[] => {
  const ops = levelOps(target, model, options)
  const { onStep } = options
  const results = replay(circuit, ops, onStep === undefined ? {} : { onStep: (done) => onStep(done) })
  return circuit.outputs.flatMap(({ name, pieces }) => {
    const level = options.outputs?.(name)
    return pieces.map((id) =>
      level === undefined
        ? ops.lower(ops.settle(results[id]!), options.mostNoise ?? -Infinity)
        : ops.dropTo(results[id]!, level),
    )
  })
}

const levelOps = <T>(
  target: SlotOps<T>,
  model: NoiseModel,
  { inputs }: LevelOptions,
): SlotOps<Levelled<T>> & {
  settle(a: Levelled<T>): Levelled<T>
  dropTo(a: Levelled<T>, level: number): Levelled<T>
  lower(a: Levelled<T>, mostNoise: number): Levelled<T>
} => {
  const dropTo = (a: Levelled<T>, level: number): Levelled<T> => {
    let dropped = a
    while (dropped.estimate.level > level) {
      dropped.dropped ??= {
        result: target.dropLevel(dropped.result),
        estimate: model.dropLevel(dropped.estimate),
      }
      dropped = dropped.dropped
    }
    return dropped
  }
  /** As few primes as leave no more than that noise; as it is where none may go. */
  const lower = (a: Levelled<T>, mostNoise: number): Levelled<T> => {
    let level = a.estimate.level
    for (let at = a.estimate; at.level > 1; level = at.level) {
      at = model.dropLevel(at)
      if (at.noise > mostNoise) break
    }
    return dropTo(a, level)
  }
  const settle = (a: Levelled<T>): Levelled<T> => {
    const same = (estimate: Estimate): Estimate => estimate
    return dropTo(a, bestLevel(model, a.estimate, a.estimate, same))
  }
  /** An operation on one value, at the best level for its result. */
  const unary = (operand: Levelled<T>, after: (a: Estimate) => Estimate, run: (a: T) => T): Levelled<T> => {
    const { result, estimate } = dropTo(operand, bestLevel(model, operand.estimate, operand.estimate, after))
    return { result: run(result), estimate: after(estimate) }
  }
  const sum = (op: "add" | "sub", first: Levelled<T>, second: Levelled<T>): Levelled<T> => {
    const level = Math.min(first.estimate.level, second.estimate.level)
    const a = dropTo(first, level)
    const b = dropTo(second, level)
    return { result: target[op](a.result, b.result), estimate: model.add(a.estimate, b.estimate) }
  }
  return {
    settle,
    lower,
    dropTo,
    input: (name, piece) => ({
      result: target.input(name, piece),
      estimate: inputs?.(name, piece) ?? model.fresh,
    }),
    add: (a, b) => sum("add", a, b),
    sub: (a, b) => sum("sub", a, b),
    negate: ({ result, estimate }) => ({ result: target.negate(result), estimate }),
    multiply: (first, second) => {
      const level = bestLevel(model, first.estimate, second.estimate, model.multiply)
      const a = dropTo(first, level)
      const b = dropTo(second, level)
      return { result: target.multiply(a.result, b.result), estimate: model.multiply(a.estimate, b.estimate) }
    },
    relinearize: (a) => unary(a, model.keySwitch, (x) => target.relinearize(x)),
    rotate: (a, steps) => unary(a, model.keySwitch, (x) => target.rotate(x, steps)),
    addPlain: ({ result, estimate }, plain) => ({
      result: target.addPlain(result, plain),
      estimate: model.addPlain(estimate),
    }),
    multiplyPlain: (operand, plain) => {
      const { result, estimate } = settle(operand)
      return { result: target.multiplyPlain(result, plain), estimate: model.multiplyPlain(estimate, plain) }
    },
    dropLevel: (a) => dropTo(a, a.estimate.level - 1),
    blind: ({ result, estimate }, period, used) => ({
      result: target.blind(result, period, used),
      estimate: model.addPlain(estimate),
    }),
  }
}

/** The lowest level at which the result of an operation has hardly more noise than at any other. */
const bestLevel = (
  model: NoiseModel,
  first: Estimate,
  second: Estimate,
  after: (a: Estimate, b: Estimate) => Estimate,
): number => {
  let a = first
  let b = second
  let least = Infinity
  let best = 0
  for (let level = Math.min(a.level, b.level); level > 0; level--) {
    while (a.level > level) a = model.dropLevel(a)
    while (b.level > level) b = model.dropLevel(b)
    const { noise } = after(a, b)
    // The noise of a result falls to its least value and then rises, as levels go down.
    if (noise > least + TOLERANCE) break
    least = Math.min(least, noise)
    best = level
  }
  return best
}
