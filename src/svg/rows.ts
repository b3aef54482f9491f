import type { Picture } from "./picture.ts"

/**
 * The row of each box: below all its operands, inputs in the first one and outputs in the last. Boxes come after their
 * operands in the picture, but for constants, which stand directly above their users.
 */
export const rowsOf = ({ boxes, wires }: Picture): readonly number[] => {
  const above: number[][] = boxes.map(() => [])
  const below: number[][] = boxes.map(() => [])
  for (const { from, to } of wires) {
    if (!boxes[from]!.isConstant) above[to]!.push(from)
    below[from]!.push(to)
  }
  const rows = boxes.map(() => 0)
  boxes.forEach((box, i) => {
    if (!box.isInput && !box.isConstant) rows[i] = 1 + Math.max(0, ...above[i]!.map((j) => rows[j]!))
  })
  const last = Math.max(1, ...rows)
  for (let i = boxes.length - 1; i >= 0; i--) {
    const box = boxes[i]!
    if (box.kind === "output") rows[i] = last
    // With fewer lines above it than below it a box is better off near its users.
    const isPulled = !box.isInput && !box.isConstant && above[i]!.length < below[i]!.length
    if (isPulled) rows[i] = Math.min(...below[i]!.map((j) => rows[j]!)) - 1
  }
  boxes.forEach((box, i) => {
    if (box.isConstant && below[i]!.length > 0) rows[i] = Math.min(...below[i]!.map((j) => rows[j]!)) - 1
  })
  return rows
}
