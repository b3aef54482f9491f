import type { Circuit, Instruction } from "./circuit.ts"
import type { SlotOps } from "./slot-ops.ts"

/** What a replay may do between instructions. */
export interface ReplayHooks<T> {
  /** Gives a value back; it is not used again. */
  free?(value: T): void
  /** Called after each instruction with the number of instructions done. */
  onStep?(done: number, total: number, instruction: Instruction, result: T | undefined): void
}

/**
 * Runs a circuit on any machine, one instruction at each turn of the iterator, so that a long run can give way to other
 * work. Returns the results by number, those that were freed left out.
 * The circuit is trusted to be well formed: parseCircuit and lower only make such ones.
 */
export function* replaySteps<T>(
  circuit: Circuit,
  ops: SlotOps<T>,
  hooks: ReplayHooks<T> = {},
): Generator<void, Map<number, T>> {
  const results = new Map<number, T>()
  const get = (id: number): T => {
    const value = results.get(id)
    if (value === undefined)
      throw new Error(`unreachable: result ${id} is used before it is made or after free`)
    return value
  }
  let next = 0
  let done = 0
  for (const instruction of circuit.instructions) {
    let result: T | undefined
    if (instruction.op === "free") {
      hooks.free?.(get(instruction.a))
      results.delete(instruction.a)
    } else {
      result = step(ops, instruction, get)
      results.set(next++, result)
    }
    hooks.onStep?.(++done, circuit.instructions.length, instruction, result)
    yield
  }
  return results
}

/** `replaySteps` in one go. */
export const replay = <T>(circuit: Circuit, ops: SlotOps<T>, hooks: ReplayHooks<T> = {}): Map<number, T> => {
  const steps = replaySteps(circuit, ops, hooks)
  for (;;) {
    const turn = steps.next()
    if (turn.done) return turn.value
  }
}

const step = <T>(
  ops: SlotOps<T>,
  instruction: Exclude<Instruction, { op: "free" }>,
  get: (id: number) => T,
): T => {
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
