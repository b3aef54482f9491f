import { pixelCount } from "../data.ts"
import type { Random } from "../random.ts"

const side = 8

/** The image moved by a random part of a pixel, at most `reach` (below 1) along each axis, white coming in. */
export function shifted(pixels: readonly number[], reach: number, random: Random): number[] {
  const right = (2 * random() - 1) * reach
  const down = (2 * random() - 1) * reach
  const a = Math.abs(right)
  const b = Math.abs(down)
  const at = (row: number, column: number) =>
    row < 0 || row >= side || column < 0 || column >= side ? 0 : pixels[row * side + column]!
  return Array.from({ length: pixelCount }, (_, i) => {
    const row = Math.floor(i / side)
    const column = i % side
    const nextRow = row - Math.sign(down)
    const nextColumn = column - Math.sign(right)
    return (
      (1 - a) * (1 - b) * at(row, column) +
      a * (1 - b) * at(row, nextColumn) +
      (1 - a) * b * at(nextRow, column) +
      a * b * at(nextRow, nextColumn)
    )
  })
}
