import type { Node } from "../program.ts"

/** One element of an integer node, as a variable that forms are written in. */
export interface Atom {
  readonly node: Node
  readonly element: number
  /** Later atoms may be made of earlier ones. */
  readonly id: number
  readonly lo: number
  readonly hi: number
  /** What is known of it beside its range; worked out when it is asked for. */
  readonly facts: () => Facts
}

/** What is known of an atom beside its range. */
export interface Facts {
  /** It equals one of these forms: the largest, the smallest, or any. */
  readonly choice?: { readonly kind: "max" | "min" | "one"; readonly forms: readonly Form[] }
  /** It is a product of two forms. */
  readonly factors?: readonly [Form, Form]
}

/** A function of one atom: `coefficient` times its value plus, if there is a column, what stands there for the value. */
export interface Term {
  readonly atom: Atom
  readonly coefficient: number
  /** For each value of the atom, from `lo` up. */
  readonly column?: Float64Array
}

/** A sum of functions of different atoms. */
export interface Form {
  readonly constant: number
  readonly terms: ReadonlyMap<Atom, Term>
}

export interface Range {
  readonly lo: number
  readonly hi: number
}

export const constantForm = (constant: number): Form => ({ constant, terms: new Map() })

export const atomForm = (atom: Atom): Form => ({
  constant: 0,
  terms: new Map([[atom, { atom, coefficient: 1 }]]),
})

/** The form of a function of one atom that is given by its values. */
export const columnForm = (atom: Atom, column: Float64Array): Form => ({
  constant: 0,
  terms: new Map([[atom, { atom, coefficient: 0, column }]]),
})

/** a + factor * b. */
export const plusTimes = (a: Form, b: Form, factor: number): Form => {
  if (factor === 0) return a
  const terms = new Map(a.terms)
  for (const term of b.terms.values()) {
    const known = terms.get(term.atom)
    const sum = known === undefined ? scaledTerm(term, factor) : addedTerm(known, term, factor)
    if (sum.coefficient === 0 && sum.column === undefined) terms.delete(term.atom)
    else terms.set(term.atom, sum)
  }
  return { constant: a.constant + factor * b.constant, terms }
}

const scaledTerm = ({ atom, coefficient, column }: Term, factor: number): Term => ({
  atom,
  coefficient: coefficient * factor,
  ...(column && { column: column.map((v) => v * factor) }),
})

const addedTerm = (a: Term, b: Term, factor: number): Term => {
  const { atom } = a
  const coefficient = a.coefficient + factor * b.coefficient
  if (a.column === undefined && b.column === undefined) return { atom, coefficient }
  const { column = new Float64Array(b.column!.length) } = a
  return { atom, coefficient, column: column.map((v, i) => v + factor * (b.column?.[i] ?? 0)) }
}

/** A form without one of its atoms. */
export const without = ({ constant, terms }: Form, atom: Atom): Form => {
  const rest = new Map(terms)
  rest.delete(atom)
  return { constant, terms: rest }
}

/** What a term is at a value of its atom. */
export const termAt = ({ atom, coefficient, column }: Term, value: number): number =>
  coefficient * value + (column?.[value - atom.lo] ?? 0)

/** The form with a value put in place of an atom. */
export const formAt = (form: Form, atom: Atom, value: number): Form => {
  const term = form.terms.get(atom)
  if (term === undefined) return form
  const rest = without(form, atom)
  return { ...rest, constant: rest.constant + termAt(term, value) }
}

/** The values of a form of no or one atom, from the atom's `lo` up; undefined for any other. */
export const columnOf = ({ constant, terms }: Form): { atom?: Atom; column: Float64Array } | undefined => {
  if (terms.size === 0) return { column: Float64Array.of(constant) }
  if (terms.size > 1) return undefined
  const [term] = terms.values()
  const { atom } = term!
  const column = Float64Array.from(
    { length: atom.hi - atom.lo + 1 },
    (_, i) => constant + termAt(term!, atom.lo + i),
  )
  return { atom, column }
}

/** The range of a term. */
export const rangeOfTerm = ({ atom, coefficient, column }: Term): Range => {
  if (column === undefined) {
    const [a, b] = [coefficient * atom.lo, coefficient * atom.hi]
    return a < b ? { lo: a, hi: b } : { lo: b, hi: a }
  }
  let lo = Infinity
  let hi = -Infinity
  for (let i = 0; i < column.length; i++) {
    const value = coefficient * (atom.lo + i) + column[i]!
    if (value < lo) lo = value
    if (value > hi) hi = value
  }
  return { lo, hi }
}
