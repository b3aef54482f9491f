import type { Point, Size } from "./layout.ts"
import type { Kind } from "./picture.ts"
import { element, rounded } from "./xml.ts"

/** How a kind of box looks. The fills differ in lightness, so that they can be told apart without colours, too. */
export interface Style {
  readonly caption: string
  readonly fill: string
  readonly stroke: string
  readonly ink: string
  /** Room beside the text that the outline takes. */
  readonly margin: number
  outline(centre: Point, size: Size): string
}

type Outline = (style: Style, centre: Point, size: Size) => string

const style = (given: Omit<Style, "outline">, outline: Outline): Style => ({
  ...given,
  outline(centre, size) {
    return outline(this, centre, size)
  },
})

const rectangle =
  (radius: (size: Size) => number, dashes?: string): Outline =>
  ({ fill, stroke }, { x, y }, size) =>
    element("rect", {
      x: x - size.width / 2,
      y: y - size.height / 2,
      width: size.width,
      height: size.height,
      rx: radius(size),
      fill,
      stroke,
      "stroke-width": 1.5,
      "stroke-dasharray": dashes,
    })

const polygon =
  (corners: (size: Size) => readonly (readonly [number, number])[], width = 1.5): Outline =>
  ({ fill, stroke }, { x, y }, size) =>
    element("polygon", {
      points: corners(size)
        .map(([dx, dy]) => `${rounded(x + (dx * size.width) / 2)},${rounded(y + (dy * size.height) / 2)}`)
        .join(" "),
      fill,
      stroke,
      "stroke-width": width,
      "stroke-linejoin": "round",
    })

const SIDE = 7

/** A rectangle with a second line at both sides. */
const table: Outline = (own, centre, size) => {
  const bar = (x: number): string =>
    element("line", {
      x1: x,
      y1: centre.y - size.height / 2,
      x2: x,
      y2: centre.y + size.height / 2,
      stroke: own.stroke,
      "stroke-width": 1.5,
    })
  const [left, right] = [centre.x - size.width / 2 + SIDE, centre.x + size.width / 2 - SIDE]
  return rectangle(() => 0)(own, centre, size) + bar(left) + bar(right)
}

const SLANT = 12

/** The look of every kind, in the order of the legend. */
export const styles: { readonly [K in Kind]: Style } = {
  secret: style(
    { caption: "encrypted input", fill: "#17456e", stroke: "#17456e", ink: "#ffffff", margin: 14 },
    rectangle(({ height }) => height / 2),
  ),
  clear: style(
    { caption: "clear value", fill: "#ffffff", stroke: "#6b7280", ink: "#1f2937", margin: 10 },
    rectangle(() => 0, "5 3"),
  ),
  linear: style(
    { caption: "linear", fill: "#dbeafe", stroke: "#3b6ea8", ink: "#10233a", margin: 10 },
    rectangle(() => 8),
  ),
  table: style({ caption: "table", fill: "#f0b23e", stroke: "#7a4d00", ink: "#1f1400", margin: 16 }, table),
  product: style(
    { caption: "product of secrets", fill: "#8c1d40", stroke: "#8c1d40", ink: "#ffffff", margin: 20 },
    polygon(({ width }) => {
      const inner = 1 - (2 * SLANT) / width
      return [
        [-inner, -1],
        [inner, -1],
        [1, 0],
        [inner, 1],
        [-inner, 1],
        [-1, 0],
      ]
    }),
  ),
  refresh: style(
    { caption: "round trip to the client", fill: "#b9a3e3", stroke: "#4c1d95", ink: "#1e0b3d", margin: 20 },
    polygon(({ width }) => {
      const inner = 1 - (2 * SLANT) / width
      return [
        [-inner, -1],
        [1, -1],
        [inner, 1],
        [-1, 1],
      ]
    }),
  ),
  output: style(
    { caption: "output", fill: "#ecfdf3", stroke: "#14532d", ink: "#06281a", margin: 18 },
    polygon(({ width }) => {
      const lower = 1 - (2 * SLANT) / width
      return [
        [-1, -1],
        [1, -1],
        [lower, 1],
        [-lower, 1],
      ]
    }, 2.5),
  ),
}
