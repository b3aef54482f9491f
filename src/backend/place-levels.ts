import type { Circuit } from "./circuit.ts"
import { type NoiseModel, noiseModel } from "./noise.ts"
import type { Parameters } from "./parameters.ts"
import { allocate, Recorder } from "./recorder.ts"
import { replay } from "./replay.ts"
import type { SlotOps } from "./slot-ops.ts"

/** A result while levels are placed: its number in the new circuit, its estimated noise, and its data primes left. */
interface Levelled {
  readonly id: number
  readonly noise: number
  readonly level: number
}

export interface LevelledCircuit {
  readonly circuit: Circuit
  /** The largest estimated noise among the outputs; -Infinity when no output is encrypted. */
  readonly noise: number
  /** The data primes left of each output piece, in the order of `circuit.outputs` and their pieces. */
  readonly outputLevels: readonly number[]
}

// Noise that a step adds is free when it lies this many bits below what is there already.
const SLACK = 3

/**
 * Drops every value to the lowest level at which dropping costs it no noise budget, before its next operation: all
 * operations get cheaper with every prime, key switching with its square.
 */
export const placeLevels = (circuit: Circuit, parameters: Parameters): LevelledCircuit => {
  const model = noiseModel(parameters)
  const recorder = new Recorder()
  const ops = levelOps(recorder, model, parameters.primes.length - 1)
  const results = replay(circuit, ops)
  const outputs = circuit.outputs.flatMap(({ pieces }) => pieces.map((id) => ops.settle(results.get(id)!)))
  const allocated = allocate(
    recorder.steps,
    outputs.map(({ id }) => id),
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
    noise: outputs.reduce((most, { noise }) => Math.max(most, noise), -Infinity),
    outputLevels: outputs.map(({ level }) => level),
  }
}

const levelOps = (
  recorder: Recorder,
  model: NoiseModel,
  top: number,
): SlotOps<Levelled> & { settle(a: Levelled): Levelled } => {
  const dropTo = (a: Levelled, level: number): Levelled => {
    let { id, noise } = a
    for (let at = a.level; at > level; at--) {
      id = recorder.dropLevel(id)
      noise = model.add(noise, model.floor(at - 1))
    }
    return { id, noise, level: Math.min(a.level, level) }
  }
  /** The lowest level at which what `cost` adds stays below the noise that is there. */
  const lowest = (a: Levelled, cost: (level: number) => number): number => {
    let level = a.level
    while (level > 1 && cost(level - 1) <= a.noise - SLACK) level--
    return level
  }
  const settle = (a: Levelled): Levelled => dropTo(a, lowest(a, model.floor))
  const even = (a: Levelled, b: Levelled): [Levelled, Levelled] => {
    const level = Math.min(a.level, b.level)
    return [dropTo(a, level), dropTo(b, level)]
  }
  const sum = (op: "add" | "sub", first: Levelled, second: Levelled): Levelled => {
    const [a, b] = even(first, second)
    return { id: recorder[op](a.id, b.id), noise: model.add(a.noise, b.noise), level: a.level }
  }
  const switchKeys = (operand: Levelled, record: (id: number) => number): Levelled => {
    const a = dropTo(operand, lowest(operand, model.keySwitch))
    return { id: record(a.id), noise: model.add(a.noise, model.keySwitch(a.level)), level: a.level }
  }
  return {
    settle,
    input: (name, piece) => ({ id: recorder.input(name, piece), noise: model.fresh, level: top }),
    add: (a, b) => sum("add", a, b),
    sub: (a, b) => sum("sub", a, b),
    negate: (a) => ({ ...a, id: recorder.negate(a.id) }),
    multiply: (first, second) => {
      const [a, b] = even(settle(first), settle(second))
      return { id: recorder.multiply(a.id, b.id), noise: model.multiply(a.noise, b.noise), level: a.level }
    },
    relinearize: (a) => switchKeys(a, (id) => recorder.relinearize(id)),
    rotate: (a, steps) => switchKeys(a, (id) => recorder.rotate(id, steps)),
    addPlain: (a, plain) => ({
      id: recorder.addPlain(a.id, plain),
      noise: model.addPlain(a.noise, a.level),
      level: a.level,
    }),
    multiplyPlain: (operand, plain) => {
      const a = settle(operand)
      return {
        id: recorder.multiplyPlain(a.id, plain),
        noise: model.multiplyPlain(a.noise, plain),
        level: a.level,
      }
    },
    dropLevel: (a) => dropTo(a, a.level - 1),
    blind: (a, period, used) => ({
      id: recorder.blind(a.id, period, used),
      noise: model.addPlain(a.noise, a.level),
      level: a.level,
    }),
  }
}
