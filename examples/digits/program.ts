import { type Compiled, compile, enc, range } from "lutra"
import type { Matrix, Network } from "./network.ts"

/** The network as a function of an encrypted image: the same weights and the same table, written like numpy. */
export function compileDigits(network: Network, batch: number): Compiled {
  const { hidden, output, brightest } = network
  const hiddenWeights = transposed(hidden.weights)
  const outputWeights = transposed(output.weights)
  return compile(
    { image: enc(range(0, brightest), [64]) },
    ({ image }) =>
      image
        .matmul(hiddenWeights)
        .add(hidden.bias)
        .lookup(hidden.table.entries, { offset: hidden.table.lo })
        .matmul(outputWeights)
        .add(output.bias),
    { name: "digits", batch },
  )
}

/** A row per input, as a product from the left wants it. */
function transposed(weights: Matrix): number[][] {
  return weights[0]!.map((_, i) => weights.map((row) => row[i]!))
}
