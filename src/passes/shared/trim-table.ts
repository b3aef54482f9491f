import { literal, type NodeOf, type Type, tableSize, width } from "../../ir/index.ts"

type TableAttrs = NodeOf<"table">["attrs"]

/** The table without the entries that a value of this type cannot reach; the attributes themselves when it reaches all. */
export const trimmedTable = (attrs: TableAttrs, type: Type): TableAttrs => {
  if (type.kind === "real") return attrs
  const size = tableSize(attrs)
  const from = Number(type.lo - attrs.lo)
  const count = Number(width(type))
  if (from === 0 && count === size) return attrs
  const { values } = attrs.entries
  const kept = new Float64Array((values.length / size) * count)
  if (values instanceof BigInt64Array) {
    const big = Array.from(kept, (_, i) => values[Math.floor(i / count) * size + from + (i % count)]!)
    return { ...attrs, lo: type.lo, entries: literal(big) }
  }
  kept.forEach((_, i) => {
    kept[i] = values[Math.floor(i / count) * size + from + (i % count)]!
  })
  return { ...attrs, lo: type.lo, entries: literal(kept) }
}
