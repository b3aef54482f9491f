import { ProgramError } from "../../../../data/index.ts"
import type { Budget } from "../../budget.ts"
import type { RangeRule } from "../input-grid.ts"
import type { Network } from "../network.ts"
import type { LayerPlan, Plan } from "../plan.ts"
import type { Judge, Verdict } from "./cross-validate.ts"

/** Wider values have no parameters. */
export const MOST_BITS = 62

/** A network that may lose more points than this is not taken for want of a better one. */
export const MOST_ESTIMATE = 5

/** How one kind of plan may be set, from coarse and cheap to fine and dear. */
interface Form {
  readonly name: string
  /** Of polynomials. */
  readonly powers?: readonly number[]
  readonly settings: readonly Plan[]
  /** Which setting is tried first. */
  readonly start: number
}

/**
 * Plans worth compiling: of each form the coarsest that loses no more than `maxLoss`, and of forms of which none does, the
 * best. Forms are in the order of what they cost; the verdicts too.
 */
export const searchPlans = async (
  network: Network,
  judge: Judge,
  maxLoss: number,
  budget: Budget,
): Promise<Verdict[]> => {
  const found: Verdict[] = []
  let tooWide = Infinity
  const forms = formsOf(network.layers.length)
  const search: Search = { judge, maxLoss, budget, steps: forms.length * TYPICAL_STEPS }
  for (const form of forms) {
    if (budget.isSpent() && found.length > 0) break
    // Tables cost many levels: they are for what polynomials do not reach, in several layers only where there is no other way.
    const isReached = found.some(
      (verdict) => isGood(verdict, maxLoss) || (network.layers.length > 1 && verdict.risk <= MOST_ESTIMATE),
    )
    if (form.name === "tables" && isReached) continue
    // Where a polynomial with a linear part is too wide, those of higher degree are.
    if (form.powers !== undefined && Math.max(...form.powers) > tooWide) continue
    const best = await searchForm(form, search)
    if (best === undefined) {
      if (form.powers?.includes(1)) tooWide = Math.max(...form.powers)
      continue
    }
    const least = Math.min(...found.map(({ risk }) => risk))
    if (form.name === "tables" && best.risk >= least) continue
    found.push(await refine(best, search))
  }
  return found
}

/** What all of a search goes by. */
interface Search {
  readonly judge: Judge
  readonly maxLoss: number
  readonly budget: Budget
  /** About how many plans are tried. */
  readonly steps: number
}

/** Plans of a form that are tried, about. */
const TYPICAL_STEPS = 8

const isGood = (verdict: Verdict | undefined, maxLoss: number): boolean =>
  verdict !== undefined && verdict.risk <= maxLoss && verdict.bits <= MOST_BITS

/** From the first setting towards coarser ones as long as they are good, or else towards finer ones until one is. */
const searchForm = async ({ settings, start }: Form, search: Search): Promise<Verdict | undefined> => {
  const { maxLoss } = search
  const all: Verdict[] = []
  const ask = async (i: number): Promise<Verdict | undefined> => {
    const plan = settings[i]
    const verdict = plan && (await attempt(search, plan, all.length > 0))
    if (verdict !== undefined && verdict.bits <= MOST_BITS) all.push(verdict)
    return verdict
  }
  const first = await ask(start)
  if (isGood(first, maxLoss) || first === undefined || first.bits > MOST_BITS) {
    let fits = isGood(first, maxLoss)
    if (first === undefined && (await isTooWide(search.judge, settings[0]!))) return undefined
    for (let i = start - 1; i >= 0; i--) {
      const next = await ask(i)
      if (fits && !isGood(next, maxLoss)) break
      fits = isGood(next, maxLoss)
      // Coarser ones only lose more once values are narrow enough.
      if (!fits && next !== undefined && next.bits <= MOST_BITS) break
    }
  } else {
    for (let i = start + 1; i < settings.length; i++) {
      const next = await ask(i)
      if (next === undefined || next.bits > MOST_BITS || isGood(next, maxLoss)) break
    }
  }
  const best = bestOf(all, maxLoss)
  if (best === undefined) return undefined
  return betterRange(best, settings[settings.indexOf(best.plan) - 1], search)
}

/**
 * Another range of inputs, where it makes the next coarser setting good. It clips rows of which the calibration has few,
 * and so is not taken for anything less.
 */
const betterRange = async (best: Verdict, coarser: Plan | undefined, search: Search): Promise<Verdict> => {
  const { maxLoss } = search
  if (!isGood(best, maxLoss) || coarser === undefined) return best
  const others: Verdict[] = []
  for (const inputRule of OTHER_RULES) {
    const other = await attempt(search, { ...coarser, inputRule }, true)
    if (other !== undefined && isGood(other, maxLoss)) others.push(other)
  }
  return bestOf([best, ...others], maxLoss)!
}

const OTHER_RULES = ["percentile", "mse"] as const satisfies readonly RangeRule[]

/** Of good ones the narrowest, else the one that loses least. */
const bestOf = (all: readonly Verdict[], maxLoss: number): Verdict | undefined => {
  const good = all.filter((verdict) => isGood(verdict, maxLoss))
  const candidates = good.length > 0 ? good : all
  return candidates.toSorted((a, b) =>
    good.length > 0
      ? a.bits - b.bits
      : Math.max(a.own, maxLoss) - Math.max(b.own, maxLoss) || a.risk - b.risk || a.bits - b.bits,
  )[0]
}

/** The verdict on a plan; undefined for one that cannot be, and when the time has gone and others are known. */
const attempt = async (
  { judge, budget, steps }: Search,
  plan: Plan,
  hasOthers: boolean,
): Promise<Verdict | undefined> => {
  if (budget.isSpent() && hasOthers) return undefined
  const [layer] = plan.layers
  budget.tell(`integers of ${plan.inputBits} bits${layer ? `, ${FORMS[layer.kind]}` : ""}`, steps)
  const judged = async (): Promise<Verdict | undefined> => {
    return (await isTooWide(judge, plan)) ? undefined : judge.judge(plan)
  }
  await budget.turn()
  try {
    // What has no time is made plainly, where nothing else is known.
    return (await budget.within(judged)) ?? (budget.isSpent() && !hasOthers ? await judged() : undefined)
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    return undefined
  }
}

/** Whether values of a plan are certainly wider than may be. */
const isTooWide = async (judge: Judge, plan: Plan): Promise<boolean> => {
  // A margin, for the few rows that widths are from.
  const most = MOST_BITS + 4
  return (await judge.widthsOf(plan, most)).at(-1)! > most
}

const FORMS: Readonly<Record<LayerPlan["kind"], string>> = {
  powers: "polynomials",
  table: "tables",
  grid: "the model's own grid",
}

/** Layer by layer one bit less, where that loses nothing that matters. */
const refine = async (verdict: Verdict, search: Search): Promise<Verdict> => {
  const { maxLoss } = search
  let best = verdict
  if (!isGood(best, maxLoss) || best.plan.layers.length < 2) return best
  for (const i of best.plan.layers.keys()) {
    const layer = best.plan.layers[i]!
    if (layer.kind !== "powers" || layer.precision <= 2) continue
    const plan = {
      ...best.plan,
      layers: best.plan.layers.with(i, { ...layer, precision: layer.precision - 1 }),
    }
    const next = await attempt(search, plan, true)
    if (next !== undefined && isGood(next, maxLoss) && next.bits < best.bits) best = next
  }
  return best
}

/** Bits of inputs, and precision of sums. */
const PRECISIONS = [
  [2, 3],
  [3, 3],
  [3, 4],
  [4, 4],
  [4, 5],
  [5, 6],
  [6, 7],
  [8, 9],
] as const

/** Bits of inputs, of tables, and of what tables give. */
const TABLES = [
  [1, 5, 3],
  [1, 6, 3],
  [2, 6, 3],
  [1, 7, 4],
  [2, 7, 4],
  [2, 8, 4],
] as const

const POWERS = [[2], [1, 2], [1, 2, 3], [1, 2, 3, 4]] as const

/** The plan that keeps the grid which the model was trained on; undefined for models without one. */
export const gridPlan = ({ layers, inputGrid }: Network): Plan | undefined => {
  const isGridded = layers.every((layer) => layer.kind === "curve" && layer.grid !== undefined)
  if (inputGrid === undefined || !isGridded) return undefined
  const own = layers.map((): LayerPlan => ({ kind: "grid" }))
  return {
    inputBits: Math.log2(inputGrid.hi - inputGrid.lo + 1),
    inputRule: "min-max",
    layers: own,
    outputPrecision: "grid",
  }
}

/** The plan whose values are the narrowest that polynomials give. */
export const narrowestPlan = ({ layers }: Network): Plan => formsOf(layers.length)[0]!.settings[0]!

const formsOf = (depth: number): Form[] => {
  const all = (layer: LayerPlan): LayerPlan[] => new Array<LayerPlan>(depth).fill(layer)
  const polynomials = (depth === 0 ? POWERS.slice(0, 1) : POWERS).map(
    (powers): Form => ({
      name: `powers ${powers.join()}`,
      powers,
      settings: PRECISIONS.map(([inputBits, precision]) => ({
        inputBits,
        inputRule: "min-max",
        layers: all({ kind: "powers", powers, precision }),
        outputPrecision: precision,
      })),
      start: 3,
    }),
  )
  const tables: Form = {
    name: "tables",
    settings: TABLES.map(([inputBits, bits, outputBits]) => ({
      inputBits,
      inputRule: "min-max",
      layers: all({ kind: "table", bits, outputBits }),
      outputPrecision: 5,
    })),
    start: 1,
  }
  return depth === 0 ? polynomials : [...polynomials, tables]
}
