import { compile, enc, uint } from "lutra"
import { perceptron as handWritten } from "../hand-written/perceptron.ts"
import { seeded } from "../random.ts"
import type { Workload } from "../workload.ts"
import { multiplied, transposed } from "./linear.ts"

const random = seeded(784)
const hidden = random.matrix(64, 784, -2, 2)
const output = random.matrix(10, 64, -2, 2)
const image = random.integers(784, 0, 1)

export const perceptron: Workload = {
  name: "perceptron",
  title: "perceptron 784-64-10 with x^2",
  unit: "image",
  isQuick: true,
  batch: 1,
  fillsLanes: false,
  bar: { time: { ms: 270, n: 8192 }, rawKeyBytes: 25e6 },
  compile: () =>
    compile(
      { image: enc(uint(1), [784]) },
      ({ image }) => image.matmul(transposed(hidden)).square().matmul(transposed(output)),
      { name: "perceptron" },
    ),
  sample: () => ({ image }),
  expected: ({ image }) => {
    const sums = multiplied(hidden, image as number[])
    return multiplied(
      output,
      sums.map((sum) => sum * sum),
    )
  },
  handWritten: {
    // As the prototype: t holds this image's scores, not those of every image, and 4 to 7 bits of noise are left.
    parameters: { scheme: "bgv", n: 8192, t: 16957441n, primes: [54, 54, 54, 56], security: 128 },
    takes: () => true,
    units: () => 1,
    prepare: (parameters) => handWritten(parameters, hidden, output, image),
  },
}
