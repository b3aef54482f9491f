import { compile, enc, uint } from "lutra"
import { seeded } from "../random.ts"
import type { Workload } from "../workload.ts"

const LANES = 16384
const random = seeded(2)
const pairs = Array.from({ length: 2 * LANES }, () => ({
  x: random.integer(0, 255),
  y: random.integer(0, 255),
}))

export const lessThan: Workload = {
  name: "less-than",
  title: "8-bit x < y, both secret, full batch",
  unit: "comparison",
  isQuick: false,
  batch: LANES,
  fillsLanes: true,
  bar: { products: 35, relinearizations: 28 },
  compile: () =>
    compile({ x: enc(uint(8)), y: enc(uint(8)) }, ({ x, y }) => x.lt(y), { name: "less_than", batch: LANES }),
  sample: (i) => pairs[i]!,
  expected: ({ x, y }) => ((x as number) < (y as number) ? 1 : 0),
}
