import { styleText } from "node:util"
import { darkest } from "./data.ts"

export interface Drawing {
  readonly pixels: readonly number[]
  /** What is written below; `isWrong` marks it. */
  readonly caption: string
  readonly isWrong: boolean
}

const SHADES = " ░▒▓█"
const SIDE = 8

/** 8x8 images next to each other, two characters a pixel, each over its caption. */
export function drawImages(drawings: readonly Drawing[]): string {
  const rows = Array.from({ length: SIDE }, (_, row) =>
    drawings
      .map(({ pixels }) =>
        pixels
          .slice(row * SIDE, (row + 1) * SIDE)
          .map(shade)
          .join(""),
      )
      .join("   "),
  )
  const captions = drawings.map(({ caption, isWrong }) => {
    const text = caption.padEnd(2 * SIDE)
    return isWrong ? styleText("red", text) : text
  })
  return [...rows, captions.join("   ")].map((line) => `  ${line.trimEnd()}`).join("\n")
}

function shade(pixel: number): string {
  const level = Math.min(SHADES.length - 1, Math.floor((pixel * SHADES.length) / (darkest + 1)))
  return SHADES[level]!.repeat(2)
}
