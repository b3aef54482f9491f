import { applySteps, chainSteps, type RowStep, type Specification } from "../../../data/index.ts"
import { enc, range, type Tensor } from "../../../frontend/index.ts"
import { fail } from "../../fail.ts"
import { columnsOf, type FloatGraph, type NodeOf } from "../../graph/graph.ts"
import type { Steps } from "../../sides/step-list.ts"
import { stepsBetween } from "../../sides/steps-between.ts"
import type { Calibration, Family, IntegerModel } from "../integer-model.ts"
import { type Distances, distancesOf } from "./distances.ts"
import { votesOf } from "./votes.ts"

export interface NeighboursOptions {
  /** Bits of each feature of a query; without it several are tried, most for Euclidean distances, which are linear. */
  readonly bits?: number
  /**
   * Who finds the nearest: the client, who then sees the distance to every point of the training set, or the server, which
   * compares every pair of points under encryption: for some dozens of points and few features of few bits.
   */
  readonly topK?: "client" | "server"
}

/** Bits that are tried. Tables of a feature, and comparisons of distances, take entries for each value. */
const BITS = { linear: [12], tables: [8, 6, 4], compared: [5, 4, 3] } as const

/** Parts of a step that distances count: finer where the client compares them, which costs nothing. */
const PARTS = { client: 16, server: 1 } as const

/** How far beyond points and calibration rows queries may lie on either side, in parts of what those span. */
const HEADROOM = 1 / 8

/** The nearest points of a clear training set to an encrypted query. Throws ProgramError for what integers cannot do. */
export const quantizeNeighbours = (
  graph: FloatGraph,
  { rows }: Calibration,
  options: NeighboursOptions,
): Family => {
  const { node, before, after } = neighboursPart(graph)
  const { points, k, p, weights } = node.attributes
  if (p === Infinity)
    fail(
      "unsupported-model",
      "the largest difference of all features is no sum\nuse the metric of p = 1 or 2",
    )
  const { topK = "client" } = options
  const tried = topK === "server" ? BITS.compared : p === 2 ? BITS.linear : BITS.tables
  const width = points.shape[1]!
  const queries = rows.map((row) => applySteps(before, row, graph.precision))
  const { lo: least, hi: most } = spanOf([points.values, ...queries])
  const candidates = (options.bits === undefined ? tried : [options.bits]).map((bits) => {
    const step = (most - least) / (2 ** bits - 1)
    const [lo, hi] = [Math.floor(least / step), Math.ceil(most / step)]
    const places = points.values.map((x) => x / step)
    const whole = topK === "client" && weights === "distance"
    const distances = distancesOf({ places, width, lo, hi, p, whole, parts: PARTS[topK] })
    const { run, decoding, note } =
      topK === "client" ? onClient(node, distances, step) : onServer(node, distances)
    const input: Specification = enc(range(lo, hi), [width])
    return {
      codec: {
        columns: columnsOf(graph),
        precision: graph.precision,
        ...(before.length > 0 && { before }),
        input: "row",
        encoding: { kind: "uniform", scale: [step], zero: [0] },
        output: topK === "client" ? "distances" : "votes",
        decoding: chainSteps(decoding, after),
      },
      inputs: { row: input },
      run: ({ row }: Readonly<Record<string, Tensor>>) => run(row!),
      server: [
        `distances to ${points.shape[0]} points`,
        ...(topK === "server" ? [`which ${k} of them are nearest`] : []),
      ],
      notes: [
        `${points.shape[0]} points, the ${k} nearest by the ${p}-norm`,
        `a query has ${width} integers in ${lo}..${hi}, a step is ${step.toPrecision(3)}`,
        note,
      ],
    } satisfies IntegerModel
  })
  return { name: "neighbours", candidates }
}

/** What the server computes, how it becomes scores, and what is to be known of that. */
interface Search {
  readonly run: (row: Tensor) => Tensor
  readonly decoding: readonly RowStep[]
  readonly note: string
}

const onClient = (
  { attributes, shape }: NodeOf<"neighbours">,
  distances: Distances,
  step: number,
): Search => {
  const { k, p, weights } = attributes
  const targets = Array.from(attributes.targets.values)
  return {
    run: distances.run,
    decoding: [
      { kind: "affine", scale: [step ** p / distances.scale], offset: [0] },
      { kind: "nearest", k, p, weights, results: shape[0]!, targets },
    ],
    note: "the client finds the nearest and sees its distance to every point",
  }
}

const onServer = ({ attributes }: NodeOf<"neighbours">, distances: Distances): Search => {
  const { k, weights, targets } = attributes
  if (weights === "distance")
    fail(
      "unsupported-model",
      'shares by distance are computed by the client\nask for uniform weights, or topK: "client"',
    )
  const votes = votesOf(distances, targets, k)
  return {
    run: votes.run,
    decoding: [{ kind: "affine", scale: [1 / (k * votes.scale)], offset: [0] }],
    note: "the server finds the nearest by comparing all pairs of points",
  }
}

interface NeighboursPart {
  readonly node: NodeOf<"neighbours">
  readonly before: Steps
  readonly after: Steps
}

const neighboursPart = (graph: FloatGraph): NeighboursPart => {
  const nodes = graph.nodes.filter((node): node is NodeOf<"neighbours"> => node.kind === "neighbours")
  const [node] = nodes as [NodeOf<"neighbours">]
  const before = stepsBetween(graph, graph.inputs, [node.operands[0]!])
  const after = stepsBetween(graph, [node], [graph.outputs[0]!.node])
  if (nodes.length > 1 || before === undefined || after === undefined) {
    return fail(
      "unsupported-model",
      "the model finds the nearest neighbours of something that is computed encrypted, or computes on with them\n" +
        "quantize the neighbours as a model of their own: preprocessing before and links after them are the client's",
    )
  }
  return { node, before, after }
}

/** What all numbers span, and the headroom. */
const spanOf = (vectors: readonly Float64Array[]): { readonly lo: number; readonly hi: number } => {
  let [lo, hi] = [Infinity, -Infinity]
  for (const vector of vectors) {
    for (const x of vector) {
      if (!Number.isFinite(x)) continue
      lo = Math.min(lo, x)
      hi = Math.max(hi, x)
    }
  }
  const room = hi > lo ? (hi - lo) * HEADROOM : Math.max(Math.abs(lo), 1)
  return { lo: lo - room, hi: hi + room }
}
