import type { SlotOps } from "./slot-ops.ts"

/** What kernels write: the machine without relinearization, levels and borders, which are placed for them. */
export type KernelOps<T> = Pick<
  SlotOps<T>,
  "add" | "sub" | "negate" | "multiply" | "rotate" | "addPlain" | "multiplyPlain"
>

/** A value that may still have the third component of a product. */
export interface Product<T> {
  readonly value: T
  readonly isProduct: boolean
}

/** Kernels on a machine that must relinearize. */
export interface Relinearizing<T> extends KernelOps<Product<T>> {
  settle(a: Product<T>): T
  fresh(value: T): Product<T>
  /** The same, but products with numbers stay unsettled too: for weighted sums of more products than there are sums. */
  readonly lazy: KernelOps<Product<T>>
}

/**
 * Sums of products stay as they are, and a value is relinearized when it is first multiplied or rotated. With sums before
 * relinearization this is optimal for the graphs that kernels make.
 */
export const relinearizing = <T>(ops: SlotOps<T>): Relinearizing<T> => {
  const settled = new Map<Product<T>, T>()
  const settle = (a: Product<T>): T => {
    if (!a.isProduct) return a.value
    const known = settled.get(a)
    if (known !== undefined) return known
    const value = ops.relinearize(a.value)
    settled.set(a, value)
    return value
  }
  const of = (value: T, isProduct: boolean): Product<T> => ({ value, isProduct })
  const kernel: KernelOps<Product<T>> = {
    add: (a, b) => of(ops.add(a.value, b.value), a.isProduct || b.isProduct),
    sub: (a, b) => of(ops.sub(a.value, b.value), a.isProduct || b.isProduct),
    negate: (a) => of(ops.negate(a.value), a.isProduct),
    addPlain: (a, plain) => of(ops.addPlain(a.value, plain), a.isProduct),
    multiply: (a, b) => of(ops.multiply(settle(a), settle(b)), true),
    rotate: (a, steps) => of(ops.rotate(settle(a), steps), false),
    multiplyPlain: (a, plain) => of(ops.multiplyPlain(settle(a), plain), false),
  }
  const lazy: KernelOps<Product<T>> = {
    ...kernel,
    multiplyPlain: (a, plain) =>
      plain.kind === "scalar"
        ? of(ops.multiplyPlain(a.value, plain), a.isProduct)
        : kernel.multiplyPlain(a, plain),
  }
  return { ...kernel, settle, fresh: (value) => of(value, false), lazy }
}
