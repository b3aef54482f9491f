import { correlations, isConstant, type Spread, spreadOf, standardised } from "../../../math/statistics.ts"
import type { Budget } from "../../budget.ts"
import type { Batch, Row } from "../lower/linear-rows.ts"
import { addScaled } from "../lower/linear-rows.ts"
import { heldOutErrors, MOST_FEATURES, RIDGES, regression } from "./ridge-regression.ts"
import { plainRounder, type Rounder, rounderFor } from "./round-weights.ts"

/** What is wanted of integer rows: combinations of features that come near to targets. */
export interface RowsProblem {
  /** Real weights to start from, over the features. */
  readonly rows: readonly Row[]
  /** What each row should be on each sample. */
  readonly targets: Batch
  readonly features: Batch
  /**
   * Standard deviations elsewhere of features that do not vary in these samples: such keep their own weights. Those of others
   * that do not vary become 0.
   */
  readonly elsewhere: ReadonlyMap<number, number>
  /** Whether weights may be changed so that targets are met better. */
  readonly isRefitted: boolean
  /** Whether the rounding of each weight makes up for that of those before it. */
  readonly isCorrected: boolean
  /** The size of one unit of a row's integer, from what varies in it. */
  readonly stepOf: (row: StepQuestion) => number
  /** Its turn is taken for every row and every system of equations. */
  readonly budget: Budget
}

export interface StepQuestion {
  /** The standard deviation of the target. */
  readonly deviation: number
  /** Standard deviations of the row's features, and its real weights. */
  readonly spreads: readonly Spread[]
  readonly weights: Float64Array
  readonly columns: Int32Array
  /** The integers that a step gives. */
  readonly round: (step: number) => Float64Array
}

/** Integer rows, and what one unit of each is worth. */
export interface FittedRows {
  readonly rows: readonly Row[]
  readonly scale: Float64Array
  /** What the integers leave of each row's constant, in the row's own unit; 0 where the bias took all of it. */
  readonly rest: Float64Array
}

/**
 * Real rows become integer ones. Rows that read the same features share their statistics: ridge regression moves the
 * weights to where they give the targets best from the features as they have become, rounding corrects itself along, and
 * the bias takes what is left on average.
 */
export const fitRows = async (problem: RowsProblem): Promise<FittedRows> => {
  const groups = new Map<string, number[]>()
  problem.rows.forEach(({ columns }, i) => {
    const key = columns.join()
    const members = groups.get(key)
    if (members === undefined) groups.set(key, [i])
    else members.push(i)
  })
  const ridge = problem.isRefitted ? await chooseRidge(problem, [...groups.values()]) : Infinity
  const rows = new Array<Row>(problem.rows.length)
  const scale = new Float64Array(problem.rows.length)
  for (const members of groups.values()) {
    const group = groupOf(problem, members)
    const changes = await refitted(problem, group, ridge)
    const rounder = problem.isCorrected ? rounderFor(group.gram()) : plainRounder
    for (const [m, i] of members.entries()) {
      await problem.budget.turn()
      const fitted = fitRow(problem, group, i, changes?.[m], rounder)
      rows[i] = fitted.row
      scale[i] = fitted.step
    }
  }
  return { rows, scale, rest: new Float64Array(rows.length) }
}

interface Group {
  readonly members: readonly number[]
  /** Features that vary, here or elsewhere. */
  readonly columns: Int32Array
  readonly spreads: readonly Spread[]
  readonly normal: Batch
  readonly gram: () => ReturnType<typeof correlations>
}

const groupOf = ({ rows, features, elsewhere }: RowsProblem, members: readonly number[]): Group => {
  const all = Array.from(rows[members[0]!]!.columns, (column) => {
    const { mean, deviation } = spreadOf(features[column]!)
    return { column, spread: { mean, deviation: elsewhere.get(column) ?? deviation } }
  })
  // The largest steps are rounded first, so that finer ones can make up for them.
  const varying = all
    .filter(({ spread }) => !isConstant(spread))
    .sort((a, b) => b.spread.deviation - a.spread.deviation)
  const normal = varying.map(({ column, spread }) => standardised(features[column]!, spread))
  let gram: ReturnType<typeof correlations> | undefined
  return {
    members,
    columns: Int32Array.from(varying, ({ column }) => column),
    spreads: varying.map(({ spread }) => spread),
    normal,
    gram: () => {
      gram ??= correlations(normal.length <= MOST_FEATURES ? normal : [])
      return gram
    },
  }
}

/** What the first weights leave of each target. */
const residuals = (problem: RowsProblem, members: readonly number[]): Batch =>
  members.map((i) => {
    const { columns, weights } = problem.rows[i]!
    const rest = problem.targets[i]!.slice()
    columns.forEach((column, k) => {
      addScaled(rest, problem.features[column]!, -weights[k]!)
    })
    const { mean } = spreadOf(rest)
    return rest.map((value) => value - mean)
  })

const canRefit = (group: Group): boolean => group.columns.length <= MOST_FEATURES

/** Changes of the standardised weights. */
const refitted = async (
  problem: RowsProblem,
  group: Group,
  ridge: number,
): Promise<Float64Array[] | undefined> =>
  ridge === Infinity || !canRefit(group)
    ? undefined
    : regression(group.normal, group.gram, problem.budget)(residuals(problem, group.members), ridge)

/** So many groups are asked which ridge is best. */
const MOST_ASKED = 6

const chooseRidge = async (problem: RowsProblem, groups: readonly number[][]): Promise<number> => {
  const stride = Math.max(1, Math.floor(groups.length / MOST_ASKED))
  const totals = new Float64Array(RIDGES.length)
  for (let g = 0; g < groups.length; g += stride) {
    const group = groupOf(problem, groups[g]!)
    if (!canRefit(group)) continue
    const rest = residuals(problem, group.members)
    const errors = await heldOutErrors(group.normal, rest, problem.budget)
    errors.forEach((error, k) => {
      totals[k]! += error
    })
  }
  return RIDGES[totals.indexOf(Math.min(...totals))]!
}

const fitRow = (
  { rows, targets, stepOf }: RowsProblem,
  { columns, spreads }: Group,
  i: number,
  change: Float64Array | undefined,
  rounder: Rounder,
): { readonly row: Row; readonly step: number } => {
  const row = rows[i]!
  const own = new Map(Array.from(row.columns, (column, k) => [column, row.weights[k]!]))
  const normal = Float64Array.from(
    columns,
    (column, k) => own.get(column)! * spreads[k]!.deviation + (change?.[k] ?? 0),
  )
  const target = spreadOf(targets[i]!)
  const deviations = Float64Array.from(spreads, ({ deviation }) => deviation)
  const round = (step: number): Float64Array =>
    rounder.round(
      normal,
      deviations.map((deviation) => deviation * step),
    )
  const step = stepOf({
    deviation: target.deviation,
    spreads,
    weights: normal.map((weight, k) => weight / deviations[k]!),
    columns,
    round,
  })
  const integers = round(step)
  const kept = Array.from(integers.keys()).filter((k) => integers[k] !== 0)
  kept.sort((a, b) => columns[a]! - columns[b]!)
  const mean = kept.reduce((sum, k) => sum + integers[k]! * spreads[k]!.mean, 0)
  return {
    row: {
      columns: Int32Array.from(kept, (k) => columns[k]!),
      weights: Float64Array.from(kept, (k) => integers[k]!),
      bias: Math.round(target.mean / step - mean),
    },
    step,
  }
}

/**
 * The step at which rounding all weights adds noise of 2^-precision of what varies in the sum: each error is uniform in a
 * step, of variance step² / 12.
 */
export const stepForPrecision =
  (precision: number) =>
  ({ deviation, spreads, weights }: StepQuestion): number => {
    const variance = spreads.reduce((sum, spread) => sum + spread.deviation ** 2, 0)
    const step = deviation * 2 ** -precision * Math.sqrt(12 / variance)
    if (step > 0 && Number.isFinite(step)) return step
    // A sum that never varied on the calibration rows.
    const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
    return largest > 0 ? largest : 1
  }
