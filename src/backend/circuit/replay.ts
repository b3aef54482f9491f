import type { Circuit, Instruction } from "./circuit.ts"
import type { SlotOps } from "./slot-ops.ts"

/** What a replay may do between instructions. */
export interface ReplayHooks<T> {
  /** Gives a value back; it is not used again. */
  free?(value: T): void
  /** Called after each instruction with the number of instructions done. */
  onStep?(done: number, total: number, instruction: Instruction, result: T | undefined): void
}

/** Results by number; those that were freed are undefined. */
export type Results<T> = readonly (T | undefined)[]

/**
 * Runs a circuit on any machine, one instruction at each turn of the iterator, so that a long run can give way to other
 * work. The circuit is trusted to be well formed: parseCircuit and lower only make such ones.
 */
export function* replaySteps<T>(
  circuit: Circuit,
  ops: SlotOps<T>,
  hooks: ReplayHooks<T> = {},
): Generator<void, Results<T>> {
  const results: (T | undefined)[] = []
  const { instructions } = circuit
  for (let i = 0; i < instructions.length; i++) {
    turn(instructions[i]!, ops, results, hooks, i + 1, instructions.length)
    yield
  }
  return results
}

/** `replaySteps` in one go. */
export const replay = <T>(circuit: Circuit, ops: SlotOps<T>, hooks: ReplayHooks<T> = {}): Results<T> => {
  const results: (T | undefined)[] = []
  const { instructions } = circuit
  for (let i = 0; i < instructions.length; i++) {
    turn(instructions[i]!, ops, results, hooks, i + 1, instructions.length)
  }
  return results
}

/** One instruction: its result joins the others, or what it frees leaves them. */
const turn = <T>(
  instruction: Instruction,
  ops: SlotOps<T>,
  results: (T | undefined)[],
  hooks: ReplayHooks<T>,
  done: number,
  total: number,
): void => {
  if (instruction.op === "free") {
    hooks.free?.(resultOf(results, instruction.a))
    results[instruction.a] = undefined
    hooks.onStep?.(done, total, instruction, undefined)
    return
  }
  const result = step(ops, instruction, results)
  results.push(result)
  hooks.onStep?.(done, total, instruction, result)
}

const resultOf = <T>(results: Results<T>, id: number): T => {
  const value = results[id]
  if (value === undefined)
    throw new Error(`unreachable: result ${id} is used before it is made or after free`)
  return value
}

const step = <T>(
  ops: SlotOps<T>,
  instruction: Exclude<Instruction, { op: "free" }>,
  results: Results<T>,
): T => {
  const get = (id: number): T => resultOf(results, id)
  switch (instruction.op) {
    case "input":
      return ops.input(instruction.name, instruction.piece)
    case "add":
    case "sub":
    case "multiply":
      return ops[instruction.op](get(instruction.a), get(instruction.b))
    case "negate":
    case "relinearize":
    case "dropLevel":
      return ops[instruction.op](get(instruction.a))
    case "rotate":
      return ops.rotate(get(instruction.a), instruction.steps)
    case "addPlain":
    case "multiplyPlain":
      return ops[instruction.op](get(instruction.a), instruction.plain)
    case "blind":
      return ops.blind(get(instruction.a), instruction.period, instruction.used)
  }
}
