import type { Box, Picture, Wire } from "./picture.ts"

/** A picture whose boxes are parted into rows. */
export interface Rows extends Picture {
  /** The row of each box. */
  readonly rows: readonly number[]
}

/** Longer wires end at a copy of the box they come from; without that a long program is a thicket, and takes minutes. */
const LONGEST = 12

export const inRows = (picture: Picture): Rows => {
  const boxes: Box[] = [...picture.boxes]
  const rows = [...rowsOf(picture)]
  const copies = new Map<string, number>()
  const wires = picture.wires.map((wire): Wire => {
    const { from, to } = wire
    if (rows[to]! - rows[from]! <= LONGEST) return wire
    const key = `${from} ${to}`
    if (!copies.has(key)) {
      const { number, ...box } = boxes[from]!
      copies.set(key, boxes.length)
      boxes.push({ ...box, number: `${number} ↑`, lines: [], isInput: false, isCopy: true })
      rows.push(rows[to]! - 1)
    }
    return { ...wire, from: copies.get(key)! }
  })
  return { boxes, wires, rows }
}

/**
 * The row of each box: below all its operands, inputs in the first one and outputs in the last. Boxes come after their
 * operands in the picture, but for constants, which stand directly above their users.
 */
const rowsOf = ({ boxes, wires }: Picture): readonly number[] => {
  const above: number[][] = boxes.map(() => [])
  const below: number[][] = boxes.map(() => [])
  for (const { from, to } of wires) {
    if (!boxes[from]!.isCopy) above[to]!.push(from)
    below[from]!.push(to)
  }
  const rows = boxes.map(() => 0)
  boxes.forEach((box, i) => {
    if (!box.isInput && !box.isCopy) rows[i] = 1 + Math.max(0, ...above[i]!.map((j) => rows[j]!))
  })
  const last = Math.max(1, ...rows)
  for (let i = boxes.length - 1; i >= 0; i--) {
    const box = boxes[i]!
    if (box.kind === "output") rows[i] = last
    // With fewer lines above it than below it a box is better off near its users.
    const isPulled = !box.isInput && !box.isCopy && above[i]!.length < below[i]!.length
    if (isPulled) rows[i] = Math.min(...below[i]!.map((j) => rows[j]!)) - 1
  }
  boxes.forEach((box, i) => {
    if (box.isCopy && below[i]!.length > 0) rows[i] = Math.min(...below[i]!.map((j) => rows[j]!)) - 1
  })
  return rows
}
