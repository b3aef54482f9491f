import { chainSteps, ProgramError, type RowCodec } from "../../../data/index.ts"
import { enc, range } from "../../../frontend/index.ts"
import { fail } from "../../fail.ts"
import type { Label } from "../../fidelity.ts"
import { columnsOf, type FloatGraph } from "../../graph/graph.ts"
import { Budget } from "../budget.ts"
import type { Calibration, Family, IntegerModel } from "../integer-model.ts"
import { lowerNetwork } from "./lower/lower-network.ts"
import { type NetworkPart, networkPart } from "./lower/network-part.ts"
import { saturatedQuantizers } from "./lower/saturated-quantizers.ts"
import type { Network } from "./network.ts"
import { describePlan } from "./plan.ts"
import { Judge, type Verdict } from "./search/cross-validate.ts"
import { enoughRows } from "./search/enough-rows.ts"
import { limitingLayer, placeOf } from "./search/limiting-layer.ts"
import { gridPlan, MOST_BITS, MOST_ESTIMATE, narrowestPlan, searchPlans } from "./search/search-plans.ts"
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
export const quantizeNetwork = async (
  model: FloatGraph,
  calibration: Calibration,
  { labels, maxLoss = 0.5, prefer = "faithful" }: NetworkOptions = {},
  budget = new Budget(),
): Promise<Family> => {
  const part = networkPart(model)
  const { graph } = part
  const rounded = await lowerNetwork(part, {}, budget)
  const typical = enoughRows(graph, calibration)
  // Rows that were made up have no labels.
  const known = typical === calibration ? labels : undefined
  const own = await ownGrid({ part, network: rounded, calibration: typical, labels: known, budget })
  if (own !== undefined && "candidates" in own) return own
  const network =
    own === undefined
      ? rounded
      : await lowerNetwork(
          part,
          { dropsGrids: true, saturated: saturatedQuantizers(graph, typical.rows) },
          budget,
        )
  const judge = await Judge.of({ part, network, calibration: typical, labels: known, prefer, budget })
  const verdicts = await searchPlans(network, judge, maxLoss, budget)
  const remarks = [
    ...network.substitutes,
    ...(own === undefined ? [] : [own.remark]),
    ...(typical === calibration
      ? []
      : [`rows near the ${calibration.rows.length} of the calibration were made up to have enough`]),
  ]
  if (verdicts.length === 0) return tooWide(network, judge)
  const able = worthTaking(verdicts, maxLoss)
  const tried = able.length > 0 ? able : verdicts
  const least = Math.min(...tried.map(({ risk }) => risk))
  const models: IntegerModel[] = []
  for (const verdict of tried) {
    const accepted = able.length > 0 && verdict.risk <= Math.max(maxLoss, ALMOST * least)
    models.push(toModel(part, network, verdict, accepted, remarks))
  }
  const best = verdicts.toSorted((a, b) => a.loss - b.loss)[0]!
  const limit = able.length > 0 ? undefined : await budget.within(() => limitingLayer(network, judge, best))
  return {
    name: "network",
    candidates: models,
    ...(limit !== undefined && { limit }),
    ...(network.layers.length > 1 && { shallower: SHALLOWER }),
    maxKeyBytes: network.layers.length > 1 ? MAX_KEY_BYTES.deep : MAX_KEY_BYTES.shallow,
  }
}

/**
 * The verdicts on models to choose from: those that lose no more agreement with the model than was asked for, or else the best
 * there is, where what others may lose is not much; else those whose loss, measured on rows held back, is within the limit, or so small
 * that the rows do not tell it from none. Labels only ever add to them.
 */
const worthTaking = (verdicts: readonly Verdict[], maxLoss: number): readonly Verdict[] => {
  const within = verdicts.filter(({ own }) => own <= maxLoss)
  const close = (within.length > 0 ? within : verdicts).filter(
    ({ risk }) => risk <= Math.max(MOST_ESTIMATE, maxLoss),
  )
  return close.length > 0 ? close : verdicts.filter(({ loss, noise }) => loss <= Math.max(maxLoss, noise))
}

const SHALLOWER =
  "or train a model with fewer layers of functions one after the other, or with x² as their function"

/** Refuses a model whose values no plan keeps narrow, and says from where on they are not. */
const tooWide = async (network: Network, judge: Judge): Promise<never> => {
  const bitsByLayer = (await judge.widthsOf(narrowestPlan(network), MOST_BITS)).slice(
    0,
    network.layers.length,
  )
  const first = bitsByLayer.findIndex((bits) => bits > MOST_BITS)
  return fail(
    "too-wide",
    first < 0
      ? `no way to compute the model in integers of ${MOST_BITS} bits was found\ngive quantize more and more typical rows`
      : `values take ${Math.ceil(bitsByLayer[first]!)} bits from ${placeOf(network, first)} on, even coarsely rounded, and ` +
          `at most ${MOST_BITS} can be had\nuse fewer layers of products and squares one after the other`,
  )
}

/** The model on the grid that it was trained on, where it has one, or why that is not done. */
const ownGrid = async ({
  part,
  network,
  calibration,
  labels,
  budget,
}: {
  readonly part: NetworkPart
  readonly network: Network
  readonly calibration: Calibration
  readonly labels: readonly Label[] | undefined
  readonly budget: Budget
}): Promise<Family | { readonly remark: string } | undefined> => {
  const plan = gridPlan(network)
  if (plan === undefined) {
    const hasGrid =
      network.inputGrid !== undefined || network.layers.some((layer) => "grid" in layer && layer.grid)
    return hasGrid
      ? { remark: "only a part of the model is rounded to a grid: it is quantized anew" }
      : undefined
  }
  try {
    const judge = await Judge.of({ part, network, calibration, labels, prefer: "faithful", budget })
    const verdict = await judge.judge(plan)
    const model = toModel(part, network, verdict, true, ["the grid is the model's own"])
    return { name: "network", candidates: [model], maxKeyBytes: MAX_KEY_BYTES.deep }
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    return { remark: `quantized anew: on the model's own grid ${error.message.split("\n")[0]}` }
  }
}

const toModel = (
  { graph, before, after }: NetworkPart,
  network: Network,
  { plan, fidelity, loss, noise, risk, built: { network: integer, bits } }: Verdict,
  accepted: boolean,
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
    server: [
      ...network.layers.flatMap(({ base, name }) => [`sums for ${base.rows.length} elements`, name]),
      `sums for ${network.output.rows.length} ${network.output.rows.length === 1 ? "output" : "outputs"}`,
    ],
    heldOut: { fidelity, loss, noise, risk, accepted },
    notes: [describePlan(plan, network.layers), `values of up to ${Math.ceil(bits)} bits`, ...remarks],
  }
}
