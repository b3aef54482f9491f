import { centred, inverseMod } from "../arithmetic/field.ts"
import { interpolate } from "../arithmetic/interpolate.ts"
import { babySteps, type Coefficients, chooseBaby } from "./evaluate-polynomial.ts"
import { countKernel, type KernelCost, weighKernel } from "./kernel-cost.ts"
import { evaluateTable, type TableForm } from "./table-forms.ts"
import { extend, findMirror, type Parity } from "./table-symmetry.ts"

/**
 * `shallow`: the polynomial itself, no deeper than its degree demands. `bounded`: the cheapest of all forms that are no
 * deeper than that. `balanced`: the cheapest of all, which may take more levels. `spread`: powers in the copies of a
 * vector where a ring has room for them, elsewhere as `bounded`.
 */
export type TableStrategy = "shallow" | "bounded" | "balanced" | "spread"

/** The reachable part of a table: the value at lo + i is `entries[i]`. */
export interface Entries {
  readonly lo: bigint
  readonly entries: readonly (number | bigint)[]
}

/** One table in u = x + shift, all mod t: the coefficients that its form takes, centred, without trailing zeros. */
interface Shifted {
  readonly shift: bigint
  /** The point where u = 0, a multiple of 1/2. */
  readonly centre: number
  readonly coefficients: readonly bigint[]
}

/** How the tables of one node are computed; all have the same form. */
export interface TableSchedule {
  readonly form: TableForm
  /** Of the polynomials in u, but for a line that is added. */
  readonly parity: Parity | null
  readonly tables: readonly Shifted[]
  readonly baby: number
  /** The cost of one piece, its relinearization included. */
  readonly cost: KernelCost
}

/**
 * The best schedule for tables that one vector is looked up in, each element in one of them; `polynomials` are those of
 * the entries. Of equals the simplest form is taken.
 */
export const scheduleTables = (
  tables: readonly Entries[],
  polynomials: readonly (readonly bigint[])[],
  t: bigint,
  strategy: TableStrategy,
): TableSchedule => {
  const plain = polynomials.map((coefficients): Shifted => ({ shift: 0n, centre: 0, coefficients }))
  const p = pattern(plain)
  const shallow = schedule("polynomial", plain, p, chooseBaby(p, weighKernel), t)
  // Nothing beats a square or a cube.
  if (strategy === "shallow" || p.length <= 3) return shallow
  const limit = strategy === "bounded" || strategy === "spread" ? Math.ceil(Math.log2(p.length)) : Infinity
  let best = shallow
  const attempt = (form: TableForm, shifted: readonly Shifted[], q: Coefficients, babies: number[]): void => {
    for (const baby of babies) {
      const made = schedule(form, shifted, q, baby, t)
      if (made.cost.depth <= limit && isBetter(made.cost, best.cost)) best = made
    }
  }
  attempt("polynomial", plain, p, babySteps(p.length))
  for (const parity of ["even", "odd"] as const) {
    const symmetric = every(tables, (table) => centre(table, parity, t))
    if (symmetric === null) continue
    // Powers that no coefficient needs are not made, so that every second one being 0 is half the work.
    const q = pattern(symmetric)
    const babies = babySteps(Math.ceil(q.length / 2))
    attempt(
      "polynomial",
      symmetric,
      q,
      babies.map((baby) => 2 * baby),
    )
    if (parity === "odd") attempt("factored", symmetric, q, babies)
  }
  const equalities = every(tables, (table) => indicator(table, t))
  if (equalities !== null) attempt("equality", equalities, pattern(equalities), [1])
  return best
}

const schedule = (
  form: TableForm,
  tables: readonly Shifted[],
  coefficients: Coefficients,
  baby: number,
  t: bigint,
): TableSchedule => {
  const kernel = { form, shift: null, coefficients, baby }
  const cost = countKernel((ops, x) => {
    const part = evaluateTable(ops, x, kernel, t)
    return part !== null && "value" in part ? part.value : null
  })
  return { form, parity: parityOf(coefficients), tables, baby, cost }
}

const parityOf = (coefficients: Coefficients): Parity | null => {
  if (coefficients.length <= 3) return null
  const isZero = (from: number): boolean => coefficients.every((c, i) => i < from || i % 2 !== from % 2 || !c)
  return isZero(3) ? "even" : isZero(2) ? "odd" : null
}

const isBetter = (a: KernelCost, b: KernelCost): boolean =>
  weighKernel(a) < weighKernel(b) || (weighKernel(a) === weighKernel(b) && a.depth < b.depth)

const every = <A, B>(list: readonly A[], f: (item: A) => B | null): B[] | null => {
  const result: B[] = []
  for (const item of list) {
    const made = f(item)
    if (made === null) return null
    result.push(made)
  }
  return result
}

/** Coefficients that are counted like those of all tables together. */
const pattern = (tables: readonly Shifted[]): Coefficients => {
  const terms = tables.reduce((most, { coefficients }) => Math.max(most, coefficients.length), 0)
  const [only] = tables
  return Array.from({ length: terms }, (_, i) => {
    if (tables.length === 1) {
      const value = only!.coefficients[i]!
      return value === 0n ? null : { kind: "scalar", value }
    }
    return tables.some(({ coefficients }) => coefficients[i]) ? { kind: "scalar", value: 2n } : null
  })
}

/** The table about the centre of a parity; a centre between two integers is one of the field, where 2 has an inverse. */
const centre = ({ lo, entries }: Entries, parity: Parity, t: bigint): Shifted | null => {
  const mirror = findMirror(entries, parity, Number(-lo))
  if (mirror === undefined) return null
  const whole = extend(entries, parity, mirror)
  if (BigInt(whole.entries.length) > t) return null
  const sum = 2n * lo + BigInt(mirror)
  const shift = centred(sum % 2n === 0n ? -sum / 2n : -sum * inverseMod(2n, t), t)
  const coefficients = interpolate(lo + BigInt(whole.first) + shift, whole.entries, t)
  return { shift, centre: Number(sum) / 2, coefficients: coefficients.map((c) => centred(c, t)) }
}

/** The table as a + (b - a) (x - c)^(t - 1), if it is a at c and b elsewhere. */
const indicator = ({ lo, entries }: Entries, t: bigint): Shifted | null => {
  if (entries.length < 3) return null
  const usual = entries[0] === entries[1] ? entries[0]! : entries[2]!
  const at = entries.findIndex((value) => value !== usual)
  if (at < 0 || entries.some((value, i) => value !== usual && i !== at)) return null
  const there = BigInt(entries[at]!)
  return {
    shift: centred(-(lo + BigInt(at)), t),
    centre: Number(lo) + at,
    coefficients: [centred(there, t), centred(BigInt(usual) - there, t)],
  }
}
