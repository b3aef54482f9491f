import { type Literal, type Node, sameLiteral } from "../../ir/index.ts"
import type { Instruction } from "./circuit.ts"
import { type Diagonal, hashDiagonal, sameDiagonal } from "./diagonal.ts"
import { DIAGONAL, type Plain } from "./plain.ts"
import type { SlotOpName, SlotOps } from "./slot-ops.ts"

type Step = Exclude<Instruction, { op: "free" }>

/** Thrown by a recorder that reached its limit: the circuit is not worth finishing. */
export class CircuitTooLarge extends Error {}

/** Where a recorder gives up. */
export interface RecorderLimit {
  readonly instructions: number
  /** Milliseconds that the operations may take at most by `leastTime`. */
  readonly time: number
  /** Milliseconds that an operation takes at least for the value of a node. */
  readonly leastTime: (op: SlotOpName, node: Node | undefined) => number
}

const NO_LIMIT: RecorderLimit = { instructions: Infinity, time: Infinity, leastTime: () => 0 }

/**
 * The machine that writes down what it is told: results are instruction numbers. The same operation on the same
 * operands is recorded once, so no rotation or power is computed twice.
 */
export class Recorder implements SlotOps<number> {
  readonly steps: Step[] = []
  readonly #known = new Map<SlotOpName, Map<number, number>>()
  /** Numbers for names and plain operands. */
  readonly #ids = new Map<string, number>()
  readonly #literals = new SharedPlains<Literal>(sameLiteral)
  readonly #diagonals = new SharedPlains<Diagonal>(sameDiagonal)
  readonly #limit: RecorderLimit
  #node: Node | undefined
  #time = 0

  constructor(limit = NO_LIMIT) {
    this.#limit = limit
  }

  /** What is recorded from now on is for the value of this node. */
  begin(node: Node): void {
    this.#node = node
  }

  /** Gives up now if so many more of an operation would pass the limit. */
  expect(op: SlotOpName, count: number): void {
    if (this.#time + count * this.#limit.leastTime(op, this.#node) > this.#limit.time)
      throw new CircuitTooLarge()
    if (this.steps.length + count > this.#limit.instructions) throw new CircuitTooLarge()
  }

  input(name: string, piece: number): number {
    return this.#record({ op: "input", name, piece }, this.#idOf(`input ${name}`), piece)
  }
  add(a: number, b: number): number {
    const [low, high] = a < b ? [a, b] : [b, a]
    return this.#record({ op: "add", a: low, b: high }, low, high)
  }
  sub(a: number, b: number): number {
    return this.#record({ op: "sub", a, b }, a, b)
  }
  multiply(a: number, b: number): number {
    const [low, high] = a < b ? [a, b] : [b, a]
    return this.#record({ op: "multiply", a: low, b: high }, low, high)
  }
  negate(a: number): number {
    return this.#record({ op: "negate", a }, a)
  }
  relinearize(a: number): number {
    return this.#record({ op: "relinearize", a }, a)
  }
  dropLevel(a: number): number {
    return this.#record({ op: "dropLevel", a }, a)
  }
  rotate(a: number, steps: number): number {
    return this.#record({ op: "rotate", a, steps }, a, steps)
  }
  addPlain(a: number, plain: Plain): number {
    const [shared, id] = this.#share(plain)
    return this.#record({ op: "addPlain", a, plain: shared }, a, id)
  }
  multiplyPlain(a: number, plain: Plain): number {
    const [shared, id] = this.#share(plain)
    return this.#record({ op: "multiplyPlain", a, plain: shared }, a, id)
  }
  blind(a: number, period: number, used: number): number {
    return this.#record({ op: "blind", a, period, used }, a, this.#idOf(`blind ${period} ${used}`))
  }

  /** The step, or the one of the same operation whose two numbers are the same. */
  #record(step: Step, first: number, second = 0): number {
    let known = this.#known.get(step.op)
    if (known === undefined) {
      known = new Map()
      this.#known.set(step.op, known)
    }
    // Numbers of steps and operands stay below 2^26, rotations within 2^16 of 0: the key is exact.
    const key = first * 2 ** 27 + second
    const before = known.get(key)
    if (before !== undefined) return before
    this.expect(step.op, 1)
    this.#time += this.#limit.leastTime(step.op, this.#node)
    this.steps.push(step)
    known.set(key, this.steps.length - 1)
    return this.steps.length - 1
  }

  #idOf(name: string): number {
    const id = this.#ids.get(name) ?? this.#ids.size
    this.#ids.set(name, id)
    return id
  }

  /** Equal plain operands become one object, so that one encoding serves them all. */
  #share(plain: Plain): [Plain, number] {
    if (plain.kind === "scalar") return [plain, this.#idOf(`scalar ${plain.value}`)]
    if (plain.kind === "given") return [plain, this.#idOf(`given ${plain.piece} ${plain.name}`)]
    const diagonal = plain[DIAGONAL]
    const entry =
      diagonal === undefined
        ? this.#literals.share(plain.values.hash, plain.values, plain)
        : this.#diagonals.share(hashDiagonal(diagonal), diagonal, plain)
    entry.id ??= this.#idOf(`ring ${this.#ids.size}`)
    return [entry.plain, entry.id]
  }
}

/** Plain operands by what they are made of. */
class SharedPlains<C> {
  readonly #same: (a: C, b: C) => boolean
  readonly #buckets = new Map<number, { content: C; plain: Plain; id?: number }[]>()

  constructor(same: (a: C, b: C) => boolean) {
    this.#same = same
  }

  /** The first one of equal content. */
  share(hash: number, content: C, plain: Plain): { readonly plain: Plain; id?: number } {
    const bucket = this.#buckets.get(hash) ?? []
    this.#buckets.set(hash, bucket)
    let entry = bucket.find((known) => this.#same(known.content, content))
    if (entry === undefined) {
      entry = { content, plain }
      bucket.push(entry)
    }
    return entry
  }
}

/**
 * The steps that the given results need, renumbered, with a `free` after each result's last use.
 * Returns the instructions, the new numbers of the results, and for each instruction the step it comes from (of a `free` the
 * step that was the last to use its operand).
 */
export const allocate = (
  steps: readonly Step[],
  results: readonly number[],
): { instructions: Instruction[]; results: number[]; sources: number[] } => {
  const last = new Array<number>(steps.length).fill(-1)
  for (const id of results) last[id] = steps.length
  for (let i = steps.length - 1; i >= 0; i--) {
    if (last[i] === -1) continue
    for (const operand of operandsOf(steps[i]!)) if (last[operand] === -1) last[operand] = i
  }
  const numbers = new Array<number>(steps.length).fill(-1)
  const instructions: Instruction[] = []
  const sources: number[] = []
  let next = 0
  steps.forEach((step, i) => {
    if (last[i] === -1) return
    instructions.push(renumber(step, numbers))
    sources.push(i)
    numbers[i] = next++
    for (const operand of new Set(operandsOf(step))) {
      if (last[operand] !== i) continue
      instructions.push({ op: "free", a: numbers[operand]! })
      sources.push(i)
    }
  })
  return { instructions, results: results.map((id) => numbers[id]!), sources }
}

export const operandsOf = (step: Instruction): readonly number[] =>
  step.op === "input" ? [] : "b" in step ? [step.a, step.b] : [step.a]

const renumber = (step: Step, numbers: readonly number[]): Step => {
  if (step.op === "input") return step
  if ("b" in step) return { ...step, a: numbers[step.a]!, b: numbers[step.b]! }
  return { ...step, a: numbers[step.a]! }
}
