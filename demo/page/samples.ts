import { byId, create } from "./element.ts"
import { drawPixels } from "./pictures.ts"

/** An image of the data set: 64 pixels of 0 to 16, and the digit that its writer meant. */
interface Sample {
  readonly pixels: readonly number[]
  readonly label: number
}

/** A button for each sample, for whoever does not draw. */
export const showSamples = async (
  onChoose: (pixels: readonly number[], name: string) => void,
): Promise<void> => {
  const response = await fetch("/demo/samples")
  const samples = (await response.json()) as readonly Sample[]
  const buttons = samples.map(({ pixels, label }) => {
    const name = `a written ${label}`
    const button = create("button")
    button.type = "button"
    button.setAttribute("aria-label", name)
    const canvas = create("canvas")
    canvas.width = canvas.height = 8
    button.append(canvas)
    button.addEventListener("click", () => onChoose(pixels, name))
    return { button, draw: () => drawPixels(canvas, pixels) }
  })
  const drawAll = (): void => {
    for (const { draw } of buttons) draw()
  }
  byId("samples", HTMLElement).replaceChildren(...buttons.map(({ button }) => button))
  drawAll()
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll)
}
