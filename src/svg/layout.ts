import type { Rows } from "./rows.ts"

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** Where everything stands: centres of boxes, and the way and the centre of the label of each wire. */
export interface Layout extends Size {
  readonly boxes: readonly Point[]
  readonly wires: readonly { readonly points: readonly Point[]; readonly label: Point }[]
}

/** Places boxes of these sizes in rows from operands down to users, with few crossings and room for all labels. */
export const layOut = async (
  { boxes, wires, rows }: Rows,
  boxSizes: readonly Size[],
  labelSizes: readonly Size[],
): Promise<Layout> => {
  // Compiling and running need no pictures.
  const { Graph, layout } = await import("@dagrejs/dagre")
  const graph = new Graph({ multigraph: true })
  const ranksep = 44 + Math.min(50, boxes.length / 3)
  graph.setGraph({ rankdir: "TB", nodesep: 28, edgesep: 14, ranksep, ranker: "none" as never })
  graph.setDefaultEdgeLabel(() => ({}))
  boxes.forEach((_, i) => {
    graph.setNode(`${i}`, { ...boxSizes[i]!, rank: 2 * rows[i]! }) // labels take the rows between
  })
  wires.forEach(({ from, to }, i) => {
    graph.setEdge(`${from}`, `${to}`, { ...labelSizes[i]!, labelpos: "c" as const }, `${i}`)
  })
  layout(graph)
  const placed = boxes.map((_, i): Point => pointOf(graph.node(`${i}`)))
  const routed = wires.map(({ from, to }, i) => {
    const edge = graph.edge(`${from}`, `${to}`, `${i}`)
    const points = edge.points!.map(pointOf)
    return { points, label: edge.x === undefined ? points[0]! : pointOf(edge) } // where a label is empty
  })
  return withoutMargins(placed, boxSizes, routed, labelSizes)
}

const pointOf = (place: object): Point => {
  const { x, y } = place as Point
  return { x, y }
}

/** Moved so that all that is seen begins at 0, 0. */
const withoutMargins = (
  boxes: readonly Point[],
  boxSizes: readonly Size[],
  wires: Layout["wires"],
  labelSizes: readonly Size[],
): Layout => {
  const areas = [
    ...boxes.map((centre, i) => ({ centre, size: boxSizes[i]! })),
    ...wires.map(({ label }, i) => ({ centre: label, size: labelSizes[i]! })),
    ...wires.flatMap(({ points }) => points.map((centre) => ({ centre, size: { width: 0, height: 0 } }))),
  ]
  const left = least(areas.map(({ centre, size }) => centre.x - size.width / 2))
  const top = least(areas.map(({ centre, size }) => centre.y - size.height / 2))
  const right = -least(areas.map(({ centre, size }) => -centre.x - size.width / 2))
  const bottom = -least(areas.map(({ centre, size }) => -centre.y - size.height / 2))
  const move = ({ x, y }: Point): Point => ({ x: x - left, y: y - top })
  return {
    width: right - left,
    height: bottom - top,
    boxes: boxes.map(move),
    wires: wires.map(({ points, label }) => ({ points: points.map(move), label: move(label) })),
  }
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity)
