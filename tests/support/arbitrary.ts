import fc from "fast-check"
import { type Nested, ProgramError, sizeOf, unflatten } from "../../src/data/index.ts"
import {
  Builder,
  type IntType,
  intType,
  literal,
  type Node,
  type NodeOf,
  opDef,
  opNames,
  type Pick,
  type Program,
  print,
  rewrite,
  specificationOf,
  type Type,
  width,
} from "../../src/ir/index.ts"

export interface ProgramOptions {
  /** The most statements drawn besides inputs; 20 by default. */
  readonly maxSteps?: number
  /** The most levels of secret products; a table of w entries counts as ceil(log2 w). Unlimited by default. */
  readonly maxDepth?: number
  /** The most entries of a table or of the domain of an expression of secrets; 1024 by default. */
  readonly maxTable?: number
  /** The largest absolute value of any node; 2^20 by default. */
  readonly maxValue?: bigint
  /** Whether real values may stand between expressions; false by default. */
  readonly reals?: boolean
  /** Whether inputs have up to 22 values in place of 8; false by default. */
  readonly wideInputs?: boolean
  /** Whether every output is secret (and there is at least one secret input); false by default. */
  readonly secretOutputs?: boolean
}

const MOST_ELEMENTS = 24
const NAMES = ["x", "y", "z"] as const
const OUTPUTS = ["a", "b", "c"] as const
/** All that is drawn from what is there; inputs come first, some of them one-hot. */
const steps = opNames.filter((name) => name !== "input" && name !== "onehot")

/** What a program is drawn from: plain numbers, so that shrinking works and nothing leaks between runs. */
interface Plan {
  readonly inputs: readonly (readonly number[])[]
  readonly steps: readonly {
    readonly op: number
    readonly operands: readonly number[]
    readonly choices: readonly number[]
  }[]
  readonly outputs: readonly number[]
}

const choices = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.noBias(fc.nat(1023)), { maxLength, size: "max" })

const late = fc.noBias(fc.nat(9))

const arbitraryPlan = ({ maxSteps = 20 }: ProgramOptions): fc.Arbitrary<Plan> =>
  fc.record({
    inputs: fc.array(choices(4), { minLength: 1, maxLength: NAMES.length }),
    steps: fc.array(
      fc.record({
        op: fc.noBias(fc.nat(steps.length - 1)),
        operands: fc.array(late, { minLength: 1, maxLength: 3 }),
        choices: choices(16),
      }),
      { maxLength: maxSteps, size: "max" },
    ),
    outputs: fc.array(late, { minLength: 1, maxLength: OUTPUTS.length }),
  })

/**
 * A program of operators from the table on small tensors. What does not fit its operands or the options is left out, so
 * that a new operator takes part as soon as it has a `sample`. Failing programs are shown as text.
 */
export const arbitraryProgram = (options: ProgramOptions = {}): fc.Arbitrary<Program> =>
  arbitraryPlan(options).map((plan) => grow(plan, options))

/** Values for all inputs inside their declared ranges, often at the ends. */
export const arbitraryInputs = (program: Program): fc.Arbitrary<Record<string, Nested>> =>
  choices(60).map((numbers) => inputsFrom(program, numbers))

/** A program together with inputs for it. */
export const arbitraryRun = (
  options: ProgramOptions = {},
): fc.Arbitrary<{ readonly program: Program; readonly inputs: Record<string, Nested> }> =>
  fc.tuple(arbitraryPlan(options), choices(60)).map(([plan, numbers]) => {
    const program = grow(plan, options)
    return { program, inputs: inputsFrom(program, numbers) }
  })

/**
 * A program whose secret inputs all go through a table first, which permutes the values of each and keeps its range; but
 * for those that are sent one-hot already.
 */
export const behindTables = (program: Program): Program =>
  rewrite(program, (node, operands, builder) => {
    if (node.op === "onehot") return undefined
    const permuted = operands.map((operand) => {
      if (operand.op !== "input" || !operand.type.secret) return operand
      const type = operand.type as IntType
      const size = Number(width(type))
      // The ends stay, the neighbours between change places.
      const entries = Array.from({ length: size }, (_, i) => {
        const swapped = i % 2 === 1 ? i + 1 : i - 1
        return Number(type.lo) + (i > 0 && swapped < size - 1 && swapped > 0 ? swapped : i)
      })
      return builder.make("table", [operand], { lo: type.lo, entries: literal(entries) })
    })
    return builder.remake(node, permuted)
  })

/** Reads choices off a list of numbers, over and over; the first of everything when it is empty. */
const picking = (numbers: readonly number[]): Pick => {
  let next = 0
  const int = (lo: number, hi: number): number =>
    lo + ((numbers[next++ % numbers.length] ?? 0) % (hi - lo + 1))
  return { int, of: (items) => items[int(0, items.length - 1)]! }
}

const grow = (plan: Plan, options: ProgramOptions): Program => {
  const builder = new Builder()
  const inputs = plan.inputs.map((numbers, i): NodeOf<"input"> => {
    const { type } = opDef("input").sample([], picking(numbers)) as unknown as { type: IntType }
    const secret = type.secret || (options.secretOutputs === true && i === 0)
    const hi = options.wideInputs ? type.lo + 3n * (type.hi - type.lo) : type.hi
    const declared = intType(secret, type.lo, hi, type.shape)
    return builder.make("input", [], { name: NAMES[i]!, type: declared })
  })
  const nodes: Node[] = inputs.map((input, i) => sentOneHot(builder, input, plan.inputs[i]!) ?? input)
  const depths = new Map<Node, number>(nodes.map((node) => [node, 0]))
  for (const step of plan.steps) {
    const node = makeStep(builder, nodes, step)
    if (node === undefined || depths.has(node) || !fits(node, options)) continue
    const depth = depthAfter(node, depths)
    if (depth > (options.maxDepth ?? Infinity)) continue
    depths.set(node, depth)
    nodes.push(node)
  }
  const closed = nodes.filter(({ type }) => type.kind === "int" && (type.secret || !options.secretOutputs))
  const outputs = new Map(plan.outputs.map((k, i) => [OUTPUTS[i]!, recent(closed, k)]))
  const program: Program = { name: "generated", inputs, outputs, origins: builder.origins }
  return Object.freeze(Object.assign(program, { [fc.toStringMethod]: () => print(program) }))
}

/** Some secret inputs one-hot, and then nothing else may use them. */
const sentOneHot = (
  builder: Builder,
  input: NodeOf<"input">,
  numbers: readonly number[],
): Node | undefined => {
  const pick = picking(numbers.toReversed())
  const attrs = pick.int(0, 3) === 0 ? opDef("onehot").sample([input.type], pick) : null
  if (attrs === null) return undefined
  const node = builder.make("onehot", [input], attrs as never)
  return sizeOf(node.type.shape) <= MOST_ELEMENTS ? node : undefined
}

/** Late nodes more often than early ones, so that programs grow deep. */
const recent = (nodes: readonly Node[], k: number): Node => nodes.at(-1 - (STEPS_BACK[k]! % nodes.length))!
const STEPS_BACK = [0, 0, 0, 0, 1, 1, 2, 3, 5, 8]

const makeStep = (
  builder: Builder,
  nodes: readonly Node[],
  step: Plan["steps"][number],
): Node | undefined => {
  const latest = recent(nodes, step.operands[0]!)
  // Only an expression makes an integer of a real value again: half of the steps on reals are one.
  const op = latest.type.kind === "real" && step.op % 2 === 0 ? "apply" : steps[step.op]!
  const { arity, sample } = opDef(op)
  const count = arity === "any" ? step.operands.length : arity
  const operands = Array.from({ length: count }, (_, i) => recent(nodes, step.operands[i] ?? 0))
  const attrs = sample(
    operands.map(({ type }) => type),
    picking(step.choices),
  )
  if (attrs === null) return undefined
  try {
    return builder.make(op, operands, attrs as never)
  } catch (error) {
    if (error instanceof ProgramError) return undefined
    throw error
  }
}

const fits = (
  node: Node,
  { maxTable = 1024, maxValue = 2n ** 20n, reals = false }: ProgramOptions,
): boolean => {
  const { type } = node
  if (sizeOf(type.shape) > MOST_ELEMENTS || tableWidth(node) > BigInt(maxTable)) return false
  return type.kind === "real" ? reals : type.lo >= -maxValue && type.hi <= maxValue
}

/** The combinations of secret integers that a table for this node would cover; 0 when none is needed. */
const tableWidth = ({ op, operands }: Node): bigint => {
  const secrets = operands.map(({ type }): Type => type).filter((type) => type.kind === "int" && type.secret)
  if ((op !== "apply" && op !== "table") || secrets.length === 0) return 0n
  return secrets.reduce((product, type) => product * width(type as IntType), 1n)
}

const depthAfter = (node: Node, depths: ReadonlyMap<Node, number>): number => {
  const before = node.operands.reduce((most, operand) => Math.max(most, depths.get(operand)!), 0)
  const isProduct = node.op === "mul" || node.op === "matmul"
  if (isProduct && node.operands.every(({ type }) => type.secret)) return before + 1
  return before + Math.ceil(Math.log2(Math.max(1, Number(tableWidth(node)))))
}

const inputsFrom = (program: Program, numbers: readonly number[]): Record<string, Nested> => {
  const pick = picking(numbers)
  return Object.fromEntries(
    program.inputs.map((input) => {
      const { lo, hi, shape } = specificationOf(input)
      const span = Number(hi - lo)
      const value = (): number => Number(lo) + pick.of([0, span, pick.int(0, span)])
      return [input.attrs.name, unflatten(Array.from({ length: sizeOf(shape) }, value), shape)]
    }),
  )
}
