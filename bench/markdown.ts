const BEGIN = "<!-- figures: begin, written by npm run bench -->"
const END = "<!-- figures: end -->"

/** A document with the part between its two markers replaced. Throws when it lacks them. */
export const withFigures = (document: string, figures: string): string => {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`the document has no lines ${BEGIN} and ${END}`)
  return `${document.slice(0, begin + BEGIN.length)}\n\n${figures.trim()}\n\n${document.slice(end)}`
}
