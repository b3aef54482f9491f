import { chainSteps, ProgramError, type RowCodec } from "../../data/index.ts"
import { enc, range } from "../../frontend/index.ts"
import { fail } from "../fail.ts"
import type { Label } from "../fidelity.ts"
import { columnsOf, type FloatGraph } from "../graph/graph.ts"
import type { Calibration, Family, IntegerModel } from "../integer-model.ts"
import type { Built } from "./build-network.ts"
import { enoughRows } from "./enough-rows.ts"
import { Judge, type Verdict } from "./judge.ts"
import { limitingLayer, placeOf } from "./limiting-layer.ts"
import { lowerNetwork } from "./lower-network.ts"
import type { Network } from "./network.ts"
import { type NetworkPart, networkPart } from "./network-part.ts"
import { describePlan } from "./plan.ts"
import { gridPlan, MOST_BITS, MOST_ESTIMATE, narrowestPlan, searchPlans } from "./search-plans.ts"
import { traceNetwork } from "./trace-network.ts"

export interface NetworkOptions {
  readonly labels?: readonly Label[]
  /** Points of accuracy that may be lost; 0.5 by default. */
  readonly maxLoss?: number
  /**
   * "faithful", the default, also bounds how far scores are off, because other rows are harder than those of a calibration;
   * "small" takes the narrowest integers that lose no more than `maxLoss` on rows held back: small parameters, small keys.
   */
  readonly prefer?: "faithful" | "small"
}

/** Larger keys are avoided where a layout with fewer rotations can: what is sent is a sixth less. */
const MAX_KEY_BYTES = { shallow: 55e6, deep: 120e6 }

/** Losses that differ by less than this are as good as each other. */
const ALMOST = 1.1

/**
 * Perceptrons, convolutional networks and whatever else is linear maps with elementwise functions between them.
 * Throws ProgramError, naming the nodes, for models that are not, and where no plan gives values that have parameters.
 */
export const quantiseNetwork = (
  model: FloatGraph,
  calibration: Calibration,
  { labels, maxLoss = 0.5, prefer = "faithful" }: NetworkOptions = {},
): Family => {
  const part = networkPart(model)
  const { graph } = part
  const rounded = lowerNetwork(part)
  const typical = enoughRows(graph, calibration)
  // Rows that were made up have no labels.
  const known = typical === calibration ? labels : undefined
  const own = ownGrid(graph, part, rounded, typical, known)
  if (own !== undefined && "candidates" in own) return own
  const network = own === undefined ? rounded : lowerNetwork(part, { dropsGrids: true })
  const judge = new Judge(graph, part, network, typical, known, prefer)
  const verdicts = searchPlans(network, judge, maxLoss)
  const remarks = [
    ...network.substitutes,
    ...(own === undefined ? [] : [own.remark]),
    ...(typical === calibration
      ? []
      : [`rows near the ${calibration.rows.length} of the calibration were made up to have enough`]),
  ]
  if (verdicts.length === 0) return tooWide(network, judge)
  // What is lost on the calibration rows themselves is held to the limit. Agreement with the model is a bound of what
  // accuracy is lost, and the risk an estimate: neither refuses the best there is.
  const within = verdicts.filter(({ own }) => own <= maxLoss)
  const able = (within.length > 0 || labels !== undefined ? within : verdicts).filter(
    ({ risk }) => risk <= MOST_ESTIMATE,
  )
  const least = Math.min(...able.map(({ risk }) => risk))
  const best = verdicts.toSorted((a, b) => a.risk - b.risk)[0]!
  const candidates = (able.length > 0 ? able : verdicts).map((verdict) =>
    toModel(graph, part, network, verdict, judge.build(verdict.plan), remarks),
  )
  return {
    name: "network",
    candidates,
    ...(able.length === 0 && best.risk > maxLoss && { limit: limitingLayer(network, judge, best) }),
    ...(network.layers.length > 1 && { shallower: SHALLOWER }),
    maxKeyBytes: network.layers.length > 1 ? MAX_KEY_BYTES.deep : MAX_KEY_BYTES.shallow,
    ...(Number.isFinite(least) && { maxLoss: Math.max(maxLoss, ALMOST * least) }),
  }
}

const SHALLOWER =
  "or train a model with fewer layers of functions one after the other, or with x² as their function"

/** Refuses a model whose values no plan keeps narrow, and says from where on they are not. */
const tooWide = (network: Network, judge: Judge): never => {
  const { bitsByLayer } = judge.build(narrowestPlan(network))
  const first = bitsByLayer.findIndex((bits) => bits > MOST_BITS)
  return fail(
    first < 0
      ? `no way to compute the model in integers of ${MOST_BITS} bits was found\ngive quantize more and more typical rows`
      : `values take ${Math.ceil(bitsByLayer[first]!)} bits from ${placeOf(network, first)} on, even coarsely rounded, and ` +
          `at most ${MOST_BITS} can be had\nuse fewer layers of products and squares one after the other`,
  )
}

/** The model on the grid that it was trained on, where it has one, or why that is not done. */
const ownGrid = (
  graph: FloatGraph,
  part: NetworkPart,
  network: Network,
  calibration: Calibration,
  labels: readonly Label[] | undefined,
): Family | { readonly remark: string } | undefined => {
  const plan = gridPlan(network)
  if (plan === undefined) {
    const hasGrid =
      network.inputGrid !== undefined || network.layers.some((layer) => "grid" in layer && layer.grid)
    return hasGrid
      ? { remark: "only a part of the model is rounded to a grid: it is quantised anew" }
      : undefined
  }
  try {
    const judge = new Judge(graph, part, network, calibration, labels, "faithful")
    const verdict = judge.judge(plan)
    const model = toModel(graph, part, network, verdict, judge.build(plan), ["the grid is the model's own"])
    return { name: "network", candidates: [model], maxKeyBytes: MAX_KEY_BYTES.deep, maxLoss: verdict.risk }
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    return { remark: `quantised anew: on the model's own grid ${error.message.split("\n")[0]}` }
  }
}

const toModel = (
  graph: FloatGraph,
  { before, after }: NetworkPart,
  network: Network,
  verdict: Verdict,
  { network: integer, bits }: Built,
  remarks: readonly string[],
): IntegerModel => {
  const { scale, zero, lo, hi, isSingle } = integer.grid
  const codec: RowCodec = {
    columns: columnsOf(graph),
    precision: graph.precision,
    ...(before.length > 0 && { before }),
    input: "row",
    encoding: { kind: "uniform", scale, zero, ...(isSingle && { singleQuotient: true }) },
    output: "scores",
    decoding: chainSteps(
      [{ kind: "affine", scale: Array.from(integer.scale), offset: Array.from(integer.offset) }],
      after,
    ),
  }
  return {
    codec,
    inputs: { row: enc(range(lo, hi), [network.columns]) },
    run: ({ row }) => traceNetwork(integer, row!),
    heldOut: { fidelity: verdict.fidelity, loss: verdict.risk },
    notes: [
      describePlan(verdict.plan, network.layers),
      `values of up to ${Math.ceil(bits)} bits`,
      ...remarks,
    ],
  }
}
