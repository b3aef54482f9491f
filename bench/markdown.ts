/** A part of a document that the benchmark writes. */
export type Part = "figures" | "alternatives" | "models"

/** A document with the part between its two markers replaced. Throws when it lacks them. */
export const withFigures = (document: string, figures: string, part: Part = "figures"): string => {
  const [first, last] = [`<!-- ${part}: begin, written by npm run bench -->`, `<!-- ${part}: end -->`]
  const begin = document.indexOf(first)
  const end = document.indexOf(last)
  if (begin < 0 || end < begin) throw new Error(`the document has no lines ${first} and ${last}`)
  return `${document.slice(0, begin + first.length)}\n\n${figures.trim()}\n\n${document.slice(end)}`
}
