import { type ChoiceOptions, chooseParameters, lanesOf } from "../backend/index.ts"
import { formatTime } from "../data/index.ts"
import { Builder, intType, literal } from "../ir/index.ts"

/** Larger tables take seconds to search for. */
const MOST_ENTRIES = 1024

/** As many lookups as the ring degrees have slots that take tables of a few bits. */
const BATCH = 16384

/**
 * What a lookup costs in a table of so many entries without structure, by asking the search; undefined for tables that
 * take long to search for, and where no parameters fit. Remembers what it was asked.
 */
export const tablePricer = (options: ChoiceOptions): ((entries: number) => string | undefined) => {
  const known = new Map<number, string | undefined>()
  return (entries) => {
    if (entries > MOST_ENTRIES || entries < 2) return undefined
    if (!known.has(entries)) known.set(entries, price(entries, options))
    return known.get(entries)
  }
}

const price = (entries: number, options: ChoiceOptions): string | undefined => {
  const choice = chooseParameters(lookups(entries), { ...options, batch: BATCH })
  if ("reason" in choice) return undefined
  const lanes = lanesOf(choice.circuit.layout)
  return `about ${formatTime(choice.cost.time / lanes)} a lookup when ${lanes} are made at once`
}

/** One lookup in a table that no symmetry and no low degree makes cheaper. */
const lookups = (entries: number) => {
  const builder = new Builder()
  const type = intType(true, 0n, BigInt(entries - 1), [1])
  const x = builder.make("input", [], { name: "x", type })
  // A walk through the remainders modulo 2^16 + 1.
  const values = Array.from({ length: entries }, () => 0)
  values.reduce((at, _, i) => {
    values[i] = at % entries
    return (at * 75 + 74) % 65537
  }, 1)
  const y = builder.make("table", [x], { lo: 0n, entries: literal(values) })
  return { name: "lookups", inputs: [x], outputs: new Map([["y", y]]), origins: builder.origins }
}
