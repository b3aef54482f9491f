import type { CostModel, Costs, Parameters } from "../../backend/index.ts"
import type { Operation } from "./seal-steps.ts"

/** How long one operation took on ciphertexts of `n` slots with `level` data primes left. */
export interface Timing {
  readonly scheme: Parameters["scheme"]
  readonly operation: Operation
  readonly n: number
  readonly level: number
  readonly ms: number
}

/** The constant of the cost model that each operation is priced by. */
const CONSTANT_OF: Readonly<Record<Operation, keyof CostModel>> = {
  input: "input",
  multiply: "multiply",
  square: "square",
  relinearize: "keySwitch",
  rotate: "keySwitch",
  scalarProduct: "scalarProduct",
  vectorProduct: "vectorProduct",
  enterNtt: "transform",
  leaveNtt: "transform",
  add: "add",
  addScalar: "addScalar",
  addVector: "addVector",
  dropLevel: "dropLevel",
}

/**
 * The constants under which the cost model is nearest to the timings of both schemes: for each the least squares of
 * `ms = constant * size`, which is `sum(size * ms) / sum(size^2)`, so that long operations count for more than short ones.
 * Throws RangeError when an operation was not timed.
 */
export const fitCosts = (timings: readonly Timing[]): Costs => ({
  bfv: fitModel("bfv", timings),
  bgv: fitModel("bgv", timings),
})

const fitModel = (scheme: Parameters["scheme"], timings: readonly Timing[]): CostModel => {
  const fit = (constant: keyof CostModel): number => {
    let [products, squares] = [0, 0]
    for (const { scheme: its, operation, n, level, ms } of timings) {
      if (its !== scheme || CONSTANT_OF[operation] !== constant) continue
      const size = n * level * (constant === "keySwitch" ? level + 3 : 1)
      products += size * ms
      squares += size * size
    }
    if (squares === 0) throw new RangeError(`no timings of ${scheme} tell its constant ${constant}`)
    return products / squares
  }
  return {
    input: fit("input"),
    multiply: fit("multiply"),
    square: fit("square"),
    keySwitch: fit("keySwitch"),
    scalarProduct: fit("scalarProduct"),
    vectorProduct: fit("vectorProduct"),
    // Ciphertexts of BGV are always in NTT form.
    transform: scheme === "bgv" ? 0 : fit("transform"),
    add: fit("add"),
    addScalar: fit("addScalar"),
    addVector: fit("addVector"),
    dropLevel: fit("dropLevel"),
  }
}
