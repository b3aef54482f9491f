import { flatten, isArrayLike } from "../../src/data/index.ts"

/** Named outputs as flat lists of bigints, so that nested results and flat ones compare. */
export const flatOutputs = (outputs: Readonly<Record<string, unknown>>): Record<string, bigint[]> =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name,
      (isArrayLike(value) ? flatten(value) : [value]).map((leaf) => BigInt(leaf as number | bigint)),
    ]),
  )
