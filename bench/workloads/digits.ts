import { splitDigits } from "../../examples/digits/data.ts"
import { loadNetwork, reducePixels, scores } from "../../examples/digits/network.ts"
import { compileDigits } from "../../examples/digits/program.ts"
import type { Workload } from "../workload.ts"

const network = loadNetwork()
const images = splitDigits().heldBack.map(({ pixels }) => reducePixels(pixels, network.brightest))

const digits = (batch: number) => ({
  batch,
  unit: "image",
  isQuick: true,
  compile: () => compileDigits(network, batch),
  sample: (i: number) => ({ image: images[i % images.length]! }),
  expected: ({ image }: { image?: unknown }) => scores(network, image as number[]),
})

/**
 * Milliseconds of a run before the optimiser of issue 3 (commit def60e3), on the reference machine: 38 relinearizations
 * at n = 16384, for one image as for the 512 of a full batch. The bar asks for half.
 */
const BEFORE = 2300

export const digitsWorkloads: readonly Workload[] = [
  {
    ...digits(1),
    name: "digits-1",
    title: "digits network, one image",
    fillsLanes: false,
    bar: { time: { ms: BEFORE / 2, n: 16384 } },
  },
  {
    ...digits(images.length),
    name: "digits-512",
    title: "digits network, full batch",
    fillsLanes: true,
    bar: { time: { ms: BEFORE / 2 / 512, n: 16384 } },
  },
]
