/** A point on the canvas; units are those of whoever draws, the same in both directions. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** The points that a pointer went through from down to up. */
export type Stroke = readonly Point[]

/** Pixels on a side of the images that the network was trained on, and the darkest level. */
export const SIDE = 8
export const DARKEST = 16

/** Dots on a side of the bitmap whose blocks of 4 x 4 are counted into pixels, as was done for the training images. */
const DOTS = 32
const BLOCK = DOTS / SIDE
/** Widths in dots: of a line, and the most that a digit may take, which the training images keep to. */
const PEN = 5.4
const WIDEST = 26

/**
 * The drawing as an image of the kind that the network knows, 64 pixels of 0 to 16 row by row: scaled to the full height,
 * or to the width when it is wide, put in the middle, drawn again with a line of one width, and counted in blocks.
 * All zeros when nothing is drawn.
 */
export const toPixels = (strokes: readonly Stroke[]): number[] => {
  const fitted = fit(strokes)
  const pixels = new Array<number>(SIDE * SIDE).fill(0)
  for (let y = 0; y < DOTS; y++) {
    for (let x = 0; x < DOTS; x++) {
      const dot = { x: x + 0.5, y: y + 0.5 }
      const isInk = fitted.some((stroke) => distance(stroke, dot) <= PEN / 2)
      if (isInk) pixels[Math.floor(y / BLOCK) * SIDE + Math.floor(x / BLOCK)]! += 1
    }
  }
  return pixels
}

/** The strokes in dots of the bitmap. */
const fit = (strokes: readonly Stroke[]): Stroke[] => {
  const points = strokes.flat()
  if (points.length === 0) return []
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  // A drawing without extent stays a dot.
  const scale = Math.min(
    (WIDEST - PEN) / Math.max(right - left, 1e-9),
    (DOTS - PEN) / Math.max(bottom - top, 1e-9),
  )
  const factor = Number.isFinite(scale) && scale < 1e6 ? scale : 0
  return strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({
      x: DOTS / 2 + factor * (x - (left + right) / 2),
      y: DOTS / 2 + factor * (y - (top + bottom) / 2),
    })),
  )
}

/** From a point to the nearest of a stroke's lines; a stroke of one point is that point. */
const distance = (stroke: Stroke, point: Point): number => {
  let least = Number.POSITIVE_INFINITY
  for (const [i, to] of stroke.entries()) {
    const from = stroke[Math.max(0, i - 1)]!
    const length = (to.x - from.x) ** 2 + (to.y - from.y) ** 2
    const along =
      length === 0
        ? 0
        : ((point.x - from.x) * (to.x - from.x) + (point.y - from.y) * (to.y - from.y)) / length
    const t = Math.min(1, Math.max(0, along))
    least = Math.min(
      least,
      Math.hypot(point.x - from.x - t * (to.x - from.x), point.y - from.y - t * (to.y - from.y)),
    )
  }
  return least
}
