import { openSeal } from "./seal.ts"
import { medianTime } from "./statistics.ts"

/** Milliseconds of a relinearization at ring degree `n`, measured when called. */
export type Relinearization = () => number

/**
 * The yardstick of the bar, measured between the runs of each workload: what else the machine does then slows both alike.
 * Settings are those of design.md's table. One for each degree is kept.
 */
export const relinearizations = (): ((n: number) => Promise<Relinearization>) => {
  const known = new Map<number, Promise<Relinearization>>()
  return (n) => {
    const found = known.get(n) ?? relinearization(n)
    known.set(n, found)
    return found
  }
}

const relinearization = async (n: number): Promise<Relinearization> => {
  const opened = await openSeal({ scheme: "bfv", n, t: 65537n })
  const { seal, generator, evaluator } = opened
  const key = generator.createRelinKeys()
  const input = opened.encrypt(new Array(n).fill(3))
  const product = new seal.Ciphertext()
  const out = new seal.Ciphertext()
  evaluator.square(input, product)
  return () => medianTime(() => evaluator.relinearize(product, key, out), 3)
}
