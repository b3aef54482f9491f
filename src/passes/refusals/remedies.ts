import { ProgramError, printRange } from "../../data/index.ts"
import { Builder, type IntType, intType, type Node, type NodeOf, topological, width } from "../../ir/index.ts"
import type { Target } from "../pass.ts"
import { tableLevels } from "../shared/levels.ts"
import { nameOf } from "./refusal.ts"

/** Programs beyond it are not rebuilt on narrower inputs: a message is not worth that long. */
const MOST_NODES = 2000

/** A table that is cheap on any of the machines that there are. */
const SMALL = 256n

/**
 * What is wrong with a table of the combinations of `values`, and what would mend it: narrower inputs, tried on the
 * program, and a narrower range on the user's word, with its price. That a function of a value drops or clips bits is no
 * remedy: it is part of the table.
 */
export const largeTable = (values: readonly Node[], target: Target): string => {
  const types = values.map(({ type }) => type as IntType)
  const size = combinations(types)
  if (values.length > 1) {
    const secrets = types.every(({ secret }) => secret) ? "secrets" : "values"
    const list = values.map(
      (value) => `${nameOf(value)} in ${printRange(rangeOf(value).lo, rangeOf(value).hi)}`,
    )
    return [
      `${COUNTS[types.length] ?? types.length} ${secrets} in one table: ${list.slice(0, -1).join(", ")} and ${list.at(-1)} ` +
        `make ${size} combinations, but such tables end at ${target.maxCombinations}`,
      "write it with add, sub, mul, min, max and where, which need no such table, or make the values narrower:",
      ...narrowerInputs(values, BigInt(target.maxCombinations), target),
    ].join("\n")
  }
  const [{ lo, hi }] = types as [IntType]
  return [
    `this value lies in ${printRange(lo, hi)}, a table of ${size} entries, but tables end at ${target.maxTableSize}`,
    "make it narrower before anything is looked up; roundBits, clip and the like are lookups themselves:",
    ...narrowerInputs(values, BigInt(target.maxTableSize), target),
    ...assumption(types[0]!, target),
  ].join("\n")
}

/** What is wrong with a value that takes too many bits; `what` says which, such as "output y lies in". */
export const wideValue = (what: string, node: Node, target: Target): string | undefined => {
  const { lo, hi } = rangeOf(node)
  const bits = (hi - lo).toString(2).length
  if (bits <= target.maxValueBits) return undefined
  const where = target.maxValueBits < target.maxWideBits ? " beside tables and refreshes" : ""
  return [
    `${what} ${printRange(lo, hi)}, which takes ${bits} bits, but at most ${target.maxValueBits} can be told apart${where}`,
    "scale weights down, split the value, or make it narrower:",
    ...narrowerInputs([node], 2n ** BigInt(target.maxValueBits), target),
    `assume(lo, hi) if it spans at most ${target.maxValueBits} bits whatever is proved`,
  ].join("\n")
}

/** "assume(-128, 127)", and what that table takes. */
const assumption = ({ lo, hi }: IntType, target: Target): string[] => {
  const from = lo >= 0n ? lo : hi <= 0n ? hi - SMALL + 1n : lo > -SMALL / 2n ? lo : -SMALL / 2n
  const range = `assume(${from}, ${from + SMALL - 1n})`
  return [`${range} if you know that it stays there: ${priced(SMALL, target)}`]
}

/** "256 entries, depth 8, about 215 µs a lookup" as far as it is known. */
const priced = (size: bigint, { priceTable }: Target): string => {
  const entries = `${size} entries, ${tableLevels(size)} levels`
  const price = priceTable?.(Number(size))
  return price === undefined ? entries : `${entries}, ${price}`
}

/**
 * The secret inputs below `values` as they must be declared so that the values have at most `limit` combinations: the
 * widest if that does it, else all of them. None where no declaration helps.
 */
const narrowerInputs = (values: readonly Node[], limit: bigint, target: Target): string[] => {
  const nodes = topological(values)
  const inputs = nodes.filter((node): node is NodeOf<"input"> => node.op === "input" && node.type.secret)
  if (inputs.length === 0 || nodes.length > MOST_NODES) return []
  const most = inputs.reduce((bits, input) => Math.max(bits, bitsOf(input)), 0)
  for (const chosen of [inputs.filter((input) => bitsOf(input) === most), inputs]) {
    // Fewer bits never give more combinations.
    let [bad, good] = [most, 0]
    if (sizeWith(nodes, values, chosen, 1) > limit) continue
    for (good = 1; bad - good > 1; ) {
      const bits = Math.floor((bad + good) / 2)
      if (sizeWith(nodes, values, chosen, bits) <= limit) good = bits
      else bad = bits
    }
    const narrowed = chosen.filter((input) => bitsOf(input) > good)
    const size = sizeWith(nodes, values, chosen, good)
    const list = narrowed.map((input) => `${input.attrs.name} as ${declared(narrow(input, good))}`)
    const what = limit > 2n ** 32n ? `${(size - 1n).toString(2).length} bits` : priced(size, target)
    return [
      `declare ${listed(list)} in place of ${listed([...new Set(narrowed.map((one) => declared(rangeOf(one))))])}: ${what}`,
    ]
  }
  return []
}

/** The combinations of `values` with some inputs cut to so many bits; too many where the program does not fit that. */
const sizeWith = (
  nodes: readonly Node[],
  values: readonly Node[],
  inputs: readonly NodeOf<"input">[],
  bits: number,
): bigint => {
  const builder = new Builder()
  const image = new Map<Node, Node>()
  try {
    for (const node of nodes) {
      const operands = node.operands.map((operand) => image.get(operand)!)
      image.set(
        node,
        inputs.includes(node as NodeOf<"input">)
          ? cut(builder, node as NodeOf<"input">, bits)
          : builder.remake(node, operands),
      )
    }
  } catch (error) {
    if (error instanceof ProgramError) return 2n ** 64n
    throw error
  }
  return combinations(values.map((value) => image.get(value)!.type as IntType))
}

const cut = (builder: Builder, input: NodeOf<"input">, bits: number): Node => {
  const { lo, hi } = narrow(input, bits)
  return builder.make("input", [], { name: input.attrs.name, type: intType(true, lo, hi, input.type.shape) })
}

interface Range {
  readonly lo: bigint
  readonly hi: bigint
}

/** The part of an input's range that is nearest to 0 and takes so many bits. */
const narrow = (input: Node, bits: number): Range => {
  const { lo, hi } = rangeOf(input)
  const size = 2n ** BigInt(bits)
  if (hi - lo < size) return { lo, hi }
  if (lo >= 0n) return { lo, hi: lo + size - 1n }
  if (hi <= 0n) return { lo: hi - size + 1n, hi }
  const from = lo > -size / 2n ? lo : hi < size / 2n - 1n ? hi - size + 1n : -size / 2n
  return { lo: from, hi: from + size - 1n }
}

/** A range as it is declared: uint(4), int(5) or range(-3, 12). */
const declared = ({ lo, hi }: Range): string => {
  const bits = (hi - lo).toString(2).length
  if (hi - lo + 1n === 2n ** BigInt(bits)) {
    if (lo === 0n) return `uint(${bits})`
    if (lo === -(2n ** BigInt(bits - 1))) return `int(${bits})`
  }
  return `range(${lo}, ${hi})`
}

const rangeOf = ({ type }: Node): Range => type as IntType
const bitsOf = (node: Node): number => (rangeOf(node).hi - rangeOf(node).lo).toString(2).length
const combinations = (types: readonly IntType[]): bigint =>
  types.reduce((product, type) => product * width(type), 1n)
const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join() : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`

const COUNTS = ["no", "one", "two", "three", "four"]
