const MOST = 12

const named = (category: number): string => (Number.isNaN(category) ? "a missing value" : String(category))

/** What is wrong with a number that is none of the categories which a model knows. */
export const unknownCategory = (found: number, known: ArrayLike<number>): string => {
  const names = Array.from(known, named)
  const listed = names.length > MOST ? [...names.slice(0, MOST), `${names.length - MOST} more`] : names
  return (
    `a row has ${named(found)} where the model knows ${listed.join(", ")}\n` +
    "give a known category, or fit the encoder with a rule for unknown ones"
  )
}
