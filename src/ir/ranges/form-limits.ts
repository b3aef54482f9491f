import { type Form, rangeOfTerm } from "./form.ts"

/** Functions of atoms of more values are not written down value by value. */
export const MOST_VALUES = 4096
/** Beyond it products of two values would not be exact in doubles. */
export const MOST_MAGNITUDE = 2 ** 26

/** No part of a form, nor a sum of its parts, is larger in magnitude than this. */
export const magnitudeOf = ({ constant, terms }: Form): number => {
  let sum = Math.abs(constant)
  for (const term of terms.values()) {
    const { lo, hi } = rangeOfTerm(term)
    const { atom, coefficient } = term
    sum += Math.max(Math.abs(lo), Math.abs(hi), Math.abs(coefficient) * Math.max(1, -atom.lo, atom.hi))
  }
  return sum
}

/** Whether a form is of more atoms than one, or of one that takes many values. */
export const isLong = ({ terms }: Form): boolean => {
  if (terms.size > 1) return true
  for (const atom of terms.keys()) if (atom.hi - atom.lo >= MOST_VALUES) return true
  return false
}
