import { boundForm } from "./bound-form.ts"
import { columnForm, columnOf, constantForm, type Facts, type Form, plusTimes } from "./form.ts"
import { isLong } from "./form-limits.ts"

/** The product of two forms where it is a form: a multiple, or a function of one element. */
export const productOf = (f: Form, g: Form): Form | undefined => {
  if (f.terms.size === 0) return plusTimes(constantForm(0), g, f.constant)
  if (g.terms.size === 0) return plusTimes(constantForm(0), f, g.constant)
  if (isLong(f) || isLong(g)) return undefined
  const [x, y] = [columnOf(f), columnOf(g)]
  if (x?.atom === undefined || x.atom !== y?.atom) return undefined
  return columnForm(
    x.atom,
    x.column.map((v, i) => v * y.column[i]!),
  )
}

/** A product by 0 or 1 is 0 or the other factor. */
export const productFacts = (f: Form, g: Form): Facts => {
  const factors = [f, g] as const
  for (const [factor, other] of [
    [f, g],
    [g, f],
  ] as const) {
    const { lo, hi } = boundForm(factor)
    if (hi - lo > 2) continue
    const forms = Array.from({ length: hi - lo + 1 }, (_, i) => plusTimes(constantForm(0), other, lo + i))
    return { factors, choice: { kind: "one", forms } }
  }
  return { factors }
}
