import { type Builder, countUses, type Node, nodesOf, type Program } from "../ir/index.ts"
import type { Pass } from "./pass.ts"
import { depths } from "./shared/levels.ts"
import { isConstant, isWithin } from "./shared/node-values.ts"
import { sweep, untilStable } from "./shared/sweep.ts"

/**
 * Chains of products become trees: the two shallowest factors are multiplied first, which gives the least depth
 * (Huffman's construction with the maximum in place of the sum), constants last. Only products used once are taken apart,
 * and only where the tree is shallower than what stands there.
 */
export const balanceProducts: Pass = {
  name: "balance-products",
  doc: "Turns chains of products of secrets into trees of the least multiplicative depth.",
  run: (program, _target, made) =>
    untilStable(program, made, (before, inside) => {
      const levels = depths(nodesOf(before))
      const isInner = innerProducts(before)
      return sweep(before, inside, (node, operands, builder, imageOf) => {
        if (!isProduct(node) || isInner(node) || !operands.some((operand) => operand.op === "mul"))
          return undefined
        const factors = factorsOf(node, isInner).map(
          (factor): Factor => ({
            node: imageOf(factor),
            depth: levels.get(factor)!,
          }),
        )
        const tree = productTree(factors, builder)
        return tree.depth < levels.get(node)! && isWithin(tree.node.type, node.type) ? tree.node : undefined
      })
    }),
}

interface Factor {
  readonly node: Node
  readonly depth: number
}

const isProduct = ({ op, type }: Node): boolean => op === "mul" && type.secret

/** Whether a product is used by one other product and nothing else. */
const innerProducts = (program: Program): ((node: Node) => boolean) => {
  const uses = countUses(program)
  const factors = new Set(
    nodesOf(program)
      .filter(isProduct)
      .flatMap(({ operands }) => operands),
  )
  return (node) => isProduct(node) && uses.get(node) === 1 && factors.has(node)
}

/** The factors below a product, from left to right. */
const factorsOf = (product: Node, isInner: (node: Node) => boolean): Node[] => {
  const factors: Node[] = []
  const stack = [...product.operands].reverse()
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isInner(node)) stack.push(...[...node.operands].reverse())
    else factors.push(node)
  }
  return factors
}

const productTree = (factors: readonly Factor[], builder: Builder): Factor => {
  const multiply = (a: Factor, b: Factor): Factor => ({
    node: builder.make("mul", [a.node, b.node], {}),
    depth: Math.max(a.depth, b.depth) + Number(a.node.type.secret && b.node.type.secret),
  })
  // Products come out no shallower than the ones before, so that two queues in order stand for a heap.
  const leaves = factors.filter(({ node }) => !isConstant(node)).sort((a, b) => a.depth - b.depth)
  const products: Factor[] = []
  let [nextLeaf, nextProduct] = [0, 0]
  const shallowest = (): Factor => {
    const leaf = leaves[nextLeaf]
    const product = products[nextProduct]
    if (leaf === undefined || (product !== undefined && product.depth < leaf.depth)) {
      nextProduct++
      return product!
    }
    nextLeaf++
    return leaf
  }
  for (let i = 1; i < leaves.length; i++) products.push(multiply(shallowest(), shallowest()))
  return factors.filter(({ node }) => isConstant(node)).reduce(multiply, products.at(-1) ?? leaves[0]!)
}
