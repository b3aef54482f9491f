/** The element with that id. Throws when the page has none of that kind. */
export const byId = <E extends Element>(id: string, kind: new () => E): E => {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`unreachable: the page has no ${kind.name} "${id}"`)
  return found
}

/** A new element with a class and text. */
export const create = <T extends keyof HTMLElementTagNameMap>(
  tag: T,
  className = "",
  text = "",
): HTMLElementTagNameMap[T] => {
  const made = document.createElement(tag)
  if (className !== "") made.className = className
  if (text !== "") made.textContent = text
  return made
}

/** What is drawn with in a canvas. */
export const context2d = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => canvas.getContext("2d")!

/** A colour of the style sheet, such as `--ink`, as it is now. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()
