/** The sizes of texts in pixels. They are set in a monospaced font, so that their width is known without a browser. */
export const FONT = '"DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace'

const ADVANCE = 0.61

/** The width of a text; characters of East Asia and pictures take two places. */
export const widthOf = (text: string, size: number): number => {
  let places = 0
  for (const character of text)
    places += /[\u1100-\u{10FFFF}]/u.test(character) && character > "\u2FFF" ? 2 : 1
  return places * size * ADVANCE
}

/** A text of at most so many characters, the last of them … where it was longer. */
export const shorten = (text: string, most: number): string => {
  const characters = [...text]
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`
}
