import { sizeOf } from "../../../data/index.ts"
import { broadcastIndices } from "../../../ir/index.ts"
import type { FloatNode, NodeOf } from "../../graph/graph.ts"
import { kindOf } from "../../graph/kinds/index.ts"
import { generate } from "../../graph/tensor.ts"

/**
 * A polynomial of degree 2 at most: coefficients by monomial. Of n variables, numbered from 1, the monomial of i and j, i at
 * least j, is i * (n + 1) + j; number 0 stands for 1.
 */
export type Polynomial = ReadonlyMap<number, number>

/** The degree of a node in what its operands are of; undefined for a node that is no polynomial of them. */
export const degreeOf = (node: FloatNode, degreeAt: (operand: FloatNode) => number): number | undefined => {
  const degrees = node.operands.map(degreeAt)
  const most = Math.max(0, ...degrees)
  switch (node.kind) {
    case "constant":
      return 0
    case "affine":
    case "reshape":
    case "transpose":
    case "pick":
    case "concat":
      return most
    case "dense":
      return node.operands[0]!.shape.length === 1 ? most : undefined
    case "reduce":
      if (node.attributes.by === "sumSquare") return 2 * most
      return node.attributes.by === "sum" || node.attributes.by === "mean" ? most : undefined
    case "activation":
      if (node.attributes.function === "negate") return most
      return isSquare(node) ? 2 * most : undefined
    case "combine": {
      const by = node.attributes.function
      if (by === "add" || by === "sub") return most
      if (by === "mul") return degrees[0]! + degrees[1]!
      return by === "div" && degrees[1] === 0 ? degrees[0] : undefined
    }
    default:
      return undefined
  }
}

const isSquare = ({ attributes: { function: name, parameters } }: NodeOf<"activation">): boolean =>
  name === "square" || (name === "power" && (parameters["exponent"] ?? 2) === 2)

/** Polynomials of `n` variables, and what nodes make of them. At most so many monomials of degree 2 are kept track of. */
export class Polynomials {
  readonly #n: number
  readonly #most: number
  readonly #values = new Map<FloatNode, readonly Polynomial[]>()
  readonly #products = new Set<number>()

  constructor(n: number, most: number) {
    this.#n = n
    this.#most = most
  }

  /** Gives a node the variables from number `first` on. */
  setVariables(node: FloatNode, first: number): void {
    this.#values.set(
      node,
      Array.from({ length: sizeOf(node.shape) }, (_, i) => new Map([[(first + i) * (this.#n + 1), 1]])),
    )
  }

  get(node: FloatNode): readonly Polynomial[] {
    return this.#values.get(node)!
  }

  /** Works a node out that has a degree of at most 2; false where that takes too many monomials. */
  add(node: FloatNode): boolean {
    this.#values.set(node, this.#evaluate(node))
    return this.#products.size <= this.#most
  }

  #evaluate(node: FloatNode): readonly Polynomial[] {
    const operands = node.operands.map((operand) => this.get(operand))
    const [x = []] = operands
    switch (node.kind) {
      case "constant":
        return Array.from(node.attributes.tensor.values, constant)
      case "affine": {
        const { scale, shift, divisor } = node.attributes
        const at = (tensor: typeof scale) => {
          const indices = broadcastIndices(tensor.shape, node.shape)
          return (i: number): number => tensor.values[indices[i]!]!
        }
        const [scaleAt, shiftAt, divisorAt] = [at(scale), at(shift), divisor ? at(divisor) : () => 1]
        return x.map((one, i) =>
          sum([one, constant(shiftAt(i))], [scaleAt(i) / divisorAt(i), 1 / divisorAt(i)]),
        )
      }
      case "pick":
        return Array.from(node.attributes.indices, (i) => (i < 0 ? constant(node.attributes.fill) : x[i]!))
      case "dense": {
        const { weights, bias } = node.attributes
        const [outputs, inputs] = weights.shape as [number, number]
        return Array.from({ length: outputs }, (_, o) =>
          sum(
            [...x, constant(bias?.values[o] ?? 0)],
            [...weights.values.subarray(o * inputs, (o + 1) * inputs), 1],
          ),
        )
      }
      case "reduce":
        return this.#reduced(node, node.attributes.by === "sumSquare" ? x.map((p) => this.#product(p, p)) : x)
      case "activation":
        return x.map((p) => (node.attributes.function === "negate" ? sum([p], [-1]) : this.#product(p, p)))
      case "combine": {
        const [lefts, rights] = node.operands.map((operand, k) =>
          Array.from(broadcastIndices(operand.shape, node.shape), (i) => operands[k]![i]!),
        ) as [Polynomial[], Polynomial[]]
        const by = node.attributes.function
        return lefts.map((left, i) => {
          const right = rights[i]!
          if (by === "mul") return this.#product(left, right)
          return by === "div"
            ? sum([left], [1 / (right.get(0) ?? 0)])
            : sum([left, right], [1, by === "add" ? 1 : -1])
        })
      }
      default:
        return moved(node, operands)
    }
  }

  #reduced({ operands, attributes }: NodeOf<"reduce">, x: readonly Polynomial[]): Polynomial[] {
    const { axes, by } = attributes
    const { shape } = operands[0]!
    const targets = broadcastIndices(
      shape.map((n, axis) => (axes.includes(axis) ? 1 : n)),
      shape,
    )
    const parts: Polynomial[][] = []
    x.forEach((p, i) => {
      const target = targets[i]!
      parts[target] ??= []
      parts[target].push(p)
    })
    return parts.map((part) =>
      sum(part, new Float64Array(part.length).fill(by === "mean" ? 1 / part.length : 1)),
    )
  }

  #product(a: Polynomial, b: Polynomial): Polynomial {
    const result = new Map<number, number>()
    for (const [left, factor] of a) {
      for (const [right, other] of b) {
        const key = this.#joined(left, right)
        result.set(key, (result.get(key) ?? 0) + factor * other)
        if (key % (this.#n + 1) !== 0) this.#products.add(key)
      }
      if (this.#products.size > this.#most) break
    }
    return result
  }

  /** The product of two monomials, together of degree 2 at most. */
  #joined(a: number, b: number): number {
    if (a === 0 || b === 0) return a + b
    const [i, j] = [a / (this.#n + 1), b / (this.#n + 1)]
    return Math.max(i, j) * (this.#n + 1) + Math.min(i, j)
  }
}

const constant = (value: number): Polynomial => new Map([[0, value]])

const sum = (all: readonly Polynomial[], factors: ArrayLike<number>): Polynomial => {
  const result = new Map<number, number>()
  all.forEach((one, i) => {
    const factor = factors[i]!
    if (factor === 0) return
    for (const [key, value] of one) result.set(key, (result.get(key) ?? 0) + factor * value)
  })
  return result
}

const moved = (node: FloatNode, operands: readonly (readonly Polynomial[])[]): Polynomial[] => {
  const all = operands.flat()
  let start = 0
  const places = node.operands.map(({ shape }) => {
    const first = start
    start += sizeOf(shape)
    return { shape, values: generate(sizeOf(shape), (i) => first + i) }
  })
  const indices = kindOf(node.kind).evaluate(places, node.attributes as never, node.shape)
  return Array.from(indices, (i) => all[i]!)
}
