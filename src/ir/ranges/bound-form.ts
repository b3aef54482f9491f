import { type Atom, type Form, formAt, plusTimes, type Range, rangeOfTerm, without } from "./form.ts"
import { MOST_MAGNITUDE, magnitudeOf } from "./form-limits.ts"

/** How many forms may be looked at for the range of one. */
export const MOST_FORMS = 400
/** The most values of an atom that are told apart. */
const MOST_CASES = 64

/** What doubles add up exactly; larger forms are not bounded. */
const MOST_EXACT = 2 ** 52
const UNKNOWN: Range = { lo: -Infinity, hi: Infinity }

/** How many forms may still be looked at. */
export interface Budget {
  left: number
}

/** The range of a form: that of its terms, narrowed by what is known of its atoms. */
export const boundForm = (form: Form, budget: Budget = { left: MOST_FORMS }): Range => bound(form, budget)

const bound = (form: Form, budget: Budget): Range => {
  budget.left--
  if (!(magnitudeOf(form) <= MOST_EXACT)) return UNKNOWN
  const base = rangeOfTerms(form)
  if (form.terms.size === 0 || budget.left <= 0) return base
  const decisive = decisiveAtom(form)
  if (decisive !== undefined) return meet(base, byCases(form, decisive, budget))
  const chosen = chosenAtom(form)
  return chosen === undefined ? base : meet(base, byChoice(form, chosen, budget))
}

const rangeOfTerms = ({ constant, terms }: Form): Range => {
  let [lo, hi] = [constant, constant]
  for (const term of terms.values()) {
    const range = rangeOfTerm(term)
    lo += range.lo
    hi += range.hi
  }
  return { lo, hi }
}

const meet = (a: Range, b: Range): Range => ({ lo: Math.max(a.lo, b.lo), hi: Math.min(a.hi, b.hi) })

/** An atom of few values on which a product in the form depends and something else, too. */
const decisiveAtom = (form: Form): Atom | undefined => {
  const users = new Map<Atom, number>()
  for (const { atom, column } of form.terms.values()) {
    users.set(atom, (users.get(atom) ?? 0) + 1)
    if (column !== undefined) continue
    const deciders = new Set((atom.facts().factors ?? []).flatMap(({ terms }) => [...terms.keys()]))
    for (const each of deciders) users.set(each, (users.get(each) ?? 0) + 1)
  }
  for (const { atom } of form.terms.values()) {
    for (const factor of atom.facts().factors ?? []) {
      const [decider] = factor.terms.keys()
      if (factor.terms.size !== 1 || decider!.hi - decider!.lo >= MOST_CASES) continue
      if (users.get(decider!)! > 1) return decider
    }
  }
  return undefined
}

/** For each value of an atom, what is left when it and the products that it decides are known. */
const byCases = (form: Form, decider: Atom, budget: Budget): Range => {
  let [lo, hi] = [Infinity, -Infinity]
  for (let value = decider.lo; value <= decider.hi; value++) {
    let known = formAt(form, decider, value)
    for (const { atom, coefficient, column } of form.terms.values()) {
      const factors = column === undefined ? atom.facts().factors : undefined
      if (factors === undefined || !factors.some(({ terms }) => terms.has(decider))) continue
      const [f, g] = factors.map((factor) => formAt(factor, decider, value)) as [Form, Form]
      const [fixed, other] = f.terms.size === 0 ? [f, g] : [g, f]
      if (fixed.terms.size > 0) continue
      if (Math.abs(coefficient * fixed.constant) > MOST_MAGNITUDE) return UNKNOWN
      known = plusTimes(without(known, atom), other, coefficient * fixed.constant)
    }
    const range = bound(known, budget)
    lo = Math.min(lo, range.lo)
    hi = Math.max(hi, range.hi)
  }
  return { lo, hi }
}

/** The last atom that is one of some forms, where that may cancel with other terms. */
const chosenAtom = (form: Form): Atom | undefined => {
  if (form.terms.size < 2) return undefined
  let best: Atom | undefined
  for (const { atom, column } of form.terms.values()) {
    if (column !== undefined || (best !== undefined && atom.id < best.id)) continue
    if (mayCancel(atom, form)) best = atom
  }
  return best
}

/** Whether a choice in place of an atom has other atoms of the form or, being an extreme, may lead to some that have. */
const mayCancel = (atom: Atom, { terms }: Form): boolean => {
  const { choice } = atom.facts()
  if (choice === undefined) return false
  const isShared = choice.forms.some((form) => [...form.terms.keys()].some((other) => terms.has(other)))
  if (isShared || choice.kind === "one") return isShared
  for (const other of terms.keys()) if (other !== atom && other.facts().choice !== undefined) return true
  return choice.forms.some((form) =>
    [...form.terms.keys()].some((other) => other.facts().choice !== undefined),
  )
}

/**
 * The form with each choice in place of the atom. A largest one is at least every choice and equals one of them:
 * with a factor above 0 the form is at least what each choice makes of it, and at most the most that any does.
 */
const byChoice = (form: Form, atom: Atom, budget: Budget): Range => {
  const { kind, forms } = atom.facts().choice!
  const { coefficient } = form.terms.get(atom)!
  if (Math.abs(coefficient) > MOST_MAGNITUDE) return UNKNOWN
  const rest = without(form, atom)
  const ranges = forms.map((choice) => bound(plusTimes(rest, choice, coefficient), budget))
  const isLargest = (kind === "max" && coefficient > 0) || (kind === "min" && coefficient < 0)
  const isSmallest = kind !== "one" && !isLargest
  const lows = ranges.map(({ lo }) => lo)
  const highs = ranges.map(({ hi }) => hi)
  return {
    lo: isLargest ? Math.max(...lows) : Math.min(...lows),
    hi: isSmallest ? Math.min(...highs) : Math.max(...highs),
  }
}
