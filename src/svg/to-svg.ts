import { ProgramError } from "../data/index.ts"
import { nodesOf, type Program } from "../ir/index.ts"
import { type Layout, layOut, type Point, type Size } from "./layout.ts"
import { type Box, type Kind, type Picture, pictureOf, type Wire } from "./picture.ts"
import { inRows } from "./rows.ts"
import { styles } from "./shapes.ts"
import { FONT, shorten, widthOf } from "./text.ts"
import { element, escapeXml, rounded } from "./xml.ts"

const MOST_BOXES = 2_000

const NAME = 14
const DETAIL = 11
const LABEL = 10
const LINE = 15
const MARGIN = 24
const HEAD = 34
const LEGEND = 56

/**
 * The graph of a program as an SVG image: inputs above, outputs below, interval and shape of each value beside its edge.
 * Encrypted inputs, clear values, tables, products of secrets and linear maps differ in outline and lightness.
 * Throws ProgramError for programs that no picture can show.
 */
export const toSvg = async (program: Program): Promise<string> => {
  const { length } = nodesOf(program)
  if (length > MOST_BOXES) {
    throw new ProgramError(
      `a picture of ${length} nodes, but at most ${MOST_BOXES} are drawn\nprint the program instead`,
      { code: "too-large" },
    )
  }
  const picture = inRows(pictureOf(program))
  const { boxes, labels } = sizesOf(picture)
  return draw(program.name, picture, boxes, labels, await layOut(picture, boxes, labels))
}

/** The room that boxes and labels take; none where there is no label. */
export const sizesOf = ({ boxes, wires }: Picture): { readonly boxes: Size[]; readonly labels: Size[] } => ({
  boxes: boxes.map(sizeOfBox),
  labels: wires.map(({ label }) =>
    label === undefined ? { width: 0, height: 0 } : { width: widthOf(label, LABEL) + 8, height: 14 },
  ),
})

const sizeOfBox = ({ kind, name, number, lines }: Box): Size => {
  const widths = [headWidth(name, number), ...lines.map((line) => widthOf(line, DETAIL))]
  return { width: Math.max(40, ...widths) + 2 * styles[kind].margin, height: 16 + LINE * (1 + lines.length) }
}

const headWidth = (name: string, number: string): number =>
  widthOf(name, NAME) + (number === "" ? 0 : widthOf(`${number} `, DETAIL))

const draw = (
  name: string,
  { boxes, wires }: Picture,
  boxSizes: readonly Size[],
  labelSizes: readonly Size[],
  layout: Layout,
): string => {
  const kinds = (Object.keys(styles) as Kind[]).filter((kind) => boxes.some((box) => box.kind === kind))
  const legend = legendOf(kinds)
  const title = shorten(`program ${name}`, 60)
  const width = Math.max(layout.width, legend.width, widthOf(title, NAME)) + 2 * MARGIN
  const height = layout.height + HEAD + LEGEND + 2 * MARGIN
  const shift = `translate(${rounded((width - layout.width) / 2)} ${MARGIN + HEAD})`
  const ends = portsOf(wires, boxSizes, layout)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${rounded(width)}" height="${rounded(height)}" ` +
      `viewBox="0 0 ${rounded(width)} ${rounded(height)}" role="img" font-family="${escapeXml(FONT)}">`,
    element("title", {}, escapeXml(title)),
    `<defs>${arrow("secret", INK)}${arrow("clear", FAINT)}</defs>`,
    element("rect", { width, height, fill: "#ffffff" }),
    text(title, { x: width / 2, y: MARGIN + NAME }, NAME, INK, true),
    `<g transform="${shift}">`,
    ...wires.map((wire, i) => wireOf(wire, ends[i]!)),
    ...wires.map((wire, i) => labelOf(wire, layout.wires[i]!.label, labelSizes[i]!)),
    ...boxes.map((box, i) => boxOf(box, layout.boxes[i]!, boxSizes[i]!)),
    "</g>",
    `<g transform="translate(${rounded((width - legend.width) / 2)} ${rounded(height - MARGIN - 12)})">`,
    ...legend.parts,
    "</g>",
    "</svg>",
    "",
  ].join("\n")
}

const INK = "#1f2937"
const FAINT = "#6b7280"

const arrow = (id: string, fill: string): string =>
  element(
    "marker",
    {
      id: `arrow-${id}`,
      viewBox: "0 0 8 8",
      refX: 7,
      refY: 4,
      markerWidth: 7,
      markerHeight: 7,
      orient: "auto",
    },
    element("path", { d: "M0 0.5L8 4L0 7.5Z", fill }),
  )

const text = (content: string, { x, y }: Point, size: number, fill: string, isBold = false): string =>
  element(
    "text",
    { x, y, "font-size": size, "font-weight": isBold ? "bold" : undefined, fill, "text-anchor": "middle" },
    escapeXml(content),
  )

const boxOf = ({ kind, name, number, lines, title }: Box, centre: Point, size: Size): string => {
  const own = styles[kind]
  const top = centre.y - size.height / 2 + 8
  const heading = element(
    "text",
    { x: centre.x, y: top + 12, "text-anchor": "middle", fill: own.ink },
    number === ""
      ? ""
      : element("tspan", { "font-size": DETAIL, "fill-opacity": "0.75" }, `${escapeXml(number)} `),
    element("tspan", { "font-size": NAME, "font-weight": "bold" }, escapeXml(name)),
  )
  const details = lines.map((line, i) =>
    text(line, { x: centre.x, y: top + 11 + LINE * (i + 1) }, DETAIL, own.ink),
  )
  return element(
    "g",
    { class: kind },
    element("title", {}, escapeXml(title)),
    own.outline(centre, size),
    heading,
    ...details,
  )
}

const wireOf = ({ from, to, isSecret }: Wire, points: readonly Point[]): string =>
  element("path", {
    class: "wire",
    "data-wire": `${from} ${to}`,
    d: curve(points),
    fill: "none",
    stroke: isSecret ? INK : FAINT,
    "stroke-width": isSecret ? 1.5 : 1.1,
    "stroke-dasharray": isSecret ? undefined : "5 3",
    "marker-end": `url(#arrow-${isSecret ? "secret" : "clear"})`,
  })

/** The label on a white ground, so that a line behind it does not cross it out. */
const labelOf = ({ label, isSecret }: Wire, centre: Point, { width, height }: Size): string => {
  if (label === undefined) return ""
  const ground = element("rect", {
    x: centre.x - width / 2,
    y: centre.y - height / 2,
    width,
    height,
    rx: 3,
    fill: "#ffffff",
    "fill-opacity": "0.9",
  })
  return ground + text(label, { x: centre.x, y: centre.y + 3.5 }, LABEL, isSecret ? INK : FAINT)
}

/** Vertical at every point, so that lines leave and enter boxes straight. */
const curve = (points: readonly Point[]): string =>
  points
    .map(({ x, y }, i) => {
      const before = points[i - 1]
      if (before === undefined) return `M${rounded(x)} ${rounded(y)}`
      if (Math.abs(before.x - x) < 0.1) return `L${rounded(x)} ${rounded(y)}`
      const middle = rounded((before.y + y) / 2)
      return `C${rounded(before.x)} ${middle} ${rounded(x)} ${middle} ${rounded(x)} ${rounded(y)}`
    })
    .join("")

/** The ways of all wires, with their ends spread over the lower and upper sides of their boxes in the order they come in. */
const portsOf = (
  wires: readonly Wire[],
  boxSizes: readonly Size[],
  layout: Layout,
): readonly (readonly Point[])[] => {
  const inner = layout.wires.map(({ points }) => points.slice(1, -1))
  const port = (end: "from" | "to", i: number): Point => {
    const box = wires[i]![end]
    const beside = (j: number): number => (end === "from" ? inner[j]!.at(0)!.x : inner[j]!.at(-1)!.x)
    const order = sharing[end].get(box)!.toSorted((a, b) => beside(a) - beside(b) || a - b)
    const { width, height } = boxSizes[box]!
    const { x, y } = layout.boxes[box]!
    const room = Math.min(width - 2 * 18, 26 * (order.length - 1))
    const along = order.length === 1 ? 0 : order.indexOf(i) / (order.length - 1) - 0.5
    return { x: x + along * Math.max(0, room), y: y + (end === "from" ? height / 2 : -height / 2) }
  }
  const sharing = { from: groupBy(wires, "from"), to: groupBy(wires, "to") }
  return wires.map((_, i) => [port("from", i), ...inner[i]!, port("to", i)])
}

const groupBy = (wires: readonly Wire[], end: "from" | "to"): Map<number, number[]> => {
  const groups = new Map<number, number[]>()
  wires.forEach((wire, i) => {
    const group = groups.get(wire[end])
    if (group === undefined) groups.set(wire[end], [i])
    else group.push(i)
  })
  return groups
}

/** A sample of each kind with its name, side by side. */
const legendOf = (kinds: readonly Kind[]): { readonly width: number; readonly parts: readonly string[] } => {
  let x = 0
  const parts = kinds.map((kind) => {
    const { caption, outline } = styles[kind]
    const size = { width: 40, height: 20 }
    const shape = outline.call(styles[kind], { x: x + 20, y: 0 }, size)
    const room = widthOf(caption, DETAIL)
    const label = text(caption, { x: x + 48 + room / 2, y: 4 }, DETAIL, INK)
    x += 48 + room + 22
    return shape + label
  })
  return { width: x - 22, parts }
}
