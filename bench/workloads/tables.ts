import { compile, enc, uint } from "lutra"
import { table } from "../hand-written/table.ts"
import { seeded } from "../random.ts"
import type { Workload } from "../workload.ts"

/** The bar and the counts of `research/simd.md`, 1.3, for random tables. */
const full: readonly {
  bits: number
  microseconds: number
  n: number
  products: number
  relinearizations: number
  isQuick: boolean
}[] = [
  { bits: 2, microseconds: 9, n: 8192, products: 2, relinearizations: 2, isQuick: true },
  { bits: 4, microseconds: 23, n: 8192, products: 7, relinearizations: 6, isQuick: true },
  { bits: 6, microseconds: 84, n: 16384, products: 16, relinearizations: 13, isQuick: true },
  { bits: 8, microseconds: 248, n: 16384, products: 33, relinearizations: 26, isQuick: false },
  { bits: 10, microseconds: 537, n: 16384, products: 66, relinearizations: 51, isQuick: false },
]

/** With it all tables have the full degree, which the counts are those of. */
const SEED = 100

const common = (bits: number, batch: number, encodeInputs: boolean) => {
  const random = seeded(bits + SEED)
  const entries = random.integers(2 ** bits, 0, 2 ** bits - 1)
  return {
    batch,
    entries,
    compile: () =>
      compile({ x: enc(uint(bits)) }, ({ x }) => x.lookup(entries), {
        name: "table",
        batch,
        encodeInputs,
      }),
    sample: (i: number) => ({ x: (i * 7919 + bits) % entries.length }),
    expected: ({ x }: { x?: unknown }) => entries[x as number]!,
  }
}

const batched = full.map(({ bits, microseconds, n, isQuick, ...counts }): Workload => {
  const { entries, ...rest } = common(bits, n, false)
  return {
    ...rest,
    name: `table-${bits}`,
    title: `table of ${bits} bits, full batch`,
    unit: "lookup",
    isQuick,
    fillsLanes: true,
    bar: { time: { ms: microseconds / 1000, n }, ...counts },
    ...(bits === 4 && {
      handWritten: {
        parameters: { scheme: "bfv", n: 8192, t: 65537n, primes: [54, 54, 54, 55], security: 128 },
        takes: ({ scheme }) => scheme === "bfv",
        units: ({ n }) => n,
        prepare: (parameters) => table(parameters, entries, 4),
      },
    }),
  }
})

/** The same tables where inputs may be sent one-hot, as they may be unless a user says otherwise. */
const sent = full.map(({ bits, microseconds, n }): Workload => {
  const { entries: _, ...rest } = common(bits, n, true)
  return {
    ...rest,
    name: `sent-${bits}`,
    title: `table of ${bits} bits, full batch, one-hot allowed`,
    unit: "lookup",
    isQuick: bits === 4,
    fillsLanes: true,
    bar: { time: { ms: microseconds / 1000, n } },
  }
})

/** A single value: no slower than a batch would be, and better. */
const single = [8, 12, 16].flatMap((bits) =>
  [false, true].map((encodeInputs): Workload => {
    const { entries: _, ...rest } = common(bits, 1, encodeInputs)
    const batch = full.find((known) => known.bits === bits)
    return {
      ...rest,
      name: encodeInputs ? `single-sent-${bits}` : `single-${bits}`,
      title: `table of ${bits} bits, one value${encodeInputs ? ", one-hot allowed" : ""}`,
      unit: "lookup",
      isQuick: bits === 8 && encodeInputs,
      fillsLanes: false,
      bar: batch === undefined ? {} : { time: { ms: (batch.microseconds * batch.n) / 1000, n: batch.n } },
    }
  }),
)

export const tables: readonly Workload[] = [...batched, ...sent, ...single]
