import { fitsSymbols, sizeOf } from "../../data/index.ts"
import {
  type Builder,
  type Entry,
  type IntType,
  literal,
  matrixFromRows,
  type Node,
  type NodeOf,
  tableSize,
  width,
} from "../../ir/index.ts"
import { ONE_HOT } from "../shared/proved-range.ts"

/** The most 0s and 1s that one refreshed value is answered in. */
const MOST_SENT = 2 ** 18

/** How a refreshed value can be answered in symbols mod `modulus`; undefined where it cannot. */
export const symbolsFor = (type: IntType, modulus: bigint) => {
  const elements = sizeOf(type.shape)
  const stride = powerOfTwoFrom(elements)
  const values = width(type)
  if (elements === 0 || values * BigInt(stride) > MOST_SENT) return undefined
  const own = { symbols: powerOfTwoFrom(Number(values)), stride }
  return values <= modulus && own.symbols * stride <= MOST_SENT && fitsSymbols(own, modulus, elements)
    ? own
    : undefined
}

/** A refreshed value as a round takes it in symbols, and its mask, which the server knows. */
export class SymbolAnswer {
  readonly input: Node
  readonly mask: Node
  readonly #builder: Builder
  readonly #of: IntType
  readonly #size: bigint
  readonly #stride: bigint
  readonly #symbols: Node
  readonly #lookups = new Map<NodeOf<"table"> | undefined, Node>()

  /** `of` is the type of the refreshed value; names are those of the inputs. */
  constructor(builder: Builder, of: IntType, modulus: bigint, names: { value: string; mask: string }) {
    const { symbols, stride } = symbolsFor(of, modulus)!
    const type: IntType = { kind: "int", secret: true, lo: 0n, hi: modulus - 1n, shape: of.shape }
    this.#builder = builder
    this.#of = of
    this.#size = BigInt(symbols)
    this.#stride = BigInt(stride)
    this.input = builder.make("input", [], { name: names.value, type })
    this.mask = builder.make("input", [], { name: names.mask, type: { ...type, secret: false } })
    const sent = builder.make("symbols", [this.input], { size: this.#size, stride: this.#stride })
    this.#symbols = builder.make("reshape", [sent], { shape: [symbols * stride] })
  }

  /** The value itself. */
  value(): Node {
    const { lo, hi } = this.#of
    const known = this.#lookups.get(undefined)
    if (known !== undefined) return known
    const entries = Array.from({ length: Number(hi - lo + 1n) }, (_, j) => lo + BigInt(j))
    const made = this.#lookup({ lo, entries: literal(entries) }, this.#of)
    this.#lookups.set(undefined, made)
    return made
  }

  /** What a table of the program gives for the value, which may be believed to lie in a narrower range. */
  table(node: NodeOf<"table">): Node {
    const known = this.#lookups.get(node)
    if (known !== undefined) return known
    const made = this.#lookup(covered(node.attrs, this.#of), node.type as IntType)
    this.#lookups.set(node, made)
    return made
  }

  /** offset + the sum of all blocks of weights times symbols. */
  #lookup(table: Omit<NodeOf<"symbolweights">["attrs"], "size" | "stride">, type: IntType): Node {
    const builder = this.#builder
    const attrs = { size: this.#size, stride: this.#stride, ...table }
    const stride = Number(this.#stride)
    const length = Number(this.#size) * stride
    const weights = builder.make("symbolweights", [this.mask], attrs)
    const products = builder.make(
      "mul",
      [this.#symbols, builder.make("reshape", [weights], { shape: [length] })],
      {},
    )
    const offset = builder.make("symboloffset", [this.mask], attrs)
    const matrix = matrixFromRows(
      length + stride,
      Array.from({ length: stride }, (_, row): Entry[] =>
        Array.from({ length: length / stride + 1 }, (_, s) => ({ column: s * stride + row, value: 1 })),
      ),
    )
    const bias = literal(new Int32Array(stride))
    const sums = builder.make("linear", [products, offset], { matrix, bias, shape: [stride] })
    const elements = sizeOf(type.shape)
    const own = elements === stride ? sums : builder.make("linear", [sums], firstOf(elements, stride))
    return builder.make("assume", [own], { lo: type.lo, hi: type.hi, by: ONE_HOT })
  }
}

/** The first of so many elements: a matrix that moves nothing. */
const firstOf = (elements: number, length: number) => ({
  matrix: matrixFromRows(
    length,
    Array.from({ length: elements }, (_, column): Entry[] => [{ column, value: 1 }]),
  ),
  bias: literal(new Int32Array(elements)),
  shape: [elements],
})

/** The entries of a table for the values that a type has, as far as it has entries for them. */
const covered = ({ lo, entries, index }: NodeOf<"table">["attrs"], of: IntType) => {
  const own = index === undefined ? { entries } : { entries, index }
  const size = tableSize(own)
  const from = Number(lo < of.lo ? of.lo - lo : 0n)
  const to = Math.min(size, Number(of.hi - lo) + 1)
  const first = lo + BigInt(from)
  if (from === 0 && to === size) return { lo, ...own }
  const count = entries.values.length / size
  const kept = Array.from({ length: count }, (_, k) =>
    Array.from(entries.values.subarray(k * size + from, k * size + to) as ArrayLike<number | bigint>),
  )
  return { lo: first, entries: literal(kept.flat()), ...(index !== undefined && { index }) }
}

const powerOfTwoFrom = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, least)))
