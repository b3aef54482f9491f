import type { KernelOps } from "../circuit/relinearizing.ts"

/** What a kernel takes, and the longest chain of products in it. */
export interface KernelCost {
  readonly products: number
  readonly relinearizations: number
  readonly plainProducts: number
  readonly depth: number
}

interface Counted {
  isProduct: boolean
  readonly depth: number
}

/** Counts what a kernel of one value does by running it on a machine that only counts; null stands for no result. */
export const countKernel = (run: (ops: KernelOps<Counted>, x: Counted) => Counted | null): KernelCost => {
  let products = 0
  let relinearizations = 0
  let plainProducts = 0
  const settle = (a: Counted): Counted => {
    if (a.isProduct) relinearizations++
    a.isProduct = false
    return a
  }
  const sum = (a: Counted, b: Counted): Counted => ({
    isProduct: a.isProduct || b.isProduct,
    depth: Math.max(a.depth, b.depth),
  })
  const ops: KernelOps<Counted> = {
    add: sum,
    sub: sum,
    negate: (a) => ({ ...a }),
    addPlain: (a) => ({ ...a }),
    rotate: (a) => ({ ...settle(a) }),
    multiply: (a, b) => {
      products++
      return { isProduct: true, depth: Math.max(settle(a).depth, settle(b).depth) + 1 }
    },
    multiplyPlain: (a) => {
      plainProducts++
      return { ...settle(a) }
    },
  }
  const result = run(ops, { isProduct: false, depth: 0 })
  if (result !== null) settle(result)
  return { products, relinearizations, plainProducts, depth: result?.depth ?? 0 }
}

/** Relative price of a schedule; BFV products dominate, plain products are nearly free. */
export const weighKernel = ({ products, relinearizations, plainProducts }: KernelCost): number =>
  3 * products + relinearizations + 0.02 * plainProducts
