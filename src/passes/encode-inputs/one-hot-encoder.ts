import type { OneHot } from "../../data/index.ts"
import {
  type Builder,
  type Entry,
  type IntType,
  literal,
  matrixFromRows,
  type Node,
  type Shape,
  width,
} from "../../ir/index.ts"
import type { Target } from "../pass.ts"
import { elements } from "../shared/node-values.ts"
import type { LocalElement } from "./local-values.ts"
import { type DigitProduct, type Split, splitOnce, splitTwice, type Term } from "./split-function.ts"

/** How an input is sent: in two digits only where these are shorter than one. */
export const encodingFor = (type: IntType, { digits }: Target): OneHot => {
  const values = Number(width(type))
  const half = 2 ** Math.ceil(Math.log2(values) / 2)
  return digits === 2 && 2 * half < values ? { base: half, digits: 2 } : { base: values, digits: 1 }
}

/** The inputs of some functions as one-hot vectors, and the functions in terms of these. */
export class OneHotEncoder {
  readonly #builder: Builder
  readonly #sent = new Map<Node, OneHot & { readonly from: number }>()
  readonly #vectors: Node[] = []
  readonly #splits = new Map<Float64Array, Split>()
  /** Equal products of one input are one object. */
  readonly #known = new Map<string, DigitProduct>()
  readonly #products: Node | undefined
  /** The places of products in their vector, by element. */
  readonly #places = new Map<DigitProduct, Map<number, number>>()

  constructor(builder: Builder, target: Target, all: readonly LocalElement[]) {
    this.#builder = builder
    let from = 0
    for (const input of new Set(all.map((x) => x.input))) {
      if (input === undefined) continue
      const encoding = encodingFor(input.type as IntType, target)
      const { base, digits } = encoding
      const vector = builder.make("onehot", [input], { base: BigInt(base), digits: BigInt(digits) })
      const shape = [elements(vector)]
      this.#vectors.push(
        vector.type.shape.length === 1 ? vector : builder.make("reshape", [vector], { shape }),
      )
      this.#sent.set(input, { ...encoding, from })
      from += elements(vector)
    }
    this.#products = this.#multiply(all)
  }

  /** Some of the functions as one vector. */
  vector(functions: readonly LocalElement[], shape: Shape): Node {
    const operands = this.#products === undefined ? this.#vectors : [this.#products, ...this.#vectors]
    const first = this.#products === undefined ? 0 : elements(this.#products)
    const rows = functions.map((x): Entry[] => {
      const { terms, products } = this.#split(x)
      return [
        ...products.map((product) => ({ column: this.#places.get(product)!.get(x.element)!, value: 1 })),
        ...terms.map((term) => this.#entry(x, term, first)),
      ]
    })
    return this.#linear(
      operands,
      rows,
      functions.map((x) => this.#split(x).bias),
      shape,
    )
  }

  /** The products that the functions need, each once; those of the same class next to each other. */
  #multiply(all: readonly LocalElement[]): Node | undefined {
    const byClass: { readonly x: LocalElement; readonly product: DigitProduct }[][] = []
    for (const x of all) {
      this.#split(x).products.forEach((product, d) => {
        const places = this.#places.get(product) ?? new Map<number, number>()
        this.#places.set(product, places)
        if (places.has(x.element)) return
        places.set(x.element, -1)
        byClass[d] ??= []
        byClass[d].push({ x, product })
      })
    }
    const factors = byClass.flat()
    if (factors.length === 0) return undefined
    for (const [i, { x, product }] of factors.entries()) this.#places.get(product)!.set(x.element, i)
    const bias = new Array<number>(factors.length).fill(0)
    const sides = [
      factors.map(({ x, product }) =>
        product.high.map((value) => this.#entry(x, { digit: 0, value, weight: 1 })),
      ),
      factors.map(({ x, product }) => product.low.map((term) => this.#entry(x, term))),
    ]
    const [high, low] = sides.map((rows) => this.#linear(this.#vectors, rows, bias, [factors.length]))
    return this.#builder.make("mul", [high!, low!], {})
  }

  #split({ input, values }: LocalElement): Split {
    if (input === undefined) return splitOnce(values)
    const known = this.#splits.get(values)
    if (known !== undefined) return known
    const { base, digits, from } = this.#sent.get(input)!
    const split = digits === 1 ? splitOnce(values) : splitTwice(values, base)
    const products = split.products.map((product) => {
      const key = `${from} ${product.high} ${product.low.map(({ value, weight }) => `${value}:${weight}`)}`
      const same = this.#known.get(key) ?? product
      this.#known.set(key, same)
      return same
    })
    this.#splits.set(values, { ...split, products })
    return { ...split, products }
  }

  /** A term as an entry of a matrix that takes the one-hot vectors from column `first` on. */
  #entry({ input, element }: LocalElement, { digit, value, weight }: Term, first = 0): Entry {
    const { base, from } = this.#sent.get(input!)!
    const column = first + from + (digit * base + value) * elements(input!) + element
    return { column, value: weight }
  }

  #linear(operands: readonly Node[], rows: readonly Entry[][], bias: readonly number[], shape: Shape): Node {
    const columns = operands.reduce((sum, operand) => sum + elements(operand), 0)
    const attrs = { matrix: matrixFromRows(columns, rows), bias: literal(bias), shape }
    return this.#builder.make("linear", operands, attrs)
  }
}
