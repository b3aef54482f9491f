import type { Integer } from "../../data/index.ts"
import { isIdentity, type Node, nodesOf, type Program, partsOf } from "../../ir/index.ts"
import { elements, isConstant } from "../shared/node-values.ts"
import { affineOf, isAffine } from "./affine.ts"
import { type Form, selectionsOf } from "./find-selections.ts"
import {
  addBias,
  type Block,
  blocksOf,
  identityBlock,
  multiplyBlock,
  productCount,
  staysNarrow,
  tidy,
} from "./sparse-block.ts"

/**
 * Entries that keeping a value as a vector of its own is worth: a vector costs a few operations at least, so that small
 * factors are multiplied out even where their product has more entries.
 */
const VECTOR_COST = 64

/** The most products of entries that multiplying two matrices out may take. */
const MOST_PRODUCTS = 2 ** 26

/** A linear value that must exist: the sum over `blocks` of a matrix times a value, plus `bias`. */
export interface Root {
  /** Sums of blocks, in the order in which operands were first met. */
  readonly blocks: Map<Node, Block[]>
  readonly bias: Integer[]
}

export interface Plan {
  /** The secret nodes that exist as vectors: roots, and whatever is not linear. */
  readonly needed: ReadonlySet<Node>
  readonly roots: ReadonlyMap<Node, Root>
}

/**
 * Pushes matrices from the values that must exist down to their operands, users before operands. A linear node between
 * stays a value of its own (a cut) when several need it and it adds elements up, or when multiplying it out would store
 * more entries than its two factors.
 */
export const planRoots = (program: Program): Plan => {
  const nodes = nodesOf(program)
  const selections = selectionsOf(nodes)
  const needed = new Set<Node>()
  const roots = new Map<Node, Root>()
  const users = new Map<Node, Root[]>()
  const need = (node: Node): void => {
    if (node.type.secret) needed.add(node)
  }
  const push = (root: Root, block: Block, { operands, affine }: Form, products: readonly Block[]): void => {
    addBias(root.bias, block, affine)
    products.forEach((product, k) => {
      const operand = operands[k]!
      const known = root.blocks.get(operand)
      if (product.rows.length === 0) return
      if (known === undefined) {
        root.blocks.set(operand, [product])
        users.set(operand, users.get(operand) ?? [])
        users.get(operand)!.push(root)
      } else known.push(product)
    })
  }
  program.outputs.forEach(need)
  for (const node of nodes.reverse()) {
    const waiting = users.get(node) ?? []
    users.delete(node)
    if (!node.type.secret || (!needed.has(node) && waiting.length === 0)) continue
    const form = waiting.length === 0 && isSettled(node) ? undefined : (selections.get(node) ?? formOf(node))
    if (form === undefined) {
      needed.add(node)
      node.operands.forEach(need)
      continue
    }
    const isShared = waiting.length + Number(needed.has(node)) > 1
    for (const root of waiting) {
      const block = tidy(root.blocks.get(node)!)
      const products = isShared && !form.affine.isSelection ? undefined : multiplyOut(block, form)
      if (products === undefined) {
        needed.add(node)
        root.blocks.set(node, [block])
      } else {
        root.blocks.delete(node)
        push(root, block, form, products)
      }
    }
    if (needed.has(node)) {
      const size = elements(node)
      const root: Root = { blocks: new Map(), bias: new Array<Integer>(size).fill(0) }
      const block = identityBlock(size)
      roots.set(node, root)
      push(root, block, form, blocksOf(form.affine, form.operands.length))
    }
  }
  return { needed, roots }
}

/** Whether planning would only take a `linear` apart and put it together again. */
const isSettled = (node: Node): boolean => {
  const { op, operands, type, attrs } = node
  if (op !== "linear" || type.shape.length !== 1 || isIdentity(attrs.matrix)) return false
  if (new Set(operands).size < operands.length) return false
  if (!operands.every(isGivenVector)) return false
  const { partAt } = partsOf(operands.map(elements))
  const used = new Set<number>()
  for (const column of attrs.matrix.column) {
    if (used.size === operands.length) break
    used.add(partAt(column))
  }
  return used.size === operands.length
}

/** A vector that no matrix is pushed through: not linear, but for what flattens an input. */
const isGivenVector = (node: Node): boolean => {
  if (node.type.shape.length !== 1 || isConstant(node)) return false
  if (node.op === "reshape" && node.operands[0]!.op === "input") return true
  return !node.type.secret || !isAffine(node)
}

const formOf = (node: Node): Form | undefined => {
  const affine = affineOf(node)
  return affine && { operands: node.operands, affine }
}

/** The product with one block per operand; undefined when the factors are better kept apart. */
const multiplyOut = (block: Block, { operands, affine }: Form): Block[] | undefined => {
  const most = block.rows.length + affine.weight.length + VECTOR_COST
  if (productCount(block, affine) > MOST_PRODUCTS || !staysNarrow(block, affine)) return undefined
  const products = multiplyBlock(block, affine, operands.length)
  const tidied = products.map((product) => tidy([product]))
  return tidied.reduce((sum, { rows }) => sum + rows.length, 0) <= most ? tidied : undefined
}
