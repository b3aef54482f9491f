import type { Integer } from "../../../data/index.ts"
import { proved, type Tensor } from "../../../frontend/index.ts"
import type { IntegerActivation, IntegerNetwork } from "./integer-network.ts"
import type { Row } from "./lower/linear-rows.ts"

/** Integer rows over the features of several blocks, as Lutra computes them. Larger matrices are written sparse. */
const MOST_DENSE = 2 ** 20

/** A vector that holds features `first` and on. */
interface Block {
  readonly first: number
  readonly size: number
  readonly value: Tensor
}

/** The network as an ordinary Lutra function of its input vector. */
export const traceNetwork = (network: IntegerNetwork, input: Tensor): Tensor => {
  const blocks: Block[] = [{ first: 0, size: input.size, value: input }]
  let count = input.size
  const push = (value: Tensor): void => {
    blocks.push({ first: count, size: value.size, value })
    count += value.size
  }
  network.layers.forEach(({ name, rows, activation }, i) => {
    const layer = `${name} ${i + 1}`
    const sums = linear(rows, blocks).tag(layer, (x: Tensor) => x)
    for (const value of apply(activation, sums, blocks)) push(value)
  })
  return linear(network.output, blocks)
}

const apply = (activation: IntegerActivation, sums: Tensor, blocks: readonly Block[]): Tensor[] => {
  switch (activation.kind) {
    case "powers": {
      const known = new Map([[1, sums]])
      return activation.powers.map((power) => raise(power, known))
    }
    case "table": {
      const { lo, tables } = activation
      const entries = tables.map((table) => Array.from(table))
      const within = inside(sums, BigInt(lo), BigInt(lo + entries[0]!.length - 1))
      return [within.lookup(tables.length === 1 ? entries[0]! : entries, { offset: lo })]
    }
    case "product":
      return [sums.mul(linear(activation.other, blocks))]
  }
}

/** Sums that were proved to lie in a table, element by element, also where types are too large to hold that of each element. */
const inside = (sums: Tensor, lo: bigint, hi: bigint): Tensor =>
  sums.node.type.lo >= lo && sums.node.type.hi <= hi ? sums : proved("rows", sums, lo, hi)

/** A power as a product of two that are about half. */
const raise = (power: number, known: Map<number, Tensor>): Tensor => {
  const found = known.get(power)
  if (found !== undefined) return found
  const less = Math.floor(power / 2)
  const [a, b] = [raise(power - less, known), raise(less, known)]
  const product = a === b ? a.square() : a.mul(b)
  known.set(power, product)
  return product
}

const linear = (rows: readonly Row[], blocks: readonly Block[]): Tensor => {
  const parts = blocks.flatMap((block) => {
    const entries = rows.map(({ columns, weights }) =>
      Array.from(columns, (column, k) => ({ column: column - block.first, weight: weights[k]! })).filter(
        ({ column }) => column >= 0 && column < block.size,
      ),
    )
    const most = Math.max(...entries.map((list) => list.length))
    if (most === 0) return []
    return [rows.length * block.size <= MOST_DENSE ? dense(entries, block) : sparse(entries, most, block)]
  })
  const bias = rows.map((row) => exact(row.bias))
  return parts.length === 0
    ? blocks[0]!.value.sum().mul(0).broadcastTo([rows.length]).add(bias)
    : parts.reduce((a, b) => a.add(b)).add(bias)
}

/** Integers beyond 2^53 are given as what they are after rounding to 53 bits. */
const exact = (value: number): Integer => (Number.isSafeInteger(value) ? value : BigInt(value))

type Entries = readonly (readonly { readonly column: number; readonly weight: number }[])[]

const dense = (entries: Entries, { size, value }: Block): Tensor => {
  const matrix = Array.from({ length: size }, () => new Array<Integer>(entries.length).fill(0))
  entries.forEach((list, i) => {
    for (const { column, weight } of list) matrix[column]![i] = exact(weight)
  })
  return value.matmul(matrix)
}

const sparse = (entries: Entries, most: number, { value }: Block): Tensor => {
  const padded = entries.map((list) => [
    ...list,
    ...new Array<Entries[number][number]>(most - list.length).fill({ column: 0, weight: 0 }),
  ])
  return value
    .take(padded.map((list) => list.map(({ column }) => column)))
    .mul(padded.map((list) => list.map(({ weight }) => exact(weight))))
    .sum({ axis: 1 })
}
